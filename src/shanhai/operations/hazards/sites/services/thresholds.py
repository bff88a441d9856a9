# SPDX-License-Identifier: Apache-2.0
"""Versions of the numbers by which a site is judged: drafted, approved by somebody else, discarded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from shanhai.base.audit import services as audit
from shanhai.base.jobs import services as jobs
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Faults, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.operations.hazards.criteria.rules.replay import Episode, compared
from shanhai.operations.hazards.criteria.values import Thresholds
from shanhai.operations.hazards.models import HazardSite, SiteTrack, ThresholdSet, ThresholdSetMove
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.sites.rules.facts import checked_text
from shanhai.operations.hazards.sites.rules.thresholds import differences
from shanhai.operations.hazards.sites.selectors.past import measure_points, period_of, replayed
from shanhai.operations.hazards.sites.selectors.sites import get_site, managed_site, thresholds_of
from shanhai.operations.hazards.sites.selectors.thresholds import beginning_of, get_thresholds
from shanhai.operations.hazards.sites.values import TRIAL
from shanhai.operations.hazards.states import THRESHOLD_MOVES, SiteState, ThresholdState


@dataclass(frozen=True, slots=True)
class Tried:
    """How many readings were replayed; the alarms of the version and of that in force (None where there is none).

    ``differs`` are those ``added``, ``lost`` and ``moved``.
    """

    readings: int
    after: list[Episode]
    before: list[Episode] | None
    differs: dict[str, list[Episode]]


MOST_SOURCE = 1000
# Of one version; the default has some six thousand characters.
MOST_NUMBERS = 300_000


@transaction.atomic
def draft_thresholds(
    *, by: Actor, at: datetime, site: str, numbers: Mapping[str, Any], source: str, seen: int | None = None
) -> ThresholdSet:
    """Write the next version, which judges nothing until somebody else approves it; it takes the place of a draft.

    ``numbers`` are a part of what ``Thresholds.write`` writes, the rest is the default; their references wait for
    approval. ``seen`` is the latest version when they were shown. Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = managed_site(viewer=by, code=site)
    latest = found.threshold_sets.aggregate(Max("version"))["version__max"] or 0
    if seen is not None and seen != latest:
        text = gettext_noop("您打开这一页以后，有人写了第 %(version)s 版。请重新打开再改。")
        raise Conflict(text, "hazards.thresholds_meanwhile", version=latest)
    faults, words, written = Faults(), "", dict[str, Any]()
    with faults.of("source"):
        words = checked_text(source, MOST_SOURCE, required=True)
    with faults.of("numbers"):
        written = _checked(found, numbers)
    faults.tell()
    _retire(found, ThresholdState.DRAFT, by=by, at=at)
    made = ThresholdSet.objects.create(
        site=found, version=latest + 1, numbers=written, source=words, drafted_at=at, drafted_by=by.ref
    )
    in_force = thresholds_of(found)
    before = Thresholds.read(in_force.numbers if in_force else {"kind": found.kind}).write()
    # Versions stay: their page tells which numbers differ. The trail says how many.
    changes = {"version": made.version, "source": words, "numbers": len(differences(before, written))}
    audit.record(by=by, at=at, action="hazards.thresholds.drafted", on=made.subject(), changes=changes)
    return made


def draft_references(
    *, by: Actor, at: datetime, site: str, first: date, last: date, source: str, seen: int | None = None
) -> ThresholdSet:
    """Draft a version in which the points' reference rates are those of a stretch of days without events.

    Of points that it says nothing of, references stay as they were. It measures before the transaction of the draft.
    Raises as ``draft_thresholds``, and Refused where it says nothing at all.
    """
    found = get_site(viewer=by, code=site)
    by.require(HazardPermission.MANAGE, **found.scope)
    numbers = beginning_of(found)
    begin, end = period_of(first, last, at=at)
    measured = {one.point.uuid: one.found for one in measure_points(found, begin, end) if one.found}
    if not measured:
        text = gettext_noop("这段时间里没有一个监测点的数据够算基准速率。请换一段。")
        raise Refused(text, "hazards.nothing_measured", field="first")
    stretch = f"{first.isoformat()} – {last.isoformat()}"
    numbers["references"] = dict(numbers["references"]) | {
        str(point): {"rate": round(one.mean, 6), "spread": round(one.spread, 6), "source": stretch}
        for point, one in measured.items()
    }
    return draft_thresholds(by=by, at=at, site=site, numbers=numbers, source=source, seen=seen)


@transaction.atomic
def approve_thresholds(*, by: Actor, at: datetime, thresholds: UUID) -> ThresholdSet:
    """Put a draft of somebody else in force, with its reference rates; the version before is retired.

    Raises NotVisible, NotAllowed, Refused for one's own draft, IllegalMove, and Conflict for a site that is closed.
    """
    site = get_site(viewer=by, code=get_thresholds(viewer=by, uuid=thresholds).site.code, lock=True)
    by.require(HazardPermission.CONFIRM, **site.scope)
    found = get_thresholds(viewer=by, uuid=thresholds, lock=True)
    require_move(THRESHOLD_MOVES, ThresholdState(found.state), ThresholdState.APPROVED)
    if found.drafted_by == by.ref:
        raise Refused(gettext_noop("自己拟的阈值，要由别人批准。"), "hazards.own_thresholds")
    if site.state == SiteState.CLOSED:
        raise Conflict(gettext_noop("这个隐患点已经销号。"), "hazards.site_closed")
    _retire(site, ThresholdState.APPROVED, by=by, at=at)
    found.numbers = _with_references(Thresholds.read(found.numbers).write(), approved=True)
    found.state, found.approved_at, found.approved_by = ThresholdState.APPROVED, at, by.ref
    found.save(update_fields=["numbers", "state", "approved_at", "approved_by"])
    _note_move(found, ThresholdState.DRAFT, ThresholdState.APPROVED, by, at)
    SiteTrack.objects.filter(site=site).update(due=0)
    changes = {"version": found.version, "state": [ThresholdState.DRAFT.value, ThresholdState.APPROVED.value]}
    audit.record(by=by, at=at, action="hazards.thresholds.approved", on=found.subject(), changes=changes)
    return found


def start_trial(*, by: Actor, at: datetime, thresholds: UUID, first: date, last: date) -> UUID:
    """Have the worker try a version on a period of the past, and answer the job. Raises as ``try_thresholds`` does."""
    found = get_thresholds(viewer=by, uuid=thresholds)
    _require_either(by, found.site)
    period_of(first, last, at=at)
    arguments = {
        "programme": found.site.programme.code,
        "name": f"{found.site.name} v{found.version}",
        "thresholds": str(found.uuid),
        "first": first.isoformat(),
        "last": last.isoformat(),
    }
    return jobs.start(by=by, at=at, kind=TRIAL, arguments=arguments)


def try_thresholds(*, by: Actor, at: datetime, thresholds: UUID, first: date, last: date) -> Tried:
    """Judge a period of the past by a version and by the one in force, and say which alarms differ; it changes none.

    It reads for seconds, so it holds nothing up and only its trail is a transaction.
    Raises NotVisible, NotAllowed for who neither drafts nor approves, BadInput for the period.
    """
    found = get_thresholds(viewer=by, uuid=thresholds)
    _require_either(by, found.site)
    begin, end = period_of(first, last, at=at)
    in_force = thresholds_of(found.site)
    versions = [found.numbers, *([in_force.numbers] if in_force and in_force != found else [])]
    count, (after, *before) = replayed(found.site, versions, begin, end)
    differs = compared(before[0], after) if before else {}
    told = {what: len(episodes) for what, episodes in differs.items()}
    changes = {"version": found.version, "first": first.isoformat(), "last": last.isoformat(), **told}
    audit.record(by=by, at=at, action="hazards.thresholds.tried", on=found.subject(), changes=changes)
    return Tried(count, after, before[0] if before else None, differs)


def _require_either(by: Actor, site: HazardSite) -> None:
    if not by.may(HazardPermission.CONFIRM, **site.scope):
        by.require(HazardPermission.MANAGE, **site.scope)


@transaction.atomic
def discard_thresholds(*, by: Actor, at: datetime, thresholds: UUID, because: str) -> ThresholdSet:
    """Give a draft up, for a reason. Who drafts and who approves may.

    Raises NotVisible, NotAllowed, BadInput, Conflict.
    """
    found = get_thresholds(viewer=by, uuid=thresholds, lock=True)
    _require_either(by, found.site)
    because = checked_reason(because, gettext_noop("请写明原因。"), "hazards")
    if found.state != ThresholdState.DRAFT:
        raise Conflict(gettext_noop("只有草稿才能作废；生效的一版，由新的一版替换。"), "hazards.thresholds_not_draft")
    found.state = ThresholdState.RETIRED
    found.save(update_fields=["state"])
    _note_move(found, ThresholdState.DRAFT, ThresholdState.RETIRED, by, at, because)
    changes = {"version": found.version}
    audit.record(
        by=by, at=at, action="hazards.thresholds.discarded", on=found.subject(), changes=changes, because=because
    )
    return found


def _checked(site: HazardSite, numbers: Mapping[str, Any]) -> dict[str, Any]:
    try:
        # Of what JSON can escape, half a sign and the sign of number nought can be neither shown nor stored.
        text = json.dumps(numbers, ensure_ascii=False)
        usable = len(text.encode()) <= MOST_NUMBERS and "\\u0000" not in text
    except (TypeError, ValueError, RecursionError):
        usable = False
    if not usable:
        text = gettext_noop("阈值太长，不是 JSON，或者有存不了的字符。")
        raise BadInput(text, "hazards.thresholds_not_usable")
    if numbers.get("kind", site.kind) != site.kind:
        text = gettext_noop("这份阈值是给另一类隐患点的。请从这一类的默认值开始。")
        raise BadInput(text, "hazards.thresholds_of_another_kind")
    found = Thresholds.read({**numbers, "kind": site.kind})
    known = {str(one) for one in site.points.filter(removed_at=None).values_list("uuid", flat=True)}
    if unknown := [one for one in found.references if one not in known]:
        text = gettext_noop("基准速率里的“%(point)s”不是这个隐患点的监测点。")
        raise BadInput(text, "hazards.reference_of_no_point", point=unknown[0][:40])
    return _with_references(found.write(), approved=False)


def _with_references(numbers: dict[str, Any], *, approved: bool) -> dict[str, Any]:
    """The references judge once a person has approved them, with the version."""
    references = {key: {**one, "approved": approved} for key, one in numbers["references"].items()}
    return {**numbers, "references": references}


def _retire(site: HazardSite, state: ThresholdState, *, by: Actor, at: datetime) -> None:
    for one in site.threshold_sets.select_for_update(no_key=True).filter(state=state):
        one.state = ThresholdState.RETIRED
        one.save(update_fields=["state"])
        _note_move(one, state, ThresholdState.RETIRED, by, at)


def _note_move(
    found: ThresholdSet, old: ThresholdState, new: ThresholdState, by: Actor, at: datetime, because: str = ""
) -> None:
    ThresholdSetMove.objects.create(thresholds=found, old=old, new=new, at=at, by=by.ref, because=because)
