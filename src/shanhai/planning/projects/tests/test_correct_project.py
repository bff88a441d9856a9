# SPDX-License-Identifier: Apache-2.0
"""What was recorded wrongly of a project: its code, whether it is new, whether it is capital, whose it is."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.planning.projects.core.selectors import find_projects, subjects_of
from shanhai.planning.projects.core.services import correct_project
from shanhai.planning.projects.models import Project, ProjectChange
from shanhai.planning.projects.shares.selectors.idle import list_awaiting
from shanhai.planning.projects.shares.selectors.portfolio import county_table
from shanhai.planning.projects.shares.selectors.what_if import list_movable
from shanhai.planning.projects.states import Novelty
from shanhai.planning.projects.tests.builders import a_programme, a_project
from shanhai.registers.organisations.models import Organisation
from tests.cast import AT, DEPUTY, OFFICE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LATER = AT + timedelta(days=3)


def correct(project, *, by=DEPUTY, at=LATER, because="录错了", apart=False, seen=None, **facts):
    facts = replace(Project.objects.get(pk=project.pk).facts, **facts)
    return correct_project(by=by, at=at, project=project.uuid, facts=facts, because=because, apart=apart, seen=seen)


def counted(day):
    counts = county_table(viewer=OFFICE, programme="zj-ganzi", as_of=day).total.counts
    return counts.new, counts.continuing


@pytest.fixture
def school():
    a_programme()
    return a_project(code="GZ-1", yuan=500)


def signed_in(client, role="commander", **scope):
    client.force_login(a_user(role, **scope), backend=BACKEND)
    return client


def test_the_former_code_still_finds_the_project_everywhere(school):
    line = school.lines.get()

    correct(school, code="KD-7", by=OFFICE)

    for code in ("GZ-1", "KD-7"):
        assert find_projects(viewer=OFFICE, text=code, limit=9) == [school]
        assert subjects_of(viewer=OFFICE, programme="zj-ganzi", text=code) == [str(line.uuid)]
        assert list_movable(viewer=OFFICE, programme="zj-ganzi", text=code) == (1, [line])
        plan = {"programme": "zj-ganzi", "year": 2026, "fund_source": "province"}
        assert list_awaiting(viewer=OFFICE, **plan, text=code, limit=9) == (1, [line])
    kept = ProjectChange.objects.get()
    assert (kept.project, kept.code, kept.by, kept.because) == (school, "GZ-1", OFFICE.ref, "录错了")


def test_a_former_code_is_for_nobody_else_and_its_own_project_may_have_it_again(school):
    other = a_project(code="GZ-2", name="卫生院")
    correct(school, code="KD-7")

    with refused(Conflict, "projects.code_taken", match="“GZ-1”是项目“康定市中心小学教学楼”原来的编号") as told:
        correct(other, code="GZ-1")
    assert told.value.field == "code"
    with refused(Conflict, "projects.code_taken"):
        a_project(code="GZ-1", name="卫生院")
    with refused(Conflict, "projects.possible_twin"):
        correct(other, code="gz-01")
    with refused(Conflict, "projects.code_taken"):
        correct(other, code="KD-7")

    assert correct(school, code="GZ-1").former == ["KD-7"]


@pytest.mark.parametrize("name", ["novelty", "capital"])
def test_what_figures_and_gates_hang_on_is_a_second_persons_to_correct(school, name):
    value = {"novelty": Novelty.CONTINUING, "capital": False}[name]
    finance = replace(DEPUTY, ref="user:other", grants={**DEPUTY.grants, "project.correct": ()})

    for somebody in (OFFICE, finance):
        with refused(Refused, "projects.second_person_needed", match="登记人以外") as told:
            correct(school, by=somebody, **{name: value})
        assert told.value.field == name

    assert getattr(correct(school, **{name: value}), name) == value


def test_a_figure_of_an_earlier_day_is_as_it_was_then(school):
    before, then = counted(date(2026, 11, 22)), date(2026, 11, 24)

    correct(school, novelty=Novelty.CONTINUING)

    assert before == (1, 0)
    assert [counted(day) for day in (date(2026, 11, 22), then, date(2026, 11, 25))] == [(1, 0), (1, 0), (0, 1)]


def test_what_nobody_can_have_meant_is_refused_beside_its_field(school):
    for code in ("", "9" * 41, "GZ\n1"):
        with refused(BadInput, "projects.code_not_accepted") as told:
            correct(school, code=code)
        assert told.value.field == "code"
    with refused(BadInput, "projects.reason_missing") as told:
        correct(school, code="KD-7", because=" ")
    assert told.value.field == "because"
    with refused(Conflict, "corrected_meanwhile"):
        correct(school, code="KD-7", seen={"code": "GZ-0"})
    assert not ProjectChange.objects.exists()


def test_the_page_corrects_with_the_trail_in_peoples_words_in_both_languages(client, school):
    unit = Organisation.objects.create(name="康定市教育局", kind="government")
    signed_in(client)
    here = f"/projects/{school.uuid}/"
    assert f'href="{here}correct/"' in client.get(here).content.decode()
    sent = {"code": "KD-7", "novelty": "continuing", "owner": str(unit.uuid), "because": "批文是续建"}

    assert client.post(f"{here}correct/", sent).status_code == 302

    page = client.get(here).content.decode()
    assert all(one in page for one in ("KD-7", "GZ-1", "续建", "非固定资产", "康定市教育局"))
    row = AuditRow.objects.get(action="projects.project.corrected")
    assert (row.because, row.changes["capital"]) == ("批文是续建", [True, False])
    [line, *_] = client.get("/audit/").context["lines"]
    assert {str(change) for change in line.changes} == {
        "编号 GZ-1 → KD-7", "新建/续建 新建 → 续建", "固定资产投资项目 是 → 否", "业主单位 — → 康定市教育局",
    }  # fmt: skip
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Correct project KD-7" in client.get(f"{here}correct/").content.decode()


def test_a_refusal_stands_beside_its_field_and_says_what_stands_now_in_words(client, school):
    a_project(code="GZ-2", name="卫生院")
    here, sent = f"/projects/{school.uuid}/correct/", {"novelty": "new", "capital": "on", "because": "录错了"}
    signed_in(client)

    taken = client.post(here, {**sent, "code": "GZ-2"})
    wrong = client.post(here, {**sent, "code": "GZ-1", "novelty": "old", "owner": "nobody"})
    late = client.post(here, {**sent, "code": "GZ-1", "seen": '{"novelty": "continuing"}'})

    assert (taken.status_code, set(taken.context["form"].errors)) == (409, {"code"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"novelty", "owner"})
    assert (late.status_code, "有人把这一项改成了“新建”" in late.content.decode()) == (409, True)
    assert "“new”" not in late.content.decode()


@pytest.mark.parametrize(
    ("role", "scope", "status"),
    [
        ("auditor", {}, 403),
        ("county_user", {"programme": "zj-ganzi", "place": "513301"}, 403),
        ("office", {"programme": "zj-other"}, 404),
        (None, {}, 404),
    ],
)
def test_who_may_not_is_told_so(client, school, role, scope, status):
    signed_in(client, role, **scope)
    here = f"/projects/{school.uuid}/"

    assert client.get(f"{here}correct/").status_code == status
    assert client.post(f"{here}correct/", {"code": "X", "novelty": "new", "because": "x"}).status_code == status
    assert f"{here}correct/" not in client.get(here).content.decode()
