# SPDX-License-Identifier: Apache-2.0
"""One step for many projects: each moved or refused by itself, all answered for; the ticked ones as a workbook."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.planning.projects.dossier.services.stages import move_together
from shanhai.planning.projects.models import Project, StageMove
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_programme, a_project, cancelled, without_gates
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, STRANGER, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)


@pytest.fixture
def projects():
    a_programme()
    places = ("513301", "513322", "513301")
    return [without_gates(a_project(code=f"GZ-{number}", place=place)) for number, place in enumerate(places)]


def together(projects, by=OFFICE, to=Stage.TENDERING, **kw):
    seen = {project.uuid: Stage.PREPARATION for project in projects}
    return move_together(by=by, at=AT, programme="zj-ganzi", seen=seen, to=to, on=DAY, because="年度开工会", **kw)


def stages_now():
    return dict(Project.objects.values_list("code", "stage"))


def test_each_is_moved_with_a_history_row_of_its_own(projects):
    moved = together(projects)

    assert [(one.project.code, one.refusal) for one in moved] == [("GZ-0", None), ("GZ-1", None), ("GZ-2", None)]
    assert set(stages_now().values()) == {"tendering"}
    assert StageMove.objects.filter(new="tendering", because="年度开工会", on_date=DAY).count() == 3


def test_what_somebody_else_has_moved_is_refused_and_keeps_nothing_from_the_others(projects):
    cancelled(projects[1])

    moved = together(projects)

    assert [one.refusal is None for one in moved] == [True, False, True]
    assert "别人已经移动" in str(moved[1].refusal)
    assert stages_now() == {"GZ-0": "tendering", "GZ-1": "cancelled", "GZ-2": "tendering"}


def test_a_stage_cannot_be_skipped(projects):
    moved = together(projects, to=Stage.COMPLETED)

    assert all(one.refusal is not None for one in moved)
    assert set(stages_now().values()) == {"preparation"}


def test_a_gate_holds_for_many_as_for_one():
    a_programme()
    project = a_project(code="GZ-9")

    (one,) = together([project], to=Stage.TENDERING)

    assert "还差" in str(one.refusal)
    assert stages_now() == {"GZ-9": "preparation"}


def test_one_that_is_not_of_the_programme_moves_nothing(projects):
    with pytest.raises(NotVisible):
        move_together(
            by=OFFICE,
            at=AT,
            programme="zj-ganzi",
            seen={projects[0].uuid: Stage.PREPARATION, uuid4(): Stage.PREPARATION},
            to=Stage.TENDERING,
            on=DAY,
            because="",
        )
    with pytest.raises(NotVisible):
        together(projects, by=KANGDING)

    assert set(stages_now().values()) == {"preparation"}


def test_a_county_user_moves_those_of_his_county(projects):
    moved = together([projects[0], projects[2]], by=KANGDING)

    assert [one.refusal for one in moved] == [None, None]


@pytest.mark.parametrize("by", [AUDITOR], ids=lambda one: one.name)
def test_who_may_not_move_one_moves_none(projects, by):
    assert all(one.refusal is not None for one in together(projects, by=by))
    with pytest.raises(NotVisible):
        together(projects, by=STRANGER)


@pytest.mark.parametrize("count", [0, 101])
def test_none_and_too_many_are_refused(count):
    seen = {uuid4(): Stage.PREPARATION for _ in range(count)}

    with refused(BadInput, "projects.too_many_at_once"):
        move_together(by=OFFICE, at=AT, programme="zj-ganzi", seen=seen, to=Stage.TENDERING, on=DAY, because="")


def signed_in(role, **kw):
    client = Client()
    client.force_login(a_user(role, **kw), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def ticked(projects, stage="preparation"):
    return [f"{project.uuid} {stage}" for project in projects]


def post(client, chosen, address="/projects/together", **kw):
    given = {"programme": "zj-ganzi", "to": "tendering", "on": "2026-11-01", "chosen": chosen, **kw}
    return client.post(address, given)


def test_the_page_says_what_came_of_each(projects):
    client = signed_in("office")
    cancelled(projects[1])

    answer = post(client, ticked(projects))

    text = answer.content.decode()
    assert answer.status_code == 200
    assert "1 个没有做成" in text
    assert "2 个已进入“招投标”" in text or "2 个已进入" in text


@pytest.mark.parametrize(
    "given", [{"to": ""}, {"to": "suspended"}, {"to": "lost"}, {"on": "昨天"}, {"on": ""}], ids=str
)
def test_a_step_that_is_none_moves_nothing(projects, given):
    assert post(signed_in("office"), ticked(projects), **given).status_code == 422
    assert set(stages_now().values()) == {"preparation"}


@pytest.mark.parametrize("chosen", [["x"], ["x preparation"], [""], ["00000000-0000-7000-8000-000000000000 lost"]])
def test_ticks_that_were_forged_are_refused(projects, chosen):
    assert post(signed_in("office"), chosen).status_code in {400, 404}
    assert set(stages_now().values()) == {"preparation"}


def test_the_ticked_ones_come_as_a_workbook(projects):
    answer = post(signed_in("auditor"), ticked(projects[:2]), "/projects/chosen.xlsx")

    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows if str(row[0]).startswith("GZ-")] == ["GZ-0", "GZ-1"]
    assert any("选中的项目" in str(cell) for row in rows for cell in row)


def test_others_find_nothing_and_strangers_sign_in(projects):
    assert post(signed_in("office", programme="zj-aksu"), ticked(projects)).status_code == 404
    assert post(signed_in("auditor"), ticked(projects)).status_code == 404
    assert post(Client(), ticked(projects)).status_code == 302


def test_the_list_offers_it_to_who_may(projects):
    office = signed_in("office").get("/projects/?programme=zj-ganzi").content.decode()
    auditor = signed_in("auditor").get("/projects/?programme=zj-ganzi").content.decode()

    assert f'value="{projects[0].uuid} preparation"' in office
    assert "推动选中的项目" in office
    assert "推动选中的项目" not in auditor
    assert "导出选中的项目" in auditor
