# SPDX-License-Identifier: Apache-2.0
"""A contest from data to its table: nobody votes for their own team, appeals reopen one score, frozen is frozen."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.models import GroupMember
from shanhai.team.contests.models import CriteriaSet, Criterion, Round, Vote
from shanhai.team.contests.rounds import selectors
from shanhai.team.contests.rounds.services import rounds, votes
from shanhai.team.contests.tests.builders import (
    TODAY,
    a_judge,
    a_round,
    a_team,
    entry_of,
    the_criteria,
    voted,
)  # fmt: skip
from shanhai.team.contests.values import CriterionFacts
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT, AUDITOR, DEPUTY, LEAD, OFFICE, STRANGER, actor, waiting_for

pytestmark = pytest.mark.django_db
MEMBER = actor("secondee", ref="user:member")


@pytest.fixture
def teams():
    two_counties()
    the_criteria()
    return [a_team("甲组", MEMBER), a_team("乙组"), a_team("丙组")]


@pytest.fixture
def judges():
    return [a_judge(f"评委{number}") for number in range(1, 7)]


def table(found):
    found.refresh_from_db()
    return [(row.entry.group.name, row.total, row.place) for row in selectors.table_of(found).rows]


def test_from_votes_to_the_table_that_is_frozen(teams, judges):
    found = a_round(teams, judges)
    assert waiting_for(judges[0], "contests.waiting") == [f"/contests/{found.uuid}/"]
    for number, judge in enumerate(judges):
        voted(found, teams[0], judge, 80)
        voted(found, teams[1], judge, 100 if number == 0 else 80)
        voted(found, teams[2], judge, 90)
    assert waiting_for(judges[0], "contests.waiting") == []
    scope, family = FigureScope("zj-ganzi", TODAY), registries.figures.get("contests")
    assert family.list_figures(viewer=OFFICE, scope=scope)[0].value.number == 1
    rounds.close_round(by=OFFICE, at=AT, round_=found.uuid)
    assert family.list_figures(viewer=OFFICE, scope=scope)[0].value.number == 0
    # The one hundred is left out; who is equal shares the place.
    whole = [("丙组", Decimal("90.00"), 1), ("甲组", Decimal("80.00"), 2), ("乙组", Decimal("80.00"), 2)]
    assert table(found) == whole

    rounds.freeze_round(by=OFFICE, at=AT, round_=found.uuid)
    Vote.objects.update(score=1)
    assert table(found) == whole
    assert [one.new for one in found.moves.order_by("pk")] == ["drafted", "open", "closed", "frozen"]
    trail = "".join(str(one.changes) for one in AuditRow.objects.filter(action="contests.vote.given"))
    assert not re.search(r"\b80\b", trail)


def test_nobody_votes_for_their_own_team_whenever_they_joined(teams, judges):
    own, other = judges[0], judges[1]
    GroupMember.objects.create(group=teams[0], ref=own.ref, since=AT)
    found = a_round(teams, [own, other])
    with pytest.raises(NotAllowed, match="不能给自己的队评分"):
        voted(found, teams[0], own, 100)
    voted(found, teams[0], other, 50)
    voted(found, teams[1], own, 70)
    voted(found, teams[1], other, 90)
    # Who joins a team later counts no longer for it.
    GroupMember.objects.create(group=teams[1], ref=own.ref, since=AT)
    rows = {row.entry.group.name: row for row in selectors.table_of(found).rows}
    assert rows["甲组"].total == Decimal("50.00")
    assert rows["乙组"].total == Decimal("90.00")
    assert rows["乙组"].scores[0].votes == 1
    # Once it is frozen nobody's joining or leaving changes anything.
    rounds.close_round(by=OFFICE, at=AT + timedelta(days=9), round_=found.uuid)
    rounds.freeze_round(by=OFFICE, at=AT + timedelta(days=9), round_=found.uuid)
    GroupMember.objects.all().delete()
    GroupMember.objects.create(group=teams[0], ref=other.ref, since=AT)
    found.refresh_from_db()
    frozen = {row.entry.group.name: row for row in selectors.table_of(found).rows}
    assert [frozen[name].scores for name in ("甲组", "乙组")] == [rows[name].scores for name in ("甲组", "乙组")]


def test_no_votes_are_no_score_and_one_judge_is_one(teams, judges):
    found = a_round(teams, judges[:1])
    voted(found, teams[0], judges[0], 0)
    voted(found, teams[1], judges[0], 60, 60, 60, 60, 60)
    made = table(found)
    assert made == [("乙组", Decimal("60.00"), 1), ("甲组", Decimal("0.00"), 2), ("丙组", None, None)]
    with pytest.raises(Conflict, match="还有评委没有评完"):
        rounds.close_round(by=OFFICE, at=AT, round_=found.uuid)
    after = AT + timedelta(days=9)
    assert waiting_for(OFFICE, "contests.waiting", at=after) == [f"/contests/{found.uuid}/"]
    rounds.close_round(by=OFFICE, at=after, round_=found.uuid)
    rounds.freeze_round(by=OFFICE, at=after, round_=found.uuid)
    assert table(found) == made


def test_votes_are_given_on_their_days_by_judges_and_within_bounds(teams, judges):
    found = a_round(teams, judges[:1])
    entry = entry_of(found, teams[0])
    given = {"at": AT, "round_": found.uuid, "team": entry.uuid}
    for scores, field in (({1: 101}, "score-1"), ({1: -1}, "score-1"), ({9: 1}, "score-9"), ({}, "")):
        with pytest.raises(BadInput) as refused:
            votes.vote(by=judges[0], scores=scores, **given)
        assert refused.value.field == field
    with pytest.raises(NotAllowed, match="不是这次竞赛的评委"):
        votes.vote(by=OFFICE, scores={1: 5}, **given)
    with pytest.raises(NotVisible):
        votes.vote(by=STRANGER, scores={1: 5}, **given)
    with pytest.raises(Refused, match="评分从 2026-11-01 到 2026-11-30"):
        votes.vote(by=judges[0], scores={1: 5}, **{**given, "at": AT + timedelta(days=9)})
    votes.vote(by=judges[0], scores={1: 5}, **given)
    votes.vote(by=judges[0], scores={1: 7, 2: 8}, **given)
    assert sorted(Vote.objects.values_list("score", flat=True)) == [7, 8]


def closed(teams, judges):
    found = a_round(teams[:2], judges[:2])
    for judge in judges[:2]:
        for team in teams[:2]:
            voted(found, team, judge, 70)
    return rounds.close_round(by=OFFICE, at=AT, round_=found.uuid)


def appealed(found, team, criterion=1, by=MEMBER):
    entry = entry_of(found, team)
    given = {"round_": found.uuid, "team": entry.uuid, "criterion": criterion, "words": "少算了一项"}
    return votes.raise_appeal(by=by, at=AT, **given)


def test_an_appeal_reopens_one_score_until_a_day(teams, judges):
    found = closed(teams, judges)
    appeal = appealed(found, teams[0])
    assert waiting_for(OFFICE, "contests.waiting") == [f"/contests/appeals/{appeal.uuid}/"]
    with pytest.raises(Conflict, match="已经有一份申诉"):
        appealed(found, teams[0])
    with pytest.raises(NotAllowed, match="由这个队的人提"):
        appealed(found, teams[1])
    with pytest.raises(Conflict, match="还有申诉没有答复"):
        rounds.freeze_round(by=OFFICE, at=AT, round_=found.uuid)
    given = {"at": AT, "appeal": appeal.uuid, "upheld": True, "answer": "补看材料"}
    for until in (None, TODAY - timedelta(days=1), TODAY + timedelta(days=31)):
        with pytest.raises(BadInput) as refused:
            votes.answer_appeal(by=OFFICE, until=until, **given)
        assert refused.value.field == "until"
    votes.answer_appeal(by=OFFICE, until=TODAY + timedelta(days=3), **given)
    with pytest.raises(Conflict, match="已经答复"):
        votes.answer_appeal(by=OFFICE, until=TODAY + timedelta(days=3), **given)

    entry = entry_of(found, teams[0])
    again = f"/contests/{found.uuid}/teams/{entry.uuid}/"
    assert [waiting_for(one, "contests.waiting") for one in (*judges[:3], OFFICE)] == [[again], [again], [], []]
    with pytest.raises(Conflict, match="正在重新评"):
        rounds.freeze_round(by=OFFICE, at=AT, round_=found.uuid)
    later = AT + timedelta(hours=1)
    votes.vote(by=judges[0], at=later, round_=found.uuid, team=entry.uuid, scores={1: 100})
    assert [waiting_for(one, "contests.waiting") for one in judges[:2]] == [[], [again]]
    for team, scores in ((teams[0], {2: 100}), (teams[0], {1: 100, 2: 100}), (teams[1], {1: 100})):
        with pytest.raises(Conflict, match="现在是“申诉期”"):
            votes.vote(by=judges[0], at=AT, round_=found.uuid, team=entry_of(found, team).uuid, scores=scores)
    with pytest.raises(Conflict, match="正在重新评"):
        rounds.freeze_round(by=OFFICE, at=AT, round_=found.uuid)
    rounds.freeze_round(by=OFFICE, at=AT + timedelta(days=4), round_=found.uuid)
    # (100 + 70) / 2 of a fifth, 70 of the rest.
    assert table(found)[0] == ("甲组", Decimal("73.00"), 1)
    with pytest.raises(Conflict):
        appealed(found, teams[0])


def test_a_team_s_own_appeal_is_answered_by_another(teams, judges):
    GroupMember.objects.create(group=teams[0], ref=OFFICE.ref, since=AT)
    appeal = appealed(closed(teams, judges), teams[0])
    with pytest.raises(NotAllowed, match="由别人答复"):
        votes.answer_appeal(by=OFFICE, at=AT, appeal=appeal.uuid, upheld=False, answer="不")
    assert waiting_for(OFFICE, "contests.waiting") == []


def test_criteria_have_versions_and_a_round_keeps_its_own(teams, judges):
    found = a_round(teams, judges[:1])
    given = {"programme": "zj-ganzi", "trims_from": 5, "source": "通知", "valid_from": TODAY}
    rounds.define_criteria(by=OFFICE, at=AT, items=[CriterionFacts("只看一条", "One", "", 100, 10)], **given)
    assert len(selectors.criteria_of(found)) == 5
    assert len(selectors.criteria_of(a_round(teams, judges[:1], opens_on=TODAY))) == 1
    for items, why in (
        ([], "1 到 12 条"),
        ([CriterionFacts("甲", "A", "", 99, 10)], "加起来是 99"),
        ([CriterionFacts(" ", "A", "", 100, 10)], "第 1 条"),
        ([CriterionFacts("甲", "A", "", 100, 0)], "第 1 条"),
    ):
        with pytest.raises(BadInput, match=why):
            rounds.define_criteria(by=OFFICE, at=AT, items=items, **given)
    with pytest.raises(NotAllowed):
        rounds.define_criteria(by=DEPUTY, at=AT, items=[CriterionFacts("甲", "A", "", 100, 10)], **given)
    assert Criterion.objects.count() == 6


@pytest.mark.parametrize(
    ("kw", "field"),
    [
        ({"title": " "}, "title"),
        ({"closes_on": date(2026, 10, 31)}, "closes_on"),
    ],
    ids=str,
)
def test_what_is_no_round(teams, judges, kw, field):
    with pytest.raises((BadInput, Refused)) as refused:
        a_round(teams, judges, **kw)
    assert refused.value.field == field
    nobody = actor("office", ref="user:0190aaaa-0000-7000-8000-000000000000")
    for some, who, missing in ((teams[:1], judges, "teams"), (teams, [], "judges"), (teams, [nobody], "judges")):
        with pytest.raises(BadInput) as refused:
            a_round(some, who)
        assert refused.value.field == missing
    CriteriaSet.objects.update(valid_from=date(2030, 1, 1))
    with pytest.raises(Refused, match="请先定标准"):
        a_round(teams, judges)
    assert not Round.objects.exists()


def test_who_sees_and_who_runs_a_round(teams, judges):
    found = a_round(teams, judges[:1], opened=False)
    for viewer in (DEPUTY, LEAD, AUDITOR, judges[0]):
        assert selectors.get_round(viewer=viewer, uuid=found.uuid) == found
        with pytest.raises(NotAllowed):
            rounds.open_round(by=viewer, at=AT, round_=found.uuid)
    with pytest.raises(NotVisible):
        selectors.get_round(viewer=STRANGER, uuid=found.uuid)
    rounds.withdraw_round(by=OFFICE, at=AT, round_=found.uuid)
    with pytest.raises(Conflict, match="现在是“不办了”"):
        rounds.open_round(by=OFFICE, at=AT, round_=found.uuid)
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.update(state="frozen")
