# SPDX-License-Identifier: Apache-2.0
"""Criteria in versions; rounds from their draft to the table that is frozen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Max, When

from shanhai.base.accounts.selectors import find_user, user_ref
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_SOURCE, NO_TEXT, BadInput, Conflict, Faults, Refused, checked_text, require_between
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.campaigns.selectors import list_groups
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.contests.models import Appeal, CriteriaSet, Criterion, Entry, Judge, Round, RoundMove, Vote
from shanhai.team.contests.permissions import ContestPermission
from shanhai.team.contests.rounds import selectors
from shanhai.team.contests.rounds.rules.samples import CRITERIA, SOURCE, TRIMS_FROM
from shanhai.team.contests.states import ROUND_MOVES, AppealState, RoundState
from shanhai.team.contests.values import MOST_NAME, MOST_SOURCE, MOST_TITLE, MOST_WORDS, CriterionFacts

MOST_CRITERIA, WHOLE, LEAST_TEAMS = 12, 100, 2
_CODE = "contests.text_not_usable"


@transaction.atomic
def define_criteria(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    items: Sequence[CriterionFacts],
    trims_from: int,
    source: str,
    valid_from: date,
) -> CriteriaSet:
    """Let a new version of the criteria hold from a day; rounds keep theirs.

    Raises NotAllowed, NotVisible, BadInput.
    """
    by.require(ContestPermission.MANAGE, programme=programme)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("items"):
        _check_criteria(items)
    with faults.of("trims_from"):
        require_between(trims_from, 3, WHOLE, "contests.number_not_possible")
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    faults.tell()
    last = CriteriaSet.objects.filter(programme=of).aggregate(last=Max("version"))["last"] or 0
    made = CriteriaSet.objects.create(
        programme=of, version=last + 1, trims_from=trims_from, source=source, valid_from=valid_from
    )
    Criterion.objects.bulk_create(
        Criterion(
            criteria=made, position=position, name=one.name.strip(), name_en=one.name_en.strip(),
            looks_for=one.looks_for.strip(), weight=one.weight, most=one.most,
        )
        for position, one in enumerate(items, start=1)
    )  # fmt: skip
    changes = {"version": made.version, "valid_from": valid_from.isoformat()}
    on = Subject("contests.criteriaset", made.uuid, programme)
    audit.record(by=by, at=at, action="contests.criteria.set", on=on, changes=changes, because=source)
    return made


def define_sample_criteria(*, by: Actor, at: datetime, programme: str, valid_from: date | None = None) -> CriteriaSet:
    """Let the five that come with the product hold. Raises as ``define_criteria``."""
    given = {"items": CRITERIA, "trims_from": TRIMS_FROM, "source": SOURCE}
    day = valid_from or clock.local_date(at)
    return define_criteria(by=by, at=at, programme=programme, valid_from=day, **given)  # type: ignore[arg-type]


@transaction.atomic
def draft_round(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    title: str,
    opens_on: date,
    closes_on: date,
    teams: Collection[UUID],
    judges: Collection[UUID],
    provenance: str = "",
) -> Round:
    """Prepare a round by the criteria that hold then; ``teams`` are work groups, ``judges`` users.

    Raises NotAllowed, NotVisible, Refused where no criteria hold, BadInput.
    """
    by.require(ContestPermission.MANAGE, programme=programme)
    of = get_programme(viewer=by, code=programme)
    criteria = selectors.criteria_in_force(programme=programme, on=max(opens_on, clock.local_date(at)))
    faults = Faults()
    with faults.of("title"):
        title = checked_text(title, NO_TEXT, _CODE, most=MOST_TITLE)
    with faults.of("opens_on"):
        if criteria is None:
            raise Refused(gettext_noop("还没有竞赛标准。请先定标准。"), "contests.no_criteria")
    with faults.of("closes_on"):
        if closes_on < opens_on:
            raise BadInput(gettext_noop("结束日不能早于开始日。"), "contests.days_not_usable")
    with faults.of("teams"):
        groups = {one.uuid: one for one in list_groups(viewer=by, programme=programme)}
        if len(set(teams)) < LEAST_TEAMS or not set(teams) <= groups.keys():
            raise BadInput(
                gettext_noop("请从列表里选至少 %(least)s 个队。"), "contests.teams_not_usable", least=LEAST_TEAMS
            )
    with faults.of("judges"):
        refs = {user_ref(user=one) for one in judges}
        if not refs or any(find_user(ref=one) is None for one in refs):
            raise BadInput(gettext_noop("请从列表里选评委。"), "contests.judges_not_usable")
    faults.tell()
    made = Round.objects.create(
        programme=of, criteria=criteria, title=title, opens_on=opens_on, closes_on=closes_on, provenance=provenance
    )
    Entry.objects.bulk_create(Entry(round=made, group=groups[one]) for one in dict.fromkeys(teams))
    Judge.objects.bulk_create(Judge(round=made, ref=one) for one in sorted(refs))
    RoundMove.objects.create(round=made, new=RoundState.DRAFTED, at=at, by=by.ref)
    changes = {"teams": len(set(teams)), "judges": len(refs)}
    audit.record(by=by, at=at, action="contests.round.drafted", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def open_round(*, by: Actor, at: datetime, round_: UUID) -> Round:
    """Let its judges vote, from its first day on. Raises NotVisible, NotAllowed, Conflict."""
    found = _managed(by, round_, RoundState.DRAFTED)
    if clock.local_date(at) > found.closes_on:
        raise Conflict(gettext_noop("评分的日子已经过去。请另办一次。"), "contests.round_is_past")
    return _move(found, RoundState.OPEN, by=by, at=at, act="contests.round.opened")


@transaction.atomic
def close_round(*, by: Actor, at: datetime, round_: UUID) -> Round:
    """End the votes: on the day after its last one, or before where none is missing.

    Raises NotVisible, NotAllowed, Conflict.
    """
    found = _managed(by, round_, RoundState.OPEN)
    table = selectors.table_of(found)
    judges = set(found.judges.values_list("ref", flat=True))
    own = selectors.members_of([row.entry for row in table.rows])
    missing = any(one.votes < len(judges - own[row.entry.pk]) for row in table.rows for one in row.scores)
    if clock.local_date(at) <= found.closes_on and missing:
        text = gettext_noop("还有评委没有评完。到 %(day)s 以后可以结束。")
        raise Conflict(text, "contests.votes_missing", day=found.closes_on.isoformat())
    return _move(found, RoundState.CLOSED, by=by, at=at, act="contests.round.closed")


@transaction.atomic
def freeze_round(*, by: Actor, at: datetime, round_: UUID) -> Round:
    """Keep totals and places for good. Raises NotVisible, NotAllowed, Conflict while an appeal is open or votes are."""
    found = _managed(by, round_, RoundState.CLOSED)
    if Appeal.objects.filter(entry__round=found, state=AppealState.RAISED).exists():
        raise Conflict(gettext_noop("还有申诉没有答复。请先答复。"), "contests.appeals_open")
    if selectors.reopened(found, clock.local_date(at)):
        raise Conflict(gettext_noop("有的得分正在重新评。过了那一天再定名次。"), "contests.votes_open")
    counted = [one.pk for one in selectors.counting(found, selectors.entries_of(found))]
    Vote.objects.filter(entry__round=found).update(counted=Case(When(pk__in=counted, then=True), default=False))
    for row in selectors.table_of(found).rows:
        row.entry.total, row.entry.place = row.total, row.place
        row.entry.save(update_fields=["total", "place"])
    found.frozen_at = at
    return _move(found, RoundState.FROZEN, by=by, at=at, act="contests.round.frozen")


@transaction.atomic
def withdraw_round(*, by: Actor, at: datetime, round_: UUID) -> Round:
    """Give a round up before it opened. Raises NotVisible, NotAllowed, Conflict."""
    found = _managed(by, round_, RoundState.DRAFTED)
    return _move(found, RoundState.WITHDRAWN, by=by, at=at, act="contests.round.withdrawn")


def _managed(by: Actor, uuid: UUID, state: RoundState) -> Round:
    found = selectors.get_round(viewer=by, uuid=uuid, lock=True)
    by.require(ContestPermission.MANAGE, programme=found.programme.code)
    selectors.require_state(found, state)
    return found


def _move(found: Round, to: RoundState, *, by: Actor, at: datetime, act: str) -> Round:
    old = RoundState(found.state)
    require_move(ROUND_MOVES, old, to)
    found.state = to.value
    found.save(update_fields=["state", "frozen_at"])
    RoundMove.objects.create(round=found, old=old, new=to, at=at, by=by.ref)
    audit.record(by=by, at=at, action=act, on=found.subject(), changes={"state": [old.value, to.value]})
    return found


def _check_criteria(items: Sequence[CriterionFacts]) -> None:
    if not 1 <= len(items) <= MOST_CRITERIA:
        raise BadInput(gettext_noop("请写 1 到 %(most)s 条标准。"), "contests.criteria_not_usable", most=MOST_CRITERIA)
    for number, one in enumerate(items, start=1):
        usable = one.name.strip() and len(one.name) <= MOST_NAME and len(one.name_en) <= MOST_NAME
        if not usable or len(one.looks_for) > MOST_WORDS or not (1 <= one.weight <= WHOLE and 1 <= one.most <= 1000):
            text = gettext_noop("第 %(row)s 条：名称、权重（1 到 100）或满分（1 到 1000）不能用。")
            raise BadInput(text, "contests.criteria_not_usable", row=number)
    if (weights := sum(one.weight for one in items)) != WHOLE:
        text = gettext_noop("权重加起来是 %(weights)s，要正好 100。")
        raise BadInput(text, "contests.weights_not_whole", weights=weights)
