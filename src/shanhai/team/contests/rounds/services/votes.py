# SPDX-License-Identifier: Apache-2.0
"""Votes of judges, never for their own team; evidence of teams; appeals and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, Conflict, Faults, NotAllowed, NotVisible, Refused, checked_text
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.team.contests.models import Appeal, Criterion, Entry, Evidence, Round, Vote
from shanhai.team.contests.permissions import ContestPermission
from shanhai.team.contests.rounds import selectors
from shanhai.team.contests.rounds.selectors import require_state
from shanhai.team.contests.states import APPEAL_MOVES, AppealState, RoundState
from shanhai.team.contests.values import MOST_SOURCE, MOST_WORDS

MOST_REOPENED = 30
_CODE = "contests.text_not_usable"


@transaction.atomic
def vote(*, by: Actor, at: datetime, round_: UUID, team: UUID, scores: Mapping[int, int]) -> Round:
    """Give a team scores, by the position of the criterion; what was given before is replaced, the others stay.

    Raises NotVisible, NotAllowed for who is no judge or belongs to the team, Conflict outside of the days of voting,
    BadInput with every score that is wrong, its field "score-<position>".
    """
    found = selectors.get_round(viewer=by, uuid=round_, lock=True)
    judge = selectors.judge_of(found, by)
    if judge is None:
        raise NotAllowed(gettext_noop("您不是这次竞赛的评委。"), "contests.not_a_judge")
    entry = _entry(found, team)
    if by.ref in selectors.members_of([entry]).get(entry.pk, frozenset()):
        raise NotAllowed(gettext_noop("不能给自己的队评分。"), "contests.own_team")
    criteria = {one.position: one for one in selectors.criteria_of(found)}
    _require_votes(found, entry, [criteria[one] for one in scores if one in criteria], clock.local_date(at))
    faults = Faults()
    for position, score in scores.items():
        with faults.of(f"score-{position}"):
            if position not in criteria or not 0 <= score <= criteria[position].most:
                most = criteria[position].most if position in criteria else 0
                raise BadInput(gettext_noop("要在 0 和 %(most)s 之间。"), "contests.score_not_possible", most=most)
    if not scores:
        raise BadInput(gettext_noop("一项都没有评。"), "contests.no_score")
    faults.tell()
    for position, score in scores.items():
        given = {"score": score, "voted_at": at}
        Vote.objects.update_or_create(judge=judge, entry=entry, criterion=criteria[position], defaults=given)
    # Who gave how much is nobody's but the judge's.
    audit.record(by=by, at=at, action="contests.vote.given", on=found.subject(), changes={"team": entry.group.name})
    return found


@transaction.atomic
def add_evidence(
    *, by: Actor, at: datetime, round_: UUID, team: UUID, criterion: int, words: str, source: str
) -> Evidence:
    """Say what a team did for a criterion and where it can be seen: its members and who manages, until votes end.

    Raises NotVisible, NotAllowed, Conflict, BadInput.
    """
    found = selectors.get_round(viewer=by, uuid=round_)
    entry = _entry(found, team)
    if not _is_member(by, entry) and not by.may(ContestPermission.MANAGE, programme=found.programme.code):
        raise NotAllowed(gettext_noop("材料由这个队的人或办竞赛的人交。"), "contests.not_of_the_team")
    if found.state not in (RoundState.DRAFTED, RoundState.OPEN):
        require_state(found, RoundState.OPEN)
    faults = Faults()
    with faults.of("words"):
        words = checked_text(words, NO_TEXT, _CODE, most=MOST_WORDS)
    with faults.of("source"):
        source = checked_text(source, NO_TEXT, _CODE, most=MOST_SOURCE)
    with faults.of("criterion"):
        of = _criterion(found, criterion)
    faults.tell()
    made = Evidence.objects.create(entry=entry, criterion=of, words=words, source=source, added_at=at, added_by=by.ref)
    audit.record(by=by, at=at, action="contests.evidence.added", on=found.subject(), changes={"team": entry.group.name})
    return made


@transaction.atomic
def raise_appeal(*, by: Actor, at: datetime, round_: UUID, team: UUID, criterion: int, words: str) -> Appeal:
    """Appeal against one score of one's own team, once votes have ended.

    Raises NotVisible, NotAllowed, Conflict while another one waits for its answer, BadInput.
    """
    found = selectors.get_round(viewer=by, uuid=round_, lock=True)
    entry = _entry(found, team)
    if not _is_member(by, entry):
        raise NotAllowed(gettext_noop("申诉由这个队的人提。"), "contests.not_of_the_team")
    require_state(found, RoundState.CLOSED)
    faults = Faults()
    with faults.of("words"):
        words = checked_text(words, NO_TEXT, _CODE, most=MOST_WORDS)
    with faults.of("criterion"):
        of = _criterion(found, criterion)
    faults.tell()
    try:
        with transaction.atomic():
            made = Appeal.objects.create(entry=entry, criterion=of, words=words, raised_at=at, raised_by=by.ref)
    except IntegrityError as error:
        raise Conflict(gettext_noop("这一项已经有一份申诉等答复。"), "contests.appeal_waits") from error
    audit.record(by=by, at=at, action="contests.appeal.raised", on=found.subject(), changes={"team": entry.group.name})
    return made


@transaction.atomic
def answer_appeal(
    *, by: Actor, at: datetime, appeal: UUID, upheld: bool, answer: str, until: date | None = None
) -> Appeal:
    """Answer an appeal of a team that is not one's own; upheld, its judges may vote again ``until`` a day (inclusive).

    Raises NotVisible, NotAllowed, Conflict, BadInput.
    """
    found = selectors.get_appeal(viewer=by, uuid=appeal, lock=True)
    by.require(ContestPermission.MANAGE, programme=found.entry.round.programme.code)
    if _is_member(by, found.entry):
        raise NotAllowed(gettext_noop("自己队的申诉，由别人答复。"), "contests.own_team")
    if found.state != AppealState.RAISED or found.entry.round.state != RoundState.CLOSED:
        raise Conflict(gettext_noop("这份申诉已经答复，或名次已定。"), "contests.appeal_answered")
    today = clock.local_date(at)
    faults = Faults()
    with faults.of("answer"):
        found.answer = checked_text(answer, NO_TEXT, _CODE, most=MOST_WORDS)
    with faults.of("until"):
        last = today + timedelta(days=MOST_REOPENED)
        if upheld and (until is None or not today <= until <= last):
            text = gettext_noop("重新评分要有截止日：今天到 %(last)s。")
            raise BadInput(text, "contests.days_not_usable", last=last.isoformat())
    faults.tell()
    to = AppealState.UPHELD if upheld else AppealState.REJECTED
    require_move(APPEAL_MOVES, AppealState(found.state), to)
    found.state, found.until = to.value, until if upheld else None
    found.answered_at, found.answered_by = at, by.ref
    found.save()
    changes = {"team": found.entry.group.name, "state": to.value}
    on = found.entry.round.subject()
    audit.record(by=by, at=at, action="contests.appeal.answered", on=on, changes=changes)
    return found


def _require_votes(found: Round, entry: Entry, criteria: list[Criterion], today: date) -> None:
    may = selectors.votable(found, entry, today)
    if may and all(one in may for one in criteria):
        return
    require_state(found, RoundState.OPEN)
    text = gettext_noop("评分从 %(first)s 到 %(last)s。")
    first, last = found.opens_on.isoformat(), found.closes_on.isoformat()
    raise Refused(text, "contests.not_the_days", first=first, last=last)


def _entry(found: Round, team: UUID) -> Entry:
    entry = found.entries.select_related("group").filter(uuid=team).first()
    if entry is None:
        raise NotVisible(gettext_noop("这次竞赛里没有这个队。"), "contests.team_not_found")
    return entry


def _criterion(found: Round, position: int) -> Criterion:
    criterion = found.criteria.items.filter(position=position).first()
    if criterion is None:
        raise BadInput(gettext_noop("没有这一条标准。请从列表选择。"), "contests.criterion_not_known")
    return criterion


def _is_member(by: Actor, entry: Entry) -> bool:
    return by.ref in selectors.members_of([entry]).get(entry.pk, frozenset())
