# SPDX-License-Identifier: Apache-2.0
"""Contests, inspections and honours in the browser's terms: who sees what, what each page offers and refuses."""

import re

import pytest
from django.test import Client

from shanhai.base.accounts.models import User
from shanhai.kernel import clock
from shanhai.planning.programmes.models import GroupMember
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.contests.models import CriteriaSet, Finding, Honour, HonourKind, Round, Vote
from shanhai.team.contests.rounds.services import votes
from shanhai.team.contests.tests.builders import (
    a_finding,
    a_kind_of_honour,
    a_round,
    a_team,
    an_honour,
    entry_of,
    the_criteria,
    the_questions,
    voted,
)  # fmt: skip
from shanhai.team.secondments.tests.builders import a_post, a_secondment, two_counties
from tests.cast import AT, a_user, actor, actor_of

pytestmark = pytest.mark.django_db
SCOPED = {"programme": "zj-ganzi"}


@pytest.fixture(autouse=True)
def now():
    with clock.frozen(AT):
        yield


@pytest.fixture
def programme():
    return two_counties()


def signed_in(role, username=""):
    user = User.objects.filter(username=username or role).first() or a_user(role, username=username or role, **SCOPED)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text(answer):
    return answer.content.decode()


def test_a_contest_from_its_criteria_to_its_places(programme):
    office, judge = signed_in("office"), signed_in("secondee", "评委")
    user = User.objects.get(username="评委")
    teams = [a_team("甲组", actor("secondee", ref="user:m")), a_team("乙组", actor_of(user))]
    assert office.post("/contests/criteria/samples?programme=zj-ganzi").status_code == 302
    lines = "甲 | A | 看甲 | 60 | 10\n乙 | B | 看乙 | 40 | 10"
    new = {"items": lines, "trims_from": "5", "source": "通知", "valid_from": "2026-11-01"}
    for line in ("甲 | A | 看甲 | 60", "甲 | A | 看甲 | 100 | ²"):
        wrong = office.post("/contests/criteria/define?programme=zj-ganzi", {**new, "items": line})
        assert wrong.status_code == 422
        assert "第 1 行" in text(wrong)
    assert office.post("/contests/criteria/define?programme=zj-ganzi", new).status_code == 302
    assert CriteriaSet.objects.count() == 2
    draft = {
        "title": "季度竞赛", "opens_on": "2026-11-01", "closes_on": "2026-11-30",
        "teams": [str(one.uuid) for one in teams], "judges": [str(user.uuid)],
    }  # fmt: skip
    page = office.post("/contests/new?programme=zj-ganzi", draft).url
    assert office.post(f"{page}open").status_code == 302

    found = Round.objects.get()
    one, own = (f"{page}teams/{entry_of(found, team).uuid}/" for team in teams)
    assert "#vote" not in text(judge.get(own))
    assert judge.post(f"{own}vote", {"score-1": "9"}).status_code == 403
    assert judge.post(f"{one}vote", {"score-1": "11"}).status_code in (400, 422)
    assert judge.post(f"{one}vote", {"score-1": "9", "score-2": "8"}).status_code == 302
    # Before votes have ended, numbers of votes alone.
    assert not re.search(r"\b86</a>", text(office.get(page)))
    assert "1 票" in text(office.get(page))
    assert office.post(f"{page}close").status_code == 302
    assert re.search(r"\b86</a>", text(office.get(page)))
    assert "只有一个评委" in text(office.get(page))
    assert office.post(f"{page}freeze").status_code == 302
    proof = text(office.get(one))
    assert "计入 9，除以 1" in proof
    assert "总分 86，第 1 名" in proof
    again = office.post(f"{page}freeze")
    assert again.status_code == 409
    assert "现在是“已定名次”" in text(again)


def test_who_scores_again_is_offered_what_the_appeal_reopened_alone(programme):
    office, judge = signed_in("office"), signed_in("secondee", "评委")
    me, member = actor_of(User.objects.get(username="评委")), actor("secondee", ref="user:m")
    the_criteria()
    teams = [a_team("甲组", member), a_team("乙组")]
    found = a_round(teams, [me])
    for one in teams:
        voted(found, one, me, 70)
    office.post(f"/contests/{found.uuid}/close")
    page = f"/contests/{found.uuid}/teams/{entry_of(found, teams[0]).uuid}/"
    assert 'name="score-' not in text(judge.get(page))
    appeal = votes.raise_appeal(
        by=member, at=AT, round_=found.uuid, team=entry_of(found, teams[0]).uuid, criterion=2, words="少算了一项"
    )
    answer = {"upheld": "yes", "until": "2026-11-24", "answer": "补看材料"}
    assert office.post(f"/contests/appeals/{appeal.uuid}/", answer).status_code == 302
    assert re.findall(r'name="(score-.)"', text(judge.get(page))) == ["score-2"]
    assert judge.post(f"{page}vote", {"score-2": "90"}).status_code == 302
    assert sorted(Vote.objects.filter(entry__group=teams[0]).values_list("score", flat=True)) == [70, 70, 70, 70, 90]


def test_an_inspection_and_its_finding(programme):
    office, owner = signed_in("office"), signed_in("secondee", "整改人")
    group = a_team("甲组")
    assert office.post("/inspections/questions/samples?programme=zj-ganzi").status_code == 302
    answers = {f"answer-{number}": "no" if number == 3 else "yes" for number in range(1, 6)}
    given = {"group": str(group.uuid), "by_group": "", "day": "2026-11-20", **answers}
    # An answer is given, not left as the list begins.
    unanswered = office.post("/inspections/new?programme=zj-ganzi", {**given, "answer-1": ""})
    assert unanswered.status_code == 422
    empty = office.post("/inspections/new?programme=zj-ganzi", given)
    assert empty.status_code == 400, [one for one in text(empty).splitlines() if "error" in one]
    assert "有问题的，请写是什么问题" in text(empty)
    made = office.post("/inspections/new?programme=zj-ganzi", {**given, "note-3": "两人没有销假"})
    assert made.status_code == 302
    page = f"/inspections/findings/{Finding.objects.get().uuid}/"
    who = User.objects.get(username="整改人").uuid
    assert office.post(f"{page}assign", {"owner": str(who), "due_on": "2026-11-30"}).status_code == 302
    assert office.post(f"{page}close").status_code == 409
    assert owner.post(f"{page}mended", {"proof": "补销假单两张"}).status_code == 302
    assert office.post(f"{page}close").status_code == 302
    assert "已验收" in text(owner.get(page))


def test_an_honour_from_its_kind_to_its_certificate(programme):
    held = a_secondment(a_post(programme), a_person("甲一"))
    personnel, commander, lead = signed_in("personnel_officer"), signed_in("commander"), signed_in("work_group_lead")
    kind = {"name": "先进个人", "name_en": "Outstanding member", "quota": "1", "notice_days": "5", "source": "示例"}
    kind |= {"valid_from": "2026-01-01"}
    assert commander.post("/honours/kinds/?programme=zj-ganzi", {**kind, "quota": "0"}).status_code in (400, 422)
    assert commander.post("/honours/kinds/?programme=zj-ganzi", kind).status_code == 302
    name = {"kind": str(HonourKind.objects.get().uuid), "year": "2026", "secondment": str(held.uuid), "group": ""}
    page = personnel.post("/honours/?programme=zj-ganzi", {**name, "reason": "带教三人"}).url
    assert personnel.post(f"{page}pass").status_code == 403
    assert commander.post(f"{page}pass").status_code == 302
    assert lead.post(f"{page}object", {"words": "他那个月不在"}).status_code == 302
    assert "他那个月不在" not in text(lead.get(page))
    told = text(commander.get(page))
    answer = next(one for one in told.split('"') if one.endswith("/answer"))
    assert "他那个月不在" in told
    wrong = commander.post(answer, {"answer": "长" * 501})
    assert wrong.status_code == 422
    assert "501" in text(wrong)
    assert commander.post(answer, {"answer": "查过，在"}).status_code == 302
    assert commander.get(f"{page}certificate.pdf").status_code == 404
    with clock.frozen(AT.replace(day=29)):
        assert signed_in("commander").post(f"{page}grant").status_code == 302
        found = signed_in("office").get(f"{page}certificate.pdf")
    assert found.content.startswith(b"%PDF")
    assert Honour.objects.get().number == 1


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("office", 200),
        ("secondee", 200),
        ("auditor", 200),
        ("administrator", 404),
        ("station_engineer", 404),
        (None, 404),
    ],
    ids=str,
)
def test_who_may_look(programme, role, status):
    client = Client()
    scope = SCOPED if role not in (None, "administrator") else {}
    client.force_login(a_user(role, **scope), backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in ("/contests/", "/inspections/", "/honours/", "/contests/criteria/", "/honours/kinds/"):
        assert client.get(path).status_code == status, path


def test_pages_take_a_bounded_number_of_queries(programme, django_assert_max_num_queries):
    the_criteria()
    the_questions()
    office = signed_in("office")
    judges = [actor_of(a_user("secondee", username=f"评委{number}", **SCOPED)) for number in range(4)]
    teams = [a_team(f"组{number}") for number in range(6)]
    found = a_round(teams, judges)
    for team in teams:
        for judge in judges:
            voted(found, team, judge, 70)
        a_finding(team)
        GroupMember.objects.create(group=team, ref="user:somebody", since=AT)
    kind = a_kind_of_honour("先进集体", for_group=True, quota=9)
    for team in teams:
        an_honour(kind, team)
    asked = ((f"/contests/{found.uuid}/", 26), ("/contests/", 24), ("/inspections/", 22), ("/honours/", 24))
    for path, most in asked:
        with django_assert_max_num_queries(most):
            assert office.get(path).status_code == 200
