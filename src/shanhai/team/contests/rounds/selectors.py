# SPDX-License-Identifier: Apache-2.0
"""Contests as people see them: rounds, the table with how each score was made, one's own votes, what waits."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict
from shanhai.kernel.messages import gettext_noop, message
from shanhai.team.contests.models import Appeal, CriteriaSet, Criterion, Entry, Judge, Round, Vote
from shanhai.team.contests.permissions import ContestPermission
from shanhai.team.contests.rounds.rules.scoring import places, score, total
from shanhai.team.contests.states import AppealState, RoundState
from shanhai.team.contests.values import Scored


@dataclass(frozen=True, slots=True)
class Row:
    """A team in the table: its score for each criterion in their order, the total, the place; None for none."""

    entry: Entry
    scores: tuple[Scored, ...]
    total: Decimal | None
    place: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """The criteria of a round and its teams, the best first; those without a total last."""

    criteria: tuple[Criterion, ...]
    rows: tuple[Row, ...]
    judges: int


def criteria_in_force(*, programme: str, on: date) -> CriteriaSet | None:
    """The version of the criteria that holds on a day, with its items."""
    rows = CriteriaSet.objects.filter(in_programme(programme), valid_from__lte=on).prefetch_related("items")
    return rows.order_by("-version").first()


def get_round(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Round:
    """The round. ``lock`` holds its row. Raises NotVisible."""
    rows = Round.objects.visible_to(viewer).select_related("programme", "criteria")
    return row_of(rows, uuid, gettext_noop("没有找到这次竞赛。请从竞赛页进入。"), "contests.round_not_found", lock=lock)


def list_rounds(*, viewer: Actor, programme: str | None) -> QuerySet[Round]:
    """Rounds with the numbers of their teams and judges, the latest first."""
    rows = Round.objects.visible_to(viewer).filter(in_programme(programme)).select_related("programme")
    counted = rows.annotate(teams=Count("entries", distinct=True), many_judges=Count("judges", distinct=True))
    return counted.order_by("-closes_on", "-pk")


def criteria_of(found: Round) -> list[Criterion]:
    """The criteria by which a round is judged, in their order."""
    return list(found.criteria.items.order_by("position"))


def entries_of(found: Round) -> list[Entry]:
    """The teams of a round, in the order they were named."""
    return list(found.entries.select_related("group").order_by("pk"))


def members_of(entries: Collection[Entry]) -> dict[int, frozenset[str]]:
    """Who belongs to the team of each entry now, by reference. One query."""
    groups: dict[int, set[str]] = defaultdict(set)
    rows = Entry.objects.filter(pk__in=[one.pk for one in entries]).values_list("pk", "group__members__ref")
    for key, ref in rows:
        groups[key].update([ref] if ref else [])
    return {key: frozenset(refs) for key, refs in groups.items()}


def table_of(found: Round) -> Table:
    """How the round stands. A vote of somebody who belongs to the team counts nothing. Five queries.

    Once it is frozen, what counted then: whoever joins or leaves a team later.
    """
    criteria, entries = criteria_of(found), entries_of(found)
    votes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in counting(found, entries):
        votes[one.entry_id, one.criterion_id].append(one.score)
    trims = found.criteria.trims_from
    scores = {one.pk: tuple(score(votes[one.pk, each.pk], trims) for each in criteria) for one in entries}
    totals = {
        key: total([(one, each.weight, each.most) for one, each in zip(made, criteria, strict=True)])
        for key, made in scores.items()
    }
    placed = places(totals)
    rows = [Row(one, scores[one.pk], totals[one.pk], placed[one.pk]) for one in entries]
    # What was frozen stays as it was.
    if found.state == RoundState.FROZEN:
        rows = [Row(one.entry, one.scores, one.entry.total, one.entry.place) for one in rows]
    rows.sort(key=lambda row: (row.place is None, row.place, row.entry.pk))
    return Table(tuple(criteria), tuple(rows), found.judges.count())


def counting(found: Round, entries: Collection[Entry]) -> list[Vote]:
    """The votes that count in a round: not those of somebody who belongs to the team; of a frozen one as then."""
    rows = list(Vote.objects.filter(entry__in=entries).select_related("judge"))
    if found.state == RoundState.FROZEN:
        return [one for one in rows if one.counted]
    own = members_of(entries)
    return [one for one in rows if one.judge.ref not in own.get(one.entry_id, frozenset())]


def judge_of(found: Round, viewer: Actor) -> Judge | None:
    """The viewer as a judge of a round."""
    return found.judges.filter(ref=viewer.ref).first()


def own_votes(judge: Judge) -> dict[tuple[int, int], int]:
    """What a judge gave so far, by entry and criterion."""
    return {(one.entry_id, one.criterion_id): one.score for one in judge.votes.all()}


def get_appeal(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Appeal:
    """An appeal of a round that the viewer sees. ``lock`` holds its row. Raises NotVisible."""
    rows = Appeal.objects.filter(entry__round__in=Round.objects.visible_to(viewer))
    rows = rows.select_related("entry__round__programme", "entry__group", "criterion")
    return row_of(
        rows, uuid, gettext_noop("没有找到这份申诉。请从竞赛页进入。"), "contests.appeal_not_found", lock=lock
    )


def list_appeals(found: Round) -> QuerySet[Appeal]:
    """The appeals in a round, the latest first."""
    rows = Appeal.objects.filter(entry__round=found).select_related("entry__group", "criterion")
    return rows.order_by("-raised_at", "-pk")


def reopened(found: Round, on: date) -> set[tuple[int, int]]:
    """Scores, by entry and criterion, whose judges may vote again on a day."""
    rows = Appeal.objects.filter(entry__round=found, state=AppealState.UPHELD, until__gte=on)
    return set(rows.values_list("entry", "criterion"))


def votable(found: Round, entry: Entry, on: date) -> list[Criterion]:
    """The criteria by which a team may be scored on a day: all in the days of voting, then those an appeal reopened."""
    if found.state == RoundState.OPEN and found.opens_on <= on <= found.closes_on:
        return criteria_of(found)
    if found.state != RoundState.CLOSED:
        return []
    again = reopened(found, on)
    return [one for one in criteria_of(found) if (entry.pk, one.pk) in again]


def require_state(found: Round, state: RoundState) -> None:
    """Raise Conflict for a round in another state, for the services here."""
    if found.state != state:
        text = gettext_noop("这次竞赛现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "contests.round_moved_on", state=message(found.status[1]))


def list_judged(*, viewer: Actor, programme: str | None) -> list[Round]:
    """Open and closed rounds in which the viewer judges. One query."""
    if not viewer.ref:
        return []
    rows = Round.objects.filter(in_programme(programme), judges__ref=viewer.ref).select_related("programme")
    return list(rows.filter(state__in=[RoundState.OPEN, RoundState.CLOSED]).order_by("closes_on", "pk"))


def count_to_judge(judged: Collection[Round], *, viewer: Actor, on: date) -> list[tuple[Round, int]]:
    """Of those, the rounds whose days are now, with the votes that are missing of the viewer's. Two queries."""
    now = [one for one in judged if one.state == RoundState.OPEN and one.opens_on <= on <= one.closes_on]
    entries = Entry.objects.filter(round__in=now).exclude(group__members__ref=viewer.ref)
    given = Vote.objects.filter(judge__ref=viewer.ref, entry__in=entries)
    wanted = Counter(of for of, _criterion in entries.values_list("round", "round__criteria__items"))
    votes = Counter(given.values_list("entry__round", flat=True))
    missing = [(one, wanted[one.pk] - votes[one.pk]) for one in now]
    return [(one, number) for one, number in missing if number > 0]


def list_to_judge_again(judged: Collection[Round], *, viewer: Actor, on: date) -> QuerySet[Appeal]:
    """Appeals that reopened a score of those, which the viewer has not given anew. One query, none without rounds."""
    closed = [one for one in judged if one.state == RoundState.CLOSED]
    anew = Vote.objects.filter(entry=OuterRef("entry"), criterion=OuterRef("criterion"), judge__ref=viewer.ref)
    rows = Appeal.objects.filter(entry__round__in=closed, state=AppealState.UPHELD, until__gte=on)
    rows = rows.exclude(entry__group__members__ref=viewer.ref)
    rows = rows.exclude(Exists(anew.filter(voted_at__gt=OuterRef("answered_at"))))
    return rows.select_related("entry__round__programme", "entry__group").order_by("until", "pk")


def list_to_answer(*, viewer: Actor, programme: str | None) -> QuerySet[Appeal]:
    """Appeals that wait for the viewer: who manages, of teams that are not theirs. One query."""
    where = visible(viewer, ContestPermission.MANAGE, programme="entry__round__programme__code", place=None)
    rows = Appeal.objects.filter(where, in_programme(programme, "entry__round__programme"), state=AppealState.RAISED)
    rows = rows.exclude(entry__group__members__ref=viewer.ref)
    return rows.select_related("entry__round__programme", "entry__group").order_by("raised_at", "pk")


def list_to_close(*, viewer: Actor, programme: str | None, on: date) -> QuerySet[Round]:
    """Rounds that the viewer manages and has to move on: to open, to close, to freeze. One query."""
    where = visible(viewer, ContestPermission.MANAGE, programme="programme__code", place=None)
    rows = Round.objects.filter(where, in_programme(programme)).select_related("programme")
    waits = Q(state=AppealState.RAISED) | Q(state=AppealState.UPHELD, until__gte=on)
    waiting = Appeal.objects.filter(waits, entry__round=OuterRef("pk"))
    drafted = rows.filter(state=RoundState.DRAFTED, opens_on__lte=on)
    over = rows.filter(state=RoundState.OPEN, closes_on__lt=on)
    closed = rows.filter(~Exists(waiting), state=RoundState.CLOSED)
    return (drafted | over | closed).order_by("closes_on", "pk")
