# SPDX-License-Identifier: Apache-2.0
"""Questions in versions; inspections with their answers; findings given, mended, closed by somebody else, reopened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.base.accounts.selectors import find_user, user_ref
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import (
    NO_SOURCE,
    NO_TEXT,
    BadInput,
    Conflict,
    Faults,
    NotAllowed,
    Refused,
    checked_reason,
    checked_text,
)
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.campaigns.selectors import get_group
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.contests.inspections import selectors
from shanhai.team.contests.inspections.rules import QUESTIONS, SOURCE
from shanhai.team.contests.models import Finding, FindingMove, Inspection, InspectionAnswer, Question, QuestionSet
from shanhai.team.contests.permissions import InspectionPermission
from shanhai.team.contests.states import FINDING_MOVES, FindingState
from shanhai.team.contests.values import MOST_SOURCE, MOST_WORDS, Answer

MOST_QUESTIONS, MOST_QUESTION, MOST_AHEAD = 20, 200, timedelta(days=3660)
_CODE = "contests.text_not_usable"


@transaction.atomic
def define_questions(
    *, by: Actor, at: datetime, programme: str, words: Sequence[str], source: str, valid_from: date
) -> QuestionSet:
    """Let a new version of the questions hold from a day. Raises NotAllowed, NotVisible, BadInput."""
    by.require(InspectionPermission.MANAGE, programme=programme)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("words"):
        if not 1 <= len(words) <= MOST_QUESTIONS:
            text = gettext_noop("请写 1 到 %(most)s 个问题，一行一个。")
            raise BadInput(text, "contests.questions_not_usable", most=MOST_QUESTIONS)
        asked = [checked_text(one, NO_TEXT, _CODE, most=MOST_QUESTION) for one in words]
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    faults.tell()
    last = QuestionSet.objects.filter(programme=of).aggregate(last=Max("version"))["last"] or 0
    made = QuestionSet.objects.create(programme=of, version=last + 1, source=source, valid_from=valid_from)
    Question.objects.bulk_create(
        Question(questions=made, position=position, words=one) for position, one in enumerate(asked, start=1)
    )
    on = Subject("contests.questionset", made.uuid, programme)
    changes = {"version": made.version, "valid_from": valid_from.isoformat()}
    audit.record(by=by, at=at, action="contests.questions.set", on=on, changes=changes, because=source)
    return made


def define_sample_questions(*, by: Actor, at: datetime, programme: str, valid_from: date | None = None) -> QuestionSet:
    """Let the five that come with the product hold. Raises as ``define_questions``."""
    day = valid_from or clock.local_date(at)
    return define_questions(by=by, at=at, programme=programme, words=QUESTIONS, source=SOURCE, valid_from=day)


@transaction.atomic
def record_inspection(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    group: UUID,
    day: date,
    answers: Mapping[int, tuple[Answer, str]],
    by_group: UUID | None = None,
    provenance: str = "",
) -> Inspection:
    """Record what an inspection of a group answered, by the position of the question; each "no" becomes a finding.

    ``by_group`` inspects another (互检). Who manages records, or who belongs to the group that inspects.
    Raises NotAllowed, NotVisible, Refused where no questions hold, BadInput with every answer that is wrong.
    """
    of = get_programme(viewer=by, code=programme)
    inspected = get_group(viewer=by, uuid=group, programme=programme)
    other = get_group(viewer=by, uuid=by_group, programme=programme) if by_group else None
    members = {one.ref for one in (other or inspected).members.all()}
    if by.ref not in members and not by.may(InspectionPermission.MANAGE, programme=programme):
        raise NotAllowed(gettext_noop("自查由本组的人填，互检由去查的组填。"), "contests.not_of_the_group")
    today = clock.local_date(at)
    asked = selectors.questions_in_force(programme=programme, on=today)
    faults = Faults()
    with faults.of("day"):
        if not of.starts_on <= day <= today:
            text = gettext_noop("日期要在 %(first)s 和今天之间。")
            raise BadInput(text, "contests.day_not_possible", first=of.starts_on.isoformat())
        if asked is None:
            raise Refused(gettext_noop("还没有自查问题。请先定问题。"), "contests.no_questions")
    with faults.of("by_group"):
        if other is not None and other.pk == inspected.pk:
            raise BadInput(gettext_noop("互检要由别的组查。自查就空着。"), "contests.own_group")
    faults.tell()
    assert asked is not None
    questions = {one.position: one for one in asked.items.all()}
    for position in questions:
        with faults.of(f"note-{position}"):
            _check_answer(answers.get(position))
    faults.tell()
    made = Inspection.objects.create(
        programme=of, questions=asked, group=inspected, by_group=other, day=day, recorded_at=at, recorded_by=by.ref,
        provenance=provenance,
    )  # fmt: skip
    InspectionAnswer.objects.bulk_create(
        InspectionAnswer(inspection=made, question=one, answer=answers[key][0], note=answers[key][1].strip())
        for key, one in questions.items()
    )
    wrong = [one for key, one in questions.items() if answers[key][0] is Answer.NO]
    for one in wrong:
        found = Finding.objects.create(
            programme=of, inspection=made, question=one, words=answers[one.position][1].strip()
        )
        FindingMove.objects.create(finding=found, new=FindingState.FOUND, at=at, by=by.ref)
    changes = {"findings": len(wrong)}
    audit.record(by=by, at=at, action="contests.inspection.recorded", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def assign(*, by: Actor, at: datetime, finding: UUID, owner: UUID, due_on: date) -> Finding:
    """Give a finding to a user, to be mended until a day. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _held(by, finding, FindingState.FOUND)
    by.require(InspectionPermission.MANAGE, programme=found.programme.code)
    faults = Faults()
    with faults.of("owner"):
        ref = user_ref(user=owner)
        if find_user(ref=ref) is None:
            raise BadInput(gettext_noop("没有这个账号。请从列表选择。"), "contests.owner_not_known")
    with faults.of("due_on"):
        _check_due(due_on, clock.local_date(at))
    faults.tell()
    found.owner, found.due_on = ref, due_on
    return _move(found, FindingState.ASSIGNED, by=by, at=at, act="contests.finding.assigned")


@transaction.atomic
def claim_mended(*, by: Actor, at: datetime, finding: UUID, proof: str) -> Finding:
    """Say that it is mended, and by what one sees it: its owner. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _held(by, finding, FindingState.ASSIGNED)
    if found.owner != by.ref:
        raise NotAllowed(gettext_noop("由责任人报告整改。"), "contests.not_the_owner")
    faults = Faults()
    with faults.of("proof"):
        found.proof = checked_text(proof, NO_TEXT, _CODE, most=MOST_WORDS)
    faults.tell()
    return _move(found, FindingState.MENDED, by=by, at=at, act="contests.finding.mended")


@transaction.atomic
def close_finding(*, by: Actor, at: datetime, finding: UUID) -> Finding:
    """Close what was mended: somebody else than who mended it. Raises NotVisible, NotAllowed, Conflict."""
    found = _closer(by, finding)
    found.closed_on = clock.local_date(at)
    return _move(found, FindingState.CLOSED, by=by, at=at, act="contests.finding.closed")


@transaction.atomic
def reopen_finding(*, by: Actor, at: datetime, finding: UUID, because: str, due_on: date) -> Finding:
    """Send back what is not mended, with a new day. Raises NotVisible, NotAllowed, Conflict, BadInput."""
    found = _closer(by, finding)
    reason = checked_reason(because, gettext_noop("请写明为什么退回。"), "contests")
    faults = Faults()
    with faults.of("due_on"):
        _check_due(due_on, clock.local_date(at))
    faults.tell()
    found.due_on, found.proof = due_on, ""
    return _move(found, FindingState.ASSIGNED, by=by, at=at, act="contests.finding.reopened", because=reason)


def _closer(by: Actor, finding: UUID) -> Finding:
    found = _held(by, finding, FindingState.MENDED)
    by.require(InspectionPermission.MANAGE, programme=found.programme.code)
    if by.ref == found.owner:
        raise NotAllowed(gettext_noop("自己整改的，由别人验收。"), "contests.own_finding")
    return found


def _held(by: Actor, uuid: UUID, state: FindingState) -> Finding:
    found = selectors.get_finding(viewer=by, uuid=uuid, lock=True)
    if found.state != state:
        text = gettext_noop("这个问题现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "contests.finding_moved_on", state=message(found.status[1]))
    return found


def _move(finding: Finding, to: FindingState, *, by: Actor, at: datetime, act: str, because: str = "") -> Finding:
    old = FindingState(finding.state)
    require_move(FINDING_MOVES, old, to)
    finding.state = to.value
    finding.save()
    FindingMove.objects.create(finding=finding, old=old, new=to, at=at, by=by.ref, because=because)
    changes: dict[str, object] = {"state": [old.value, to.value]}
    if finding.due_on and to is FindingState.ASSIGNED:
        changes["due_on"] = finding.due_on.isoformat()
    audit.record(by=by, at=at, action=act, on=finding.subject(), changes=changes, because=because)
    return finding


def _check_due(due_on: date, today: date) -> None:
    last = today + MOST_AHEAD
    if not today <= due_on <= last:
        text = gettext_noop("期限要在今天和 %(last)s 之间。")
        raise BadInput(text, "contests.day_not_possible", last=last.isoformat())


def _check_answer(given: tuple[Answer, str] | None) -> None:
    if given is None:
        raise BadInput(gettext_noop("请回答这一问。"), "contests.answer_missing")
    answer, note = given
    if answer is Answer.NO and not note.strip():
        raise BadInput(gettext_noop("有问题的，请写是什么问题。"), "contests.note_missing")
    if len(note) > MOST_WORDS:
        raise BadInput(NO_TEXT, _CODE, most=MOST_WORDS)
