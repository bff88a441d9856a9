# SPDX-License-Identifier: Apache-2.0
"""Problems that people report who scan: kept once for a form, in limits, answered by an inspector."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.field.traceability.models import Problem
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.recalls.selectors.recalls import NO_PROBLEM
from shanhai.field.traceability.recalls.selectors.things import Thing
from shanhai.field.traceability.states import ProblemKind
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.covers.services import admit

MOST_WORDS = 500
_TOO_MANY = gettext_noop("一小时内收到的反映太多，这一条没有收下。请一小时后再发，急事请打 12315。")


@transaction.atomic
def report_problem(
    *, thing: Thing, kind: str, words: str, form_id: UUID, address: str, by: Actor, at: datetime
) -> Problem:
    """Keep what somebody without an account reports of a thing. The same form again changes nothing.

    ``address`` is where they ask from, of which a keyed hash is kept for an hour. Raises BadInput, Conflict for the
    form of another thing, Refused where too many came within the hour: from there, of the thing, or in all.
    """
    if (known := Problem.objects.filter(form_id=form_id).first()) is not None:
        if known.identifier != thing.identifier:
            text = gettext_noop("这张表已经用来反映了别的货。请重新扫码打开。")
            raise Conflict(text, "traceability.form_used")
        return known
    if kind not in list(ProblemKind):
        raise BadInput(gettext_noop("请选一种情况。"), "traceability.problem_kind", field="kind")
    words = words.replace("\x00", "").strip()
    if len(words) > MOST_WORDS:
        text = gettext_noop("说明有 %(count)s 个字，最多 %(most)s 个。")
        raise BadInput(text, "traceability.problem_long", field="words", count=len(words), most=MOST_WORDS)
    if kind == ProblemKind.OTHER and not words:
        raise BadInput(gettext_noop("请写几句：看到了什么问题。"), "traceability.problem_words", field="words")
    key = key_of(thing.identifier)
    recent = Problem.objects.filter(sent_at__gt=at - timedelta(hours=1))
    sent = recent.aggregate(all=Count("pk"), here=Count("pk", filter=Q(key=key)))
    if sent["here"] >= settings.TRACE_REPORTS_OF_THING or sent["all"] >= settings.TRACE_REPORTS_IN_ALL:
        raise Refused(_TOO_MANY, "traceability.problems_too_many")
    most = settings.TRACE_REPORTS_BY_ADDRESS
    admit(address=address, what="report", most=most, refusal=_TOO_MANY, by=by, at=at)
    problem, made = Problem.objects.get_or_create(
        form_id=form_id,
        defaults={
            "programme": thing.party.programme,
            "place": thing.party.place,
            "identifier": thing.identifier,
            "key": key,
            "kind": kind,
            "words": words,
            "sent_at": at,
        },
    )
    if made:
        facts = {"kind": kind, "thing": thing.identifier}
        audit.record(by=by, at=at, action="traceability.problems.sent", on=problem.subject(), changes=facts)
    return problem


@transaction.atomic
def answer_problem(*, problem: UUID, because: str, by: Actor, at: datetime) -> Problem:
    """Say what came of a report. Raises NotVisible, NotAllowed, BadInput without words, Conflict for one answered."""
    rows = Problem.objects.visible_to(by).select_related("programme")
    found = row_of(rows, problem, NO_PROBLEM, "traceability.problem_not_found", lock=True)
    by.require(TracePermission.INSPECT, programme=found.programme.code, place=found.place)
    answer = checked_reason(because, gettext_noop("请写明查了什么、怎样处理。"), "traceability")
    if found.answered_at is not None:
        raise Conflict(gettext_noop("这条反映已经有人处理。请刷新后再看。"), "traceability.problem_answered")
    found.answered_at, found.answered_by, found.answer = at, by.ref, answer
    found.save(update_fields=["answered_at", "answered_by", "answer"])
    audit.record(by=by, at=at, action="traceability.problems.answered", on=found.subject(), because=answer)
    return found
