# SPDX-License-Identifier: Apache-2.0
"""The pages of adjustments as people use them: asking, deciding, carrying out, and what each of them is shown."""

from html import unescape
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shanhai.kernel import clock
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.providers import WaitingAdjustments
from shanhai.planning.adjustments.selectors.adjustments import adjustment_page, list_adjustments, list_open
from shanhai.planning.adjustments.states import OF_PROJECT, Kind, State
from shanhai.planning.adjustments.tests.builders import an_adjustment, moving
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.states import Level
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project
from shanhai.registers.places.tests.builders import a_division, a_site
from tests.cast import AT, DEPUTY, FINANCE, KANGDING, OFFICE, a_user, actor_of

pytestmark = pytest.mark.django_db
OUT = {"unit": "yuan", "reason": "产业急需"}


@pytest.fixture(autouse=True)
def surroundings(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    with clock.frozen(AT):
        yield


@pytest.fixture
def signed_in(client):
    def sign_in(role, **scope):
        user = a_user(role, **scope)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return actor_of(user)

    return sign_in


def text_of(answer) -> str:
    return unescape(answer.content.decode())


def test_an_adjustment_goes_its_whole_way_through_the_pages(client, signed_in, school):
    county = signed_in("county_user", programme="zj-ganzi", place="513301")
    project = school.project
    assert "要调整什么" in text_of(client.get(f"/adjustments/new?project={project.uuid}"))
    address = f"/adjustments/new?project={project.uuid}&kind=period"
    assert 'value="2026-10-31"' in text_of(client.get(address))
    given = {"planned_start_on": "2026-04-01", "planned_finish_on": "2027-06-30", "reason": "冬季不能施工"}
    client.post(address, given)
    adjustment = Adjustment.objects.get()
    assert (adjustment.proposed_by, adjustment.state) == (county.ref, "draft")
    here = f"/adjustments/{adjustment.uuid}/"
    client.post(f"{here}submit", {"seen": "draft"})

    signed_in("commander")
    page = text_of(client.get(here))
    assert "2026-10-31" in page
    assert "2027-06-30" in page
    assert "政府投资条例第24条" in page
    client.post(f"{here}approve", {"seen": "submitted", "words": "同意延期"})
    signed_in("office")
    answer = client.post(f"{here}apply", {"seen": "approved"}, follow=True)

    project.refresh_from_db()
    assert project.planned_finish_on.isoformat() == "2027-06-30"
    assert "同意延期" in text_of(answer)
    assert "已执行，项目已经改过来。" in text_of(answer)


def test_money_is_moved_to_a_project_named_by_its_code(client, signed_in, school, park):
    signed_in("office")
    address = f"/adjustments/new?project={school.project.uuid}&kind=move_money"

    answer = client.post(address, {"line": str(school.uuid), "to_code": "GZ-2", "moved_fen": "600", **OUT}, follow=True)

    page = text_of(answer)
    assert "调整后占比会低于要求" in page
    assert "80.00%" in page
    assert "72.00%" in page
    assert Adjustment.objects.get().other_project_id == park.project_id


@pytest.mark.parametrize("code", ["GZ-2", "gz-2", "ＧＺ－2", " GZ –2 "])
def test_the_project_that_gets_money_is_found_by_its_code_in_any_spelling(client, signed_in, school, park, code):
    signed_in("office")
    address = f"/adjustments/new?project={school.project.uuid}&kind=move_money"

    client.post(address, {"line": str(school.uuid), "to_code": code, "moved_fen": "500", **OUT})

    assert Adjustment.objects.get().other_project == park.project


def test_a_code_that_could_mean_two_projects_is_asked_about(client, signed_in, school, park):
    twin = a_line(project=a_project(code="GZ-3", name="泸定县另一个", place="513322"), yuan=100).project
    Project.objects.filter(pk=twin.pk).update(code="gz-2")
    signed_in("office")
    address = f"/adjustments/new?project={school.project.uuid}&kind=move_money"

    answer = client.post(address, {"line": str(school.uuid), "to_code": "Gz-2", "moved_fen": "500", **OUT})
    client.post(address, {"line": str(school.uuid), "to_code": "GZ-2", "moved_fen": "500", **OUT})

    assert "没有找到编号“Gz-2”的项目" in text_of(answer)
    assert Adjustment.objects.get().other_project == park.project


def test_of_several_lines_of_the_project_that_gets_money_one_is_asked_for(client, signed_in, school, park):
    second = a_line(project=park.project, yuan=700, livelihood_percent=40, beneficiary_level=Level.COUNTY)
    signed_in("office")
    address = f"/adjustments/new?project={school.project.uuid}&kind=move_money"
    given = {"line": str(school.uuid), "to_code": "GZ-2", "moved_fen": "500", **OUT}

    page = text_of(client.post(address, given))
    unknown = client.post(address, {**given, "to_line": str(school.uuid)})

    assert "项目“GZ-2”有 2 笔同一年度、同一来源的资金安排。请选择调给哪一笔。" in page
    assert f'<option value="{park.uuid}">' in page
    assert f'<option value="{second.uuid}">' in page
    assert "民生 40%，受益县级，实施县级" in page
    assert unknown.status_code == 422
    assert not Adjustment.objects.exists()
    client.post(address, {**given, "to_line": str(second.uuid)})
    assert [one.subject for one in Adjustment.objects.get().changes.order_by("position")] == [
        str(school.uuid),
        str(second.uuid),
    ]


def test_what_is_stated_stays_chosen_although_no_table_offers_it(client, signed_in):
    a_programme()
    elsewhere = a_site(division=a_division("510100"))
    project = a_project(stage="under_way", place="513300")
    Project.objects.update(site=elsewhere, category="old")
    signed_in("office")
    address = f"/adjustments/new?project={project.uuid}"

    page = text_of(client.get(f"{address}&kind=site"))
    assert f'<option value="{elsewhere.uuid}" selected>' in page
    assert '<option value="513300" selected>' in page
    given = {"place": "513300", "site": str(elsewhere.uuid), "altitude_m": "3300", "reason": "实测"}
    client.post(f"{address}&kind=site", given)

    assert [one.field for one in Adjustment.objects.get().changes.all()] == ["altitude_m"]


def test_a_plan_of_a_year_that_is_not_there_is_not_taken_for_the_latest(client, signed_in, school):
    signed_in("office")

    assert client.get("/adjustments/plan?programme=zj-ganzi&year=2026").status_code == 200
    assert client.get("/adjustments/plan?programme=zj-ganzi&year=2031").status_code == 404


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"to_code": "NO-1", "moved_fen": "600"}, "没有找到编号“NO-1”的项目"),
        ({"to_code": "GZ-2", "moved_fen": "六百"}, "“六百”不是金额"),
        ({"to_code": "GZ-2", "moved_fen": "7000"}, "超过这笔安排的金额"),
        ({"to_code": "GZ-2", "moved_fen": "-1"}, "金额要大于零"),
        ({"to_code": "GZ-2", "moved_fen": "1", "reason": ""}, "必填"),
    ],
)
def test_what_cannot_be_asked_comes_back_with_a_sentence_and_what_was_typed(
    client, signed_in, school, park, given, says
):
    signed_in("office")
    address = f"/adjustments/new?project={school.project.uuid}&kind=move_money"

    answer = client.post(address, {"line": str(school.uuid), **OUT, **given})

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert f'value="{given["to_code"]}"' in text_of(answer)
    assert not Adjustment.objects.exists()


def test_a_returned_request_is_opened_with_what_was_asked_and_changed(client, signed_in, school, park):
    office = signed_in("office")
    adjustment = an_adjustment(
        project=school.project,
        kind=Kind.MOVE_MONEY,
        wish=moving(school, park, 600),
        state=State.RETURNED,
        by=office,
    )
    address = f"/adjustments/{adjustment.uuid}/edit"
    page = text_of(client.get(address))
    assert 'value="GZ-2"' in page
    assert 'value="0.06"' in page

    client.post(address, {"line": str(school.uuid), "to_code": "GZ-2", "moved_fen": "500", **OUT})

    assert list(adjustment.changes.order_by("position").values_list("new", flat=True)) == [550_000, 200_000]


def test_a_draft_is_opened_with_the_line_that_was_chosen(client, signed_in, school, park):
    second = a_line(project=park.project, yuan=700, livelihood_percent=40)
    office = signed_in("office")
    wish = moving(school, second, 600)
    adjustment = an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=wish, by=office)

    page = text_of(client.get(f"/adjustments/{adjustment.uuid}/edit"))

    assert f'<option value="{second.uuid}" selected>' in page
    assert f'<option value="{park.uuid}">' in page


def test_a_draft_opens_although_its_line_cannot_get_money_any_more(client, signed_in, school, park):
    office = signed_in("office")
    wish = moving(school, park, 600)
    adjustment = an_adjustment(project=school.project, kind=Kind.MOVE_MONEY, wish=wish, by=office)
    park.delete()

    assert client.get(f"/adjustments/{adjustment.uuid}/edit").status_code == 200


@pytest.mark.parametrize("kind", OF_PROJECT)
def test_every_kind_has_a_form_that_opens_and_a_page_that_shows_it(client, signed_in, school, park, kind):
    office = signed_in("office")
    wishes = {
        Kind.SCOPE: Wish({"content": "改为三层", "delivery": "cheque"}),
        Kind.SITE: Wish({"altitude_m": 4100}),
        Kind.ESTIMATE: Wish({"total_investment_fen": 90_000}),
        Kind.PERIOD: Wish({"cross_year": True}),
        Kind.AMOUNT: Wish({"amount_fen": 1}, line=school.uuid),
        Kind.MOVE_MONEY: moving(school, park, 1),
        Kind.CANCEL: Wish(),
    }

    assert client.get(f"/adjustments/new?project={school.project.uuid}&kind={kind}").status_code == 200
    adjustment = an_adjustment(project=school.project, kind=kind, wish=wishes[kind], by=office)
    assert client.get(f"/adjustments/{adjustment.uuid}/").status_code == 200
    assert client.get(f"/adjustments/{adjustment.uuid}/edit").status_code == 200


def test_buttons_are_shown_only_to_who_may(client, signed_in, school):
    adjustment = an_adjustment(project=school.project, state=State.SUBMITTED)
    here = f"/adjustments/{adjustment.uuid}/"

    shown = {}
    for role in ("commander", "original_approver", "auditor", "office"):
        signed_in(role)
        page = text_of(client.get(here))
        shown[role] = {
            act for act in ("approve", "refuse", "return", "support", "withdraw", "apply") if f"{here}{act}" in page
        }

    assert shown == {
        "commander": {"approve", "refuse", "return"},
        "original_approver": {"support"},
        "auditor": set(),
        "office": {"support"},
    }


@pytest.mark.parametrize("role", ["auditor", "finance", "work_group_lead"])
def test_a_crafted_step_of_who_may_not_is_forbidden(client, signed_in, school, role):
    adjustment = an_adjustment(project=school.project, state=State.SUBMITTED)
    signed_in(role)

    for act in ("approve", "refuse", "return", "withdraw", "support"):
        assert client.post(f"/adjustments/{adjustment.uuid}/{act}", {"words": "x"}).status_code == 403
    assert client.get(f"/adjustments/{adjustment.uuid}/edit").status_code == 403


def test_a_crafted_step_that_skips_a_state_is_a_conflict(client, signed_in, school):
    office = signed_in("office")
    adjustment = an_adjustment(project=school.project, by=office)

    assert client.post(f"/adjustments/{adjustment.uuid}/apply").status_code == 409
    assert client.post(f"/adjustments/{adjustment.uuid}/approve").status_code == 409
    assert client.post(f"/adjustments/{adjustment.uuid}/abolish").status_code == 404
    assert client.get(f"/adjustments/{adjustment.uuid}/apply").status_code == 405


def test_who_looks_at_an_old_page_gets_a_conflict(client, signed_in, school):
    adjustment = an_adjustment(project=school.project, state=State.APPROVED)
    signed_in("commander")

    answer = client.post(f"/adjustments/{adjustment.uuid}/return", {"seen": "submitted", "words": "x"})

    assert answer.status_code == 409
    assert Adjustment.objects.get().state == "approved"


@pytest.mark.parametrize("role", [None, "administrator"])
def test_to_a_stranger_there_is_no_such_page(client, signed_in, school, role):
    adjustment = an_adjustment(project=school.project, state=State.SUBMITTED)
    signed_in(role)

    assert client.get(f"/adjustments/{adjustment.uuid}/").status_code == 404
    assert client.get(f"/adjustments/new?project={school.project.uuid}&kind=period").status_code == 404
    assert client.post(f"/adjustments/{adjustment.uuid}/approve").status_code == 404
    assert client.get(f"/adjustments/{uuid4()}/").status_code == 404
    assert client.get("/adjustments/").status_code == 200


def test_a_paper_is_added_to_a_draft_and_no_longer_once_sent_off(client, signed_in, school):
    office = signed_in("office")
    adjustment = an_adjustment(project=school.project, by=office)
    here = f"/adjustments/{adjustment.uuid}/"

    def file():
        return SimpleUploadedFile("会议纪要.csv", "日期,结论\n2026-11-01,同意\n".encode())

    answer = client.post(f"{here}papers", {"kind": "support", "file": file()}, follow=True)
    assert "会议纪要.csv" in text_of(answer)
    assert client.post(f"{here}papers", {"kind": "gift", "file": file()}).status_code == 422
    client.post(f"{here}submit")
    assert client.post(f"{here}papers", {"kind": "support", "file": file()}).status_code == 409


def test_a_county_sees_its_own_shares_and_not_those_of_the_programme(school, park):
    adjustment = an_adjustment(
        project=school.project, kind=Kind.MOVE_MONEY, wish=moving(school, park, 600), state=State.SUBMITTED
    )

    page = adjustment_page(viewer=KANGDING, uuid=adjustment.uuid)

    assert [effect.name for effect in page.effects] == ["康定市 2026"]
    everything = adjustment_page(viewer=OFFICE, uuid=adjustment.uuid)
    assert [effect.place for effect in everything.effects] == ["", "513301", "513322"]
    assert [row.key for row in everything.effects[1].telling] == ["arrival", "livelihood.plan", "grassroots.plan"]
    assert len(everything.effects[0].telling) == 9


def test_the_list_is_filtered_and_marks_what_waits(client, signed_in, school, park):
    an_adjustment(project=school.project, state=State.SUBMITTED)
    an_adjustment(project=park.project, kind=Kind.CANCEL, wish=Wish(), state=State.REFUSED, reason="业主放弃")
    signed_in("commander")

    page = text_of(client.get("/adjustments/"))
    assert "康定市中心小学教学楼" in page
    assert "泸定县产业园" in page
    assert page.count("等您处理") == 1
    for query, one in (("text=ldxcyy", "泸定县产业园"), ("text=放弃", "泸定县产业园"), ("kind=cancel", "泸定县产业园"),
                       ("state=refused", "泸定县产业园"), ("waits=on", "康定市中心小学教学楼")):  # fmt: skip
        other = {"泸定县产业园": "康定市中心小学教学楼", "康定市中心小学教学楼": "泸定县产业园"}[one]
        page = text_of(client.get(f"/adjustments/?{query}"))
        assert one in page
        assert other not in page
    assert "没有符合条件的调整" in text_of(client.get("/adjustments/?text=没有这样的"))
    assert client.get("/adjustments/?kind=gift&state=x&page=999").status_code == 200


@pytest.mark.parametrize(
    ("state", "viewer", "count"),
    [
        (State.DRAFT, OFFICE, 1),
        (State.DRAFT, DEPUTY, 0),
        (State.SUBMITTED, DEPUTY, 1),
        (State.SUBMITTED, OFFICE, 0),
        (State.SUBMITTED, FINANCE, 0),
        (State.RETURNED, OFFICE, 1),
        (State.APPROVED, OFFICE, 1),
        (State.APPROVED, KANGDING, 0),
        (State.APPLIED, OFFICE, 0),
    ],
)
def test_what_waits_for_whom(school, state, viewer, count):
    adjustment = an_adjustment(project=school.project, state=state)

    todos = WaitingAdjustments().find(viewer=viewer, programme="zj-ganzi", at=AT)

    assert [todo.url for todo in todos] == [f"/adjustments/{adjustment.uuid}/"] * count


def test_the_list_asks_as_often_for_many_as_for_one(school, django_assert_num_queries):
    for _ in range(3):
        an_adjustment(project=school.project, state=State.SUBMITTED)

    with django_assert_num_queries(1):
        found = list(list_adjustments(viewer=OFFICE, programme="zj-ganzi"))
    with django_assert_num_queries(1):
        waits = list_open(viewer=OFFICE, programme="zj-ganzi")
    with django_assert_num_queries(4):
        adjustment_page(viewer=OFFICE, uuid=found[0].uuid)

    assert (len(found), len(waits)) == (3, 3)
