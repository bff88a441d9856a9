# SPDX-License-Identifier: Apache-2.0
"""Changing a whole yearly plan after it was issued: who decides, what it does, and what is refused."""

from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel import clock
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.providers import WaitingAdjustments
from shanhai.planning.adjustments.selectors.adjustments import get_adjustment, list_adjustments
from shanhai.planning.adjustments.services import (
    apply_adjustment,
    propose_adjustment,
    revise_adjustment,
)
from shanhai.planning.adjustments.states import Kind, State
from shanhai.planning.adjustments.tests.builders import (
    ORIGINAL,
    a_plan_in_use,
    a_raise,
    approve_adjustment,
    issued,
    led_to,
    planned,
)
from shanhai.planning.adjustments.values import Wish, effects_from_json
from shanhai.planning.programmes.models import YearlyPlan
from shanhai.planning.programmes.plans.services.plans import adjust_issued_plan, close_yearly_plan
from shanhai.planning.programmes.tests.builders import a_fund_source, a_yearly_plan
from shanhai.planning.projects.tests.builders import a_plan, a_project
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
RAISED = {"amount_of_province": "10500", "unit": "yuan", "reason": "省里追加"}


@pytest.fixture(autouse=True)
def programme():
    a_plan_in_use()


def test_a_raise_goes_its_way_and_is_issued_into_the_ledger():
    adjustment = a_raise(state=State.SUBMITTED)
    assert (adjustment.rule, adjustment.approver, planned(), issued()) == (
        "plan.small", "commander", {"province": 10_000}, 10_000,
    )  # fmt: skip

    approve_adjustment(by=DEPUTY, at=AT, adjustment=adjustment.uuid, words="同意")
    apply_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)

    assert (planned(), issued()) == ({"province": 10_500}, 10_500)
    row = AuditRow.objects.get(action="programmes.plan.raised")
    assert (row.changes["amounts"], row.because, row.place) == ({"province": [1_000_000, 1_050_000]}, "省里追加", "")
    change = adjustment.changes.get()
    assert (change.name, change.old_words, change.new_words) == ("省级财政", "10,000.00 CNY", "10,500.00 CNY")


def test_its_effect_is_shown_before_and_after_and_nothing_of_the_trial_stays():
    adjustment = a_raise(12_000)

    (effect,) = effects_from_json(adjustment.effect, "CNY")

    assert {row.key: (row.before.percent(), row.after.percent()) for row in effect.telling} == {
        "plan.arrived": (Decimal("40.00"), Decimal("33.33")),
        "plan.arranged": (Decimal("60.00"), Decimal("50.00")),
    }
    assert (planned(), issued()) == ({"province": 10_000}, 10_000)


def test_a_large_raise_goes_back_to_the_original_approver():
    adjustment = a_raise(11_001, state=State.SUBMITTED)

    assert (adjustment.rule, adjustment.approver) == ("plan.large", "original")
    with pytest.raises(NotAllowed):
        approve_adjustment(by=DEPUTY, at=AT, adjustment=adjustment.uuid)
    assert approve_adjustment(by=ORIGINAL, at=AT, adjustment=adjustment.uuid).state == State.APPROVED


def test_a_source_that_the_plan_does_not_have_yet_is_added():
    a_fund_source(code="city", name="市级财政")

    a_raise(300, source="city", state=State.APPLIED)

    assert (planned(), issued()) == ({"province": 10_000, "city": 300}, 10_300)


@pytest.mark.parametrize(
    ("yuan", "error", "says"),
    [
        (5_999, (Refused, "projects.plan_below_lines"), "比已经安排给项目的少 1.00 CNY"),
        (0, (Refused, "programmes.issued_has_arrived"), "最多减到 4,000"),
        (10_000, (BadInput, "adjustments.nothing_changes"), "没有要调整的内容"),
        (-1, (BadInput, "adjustments.value_not_understood"), "-100"),
        (10**16, (BadInput, "adjustments.value_not_understood"), "1000000000000000000"),
    ],
)
def test_what_cannot_be_is_refused_before_it_is_asked(yuan, error, says):
    with refused(error, match=says):
        a_raise(yuan)

    assert not Adjustment.objects.exists()


def test_what_one_source_loses_does_not_make_up_for_what_another_gains():
    a_fund_source(code="city", name="市级财政")
    a_raise(5_000, source="city", state=State.APPLIED)

    found = a_raise(10_500, values={"city": 4_500})

    assert found.changes.count() == 2
    assert led_to(found, State.SUBMITTED).rule == "plan.large"


def test_an_unknown_source_and_a_year_without_a_plan_are_refused():
    with refused(BadInput, "adjustments.field_not_of_kind", match="nobody"):
        a_raise(source="nobody")
    with pytest.raises(NotVisible):
        a_raise(year=2027)


@pytest.mark.parametrize("state", ["draft", "closed", "line by line"])
def test_only_an_issued_plan_with_amounts_is_raised(state):
    if state == "closed":
        a_plan(year=2025, yuan=10_000)
        close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get(year=2025).uuid)
    else:
        day = date(2025, 1, 10) if state == "line by line" else None
        a_yearly_plan(year=2025, yuan=10_000 if state == "draft" else 0, issued_on=day)

    with refused(Refused, "programmes.plan_not_raisable", match="2025"):
        a_raise(year=2025)


def test_an_approved_raise_of_a_plan_closed_meanwhile_is_not_carried_out():
    adjustment = a_raise(state=State.APPROVED)
    close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get().uuid)

    with refused(Refused, "programmes.plan_not_raisable"):
        apply_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid)

    assert (planned(), issued()) == ({"province": 10_000}, 10_000)


def test_two_raises_of_one_plan_do_not_add_up_unseen():
    first, second = a_raise(state=State.APPROVED), a_raise(10_600, state=State.APPROVED)
    apply_adjustment(by=OFFICE, at=AT, adjustment=first.uuid)

    with refused(Conflict, "adjustments.project_moved_meanwhile"):
        apply_adjustment(by=OFFICE, at=AT, adjustment=second.uuid)

    assert (planned(), issued()) == ({"province": 10_500}, 10_500)


def test_one_that_came_back_is_changed_on_what_stands_now():
    adjustment = a_raise(state=State.RETURNED)
    a_raise(10_200, state=State.APPLIED)

    revise_adjustment(by=OFFICE, at=AT, adjustment=adjustment.uuid, wish=Wish({"province": 1_060_000}), reason="再追加")

    change = adjustment.changes.get()
    assert (change.old, change.new) == (1_020_000, 1_060_000)


@pytest.mark.parametrize("by", [KANGDING, LEAD, FINANCE, AUDITOR, ADMIN, STRANGER, ORIGINAL], ids=lambda by: by.name)
def test_who_does_not_ask_for_the_whole_programme_asks_for_no_plan(by):
    with pytest.raises((NotAllowed, NotVisible)):
        a_raise(by=by)

    assert not Adjustment.objects.exists()


@pytest.mark.parametrize("by", [KANGDING, LEAD, FINANCE, AUDITOR, ORIGINAL], ids=lambda by: by.name)
def test_who_does_not_manage_the_programme_carries_no_raise_out(by):
    adjustment = a_raise(state=State.APPROVED)
    here = {"amounts": {"province": (Money.from_yuan(10_000), Money.from_yuan(10_500))}, "on_date": date(2026, 11, 1)}
    here |= {"ground": "x", "because": "x"}

    with pytest.raises((NotAllowed, NotVisible)):
        apply_adjustment(by=by, at=AT, adjustment=adjustment.uuid)
    with pytest.raises(NotAllowed):
        adjust_issued_plan(by=by, at=AT, plan=YearlyPlan.objects.get().uuid, **here)


def test_a_county_does_not_see_it_and_the_one_to_act_finds_it_on_the_desk():
    adjustment = a_raise(state=State.SUBMITTED)

    with refused(NotVisible, "adjustments.not_visible"):
        get_adjustment(viewer=KANGDING, uuid=adjustment.uuid)
    assert list_adjustments(viewer=KANGDING, programme="zj-ganzi").count() == 0
    assert [todo.label for todo in WaitingAdjustments().find(viewer=DEPUTY, programme="zj-ganzi", at=AT)] == [
        "2026 浙江省对口支援甘孜州"
    ]
    approve_adjustment(by=DEPUTY, at=AT, adjustment=adjustment.uuid)
    assert [todo.url for todo in WaitingAdjustments().find(viewer=OFFICE, programme="zj-ganzi", at=AT)] == [
        f"/adjustments/{adjustment.uuid}/"
    ]
    assert WaitingAdjustments().find(viewer=FINANCE, programme="zj-ganzi", at=AT) == ()


def test_a_plan_is_not_asked_for_as_if_it_were_a_project():
    project = a_project(code="GZ-2")

    with refused(BadInput, "adjustments.kind_not_of_project"):
        propose_adjustment(
            by=OFFICE, at=AT, project=project.uuid, kind=Kind.PLAN, wish=Wish({"province": 1}), reason="x"
        )


def test_the_database_knows_that_a_plan_has_no_project():
    a_raise()

    with pytest.raises(IntegrityError, match="is_about_a_project_or_a_plan"), transaction.atomic():
        Adjustment.objects.update(kind="period")


@pytest.fixture
def browser(client):
    def sign_in(role, **scope):
        client.force_login(a_user(role, **scope), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    with clock.frozen(AT):
        yield sign_in


def text_of(answer):
    return unescape(answer.content.decode())


def test_a_plan_is_raised_through_the_pages(browser):
    client = browser("office")
    assert 'href="/adjustments/plan?programme=zj-ganzi"' in text_of(client.get("/adjustments/"))
    assert 'value="1"' in text_of(client.get("/adjustments/plan?programme=zj-ganzi"))
    answer = client.post("/adjustments/plan?programme=zj-ganzi&year=2026", RAISED, follow=True)
    adjustment = Adjustment.objects.get()
    here = f"/adjustments/{adjustment.uuid}/"
    assert "年度计划 2026：浙江省对口支援甘孜州" in text_of(answer)
    assert "38.10%" in text_of(answer)
    assert 'value="1.05"' in text_of(client.get(f"{here}edit"))
    client.post(f"{here}edit", {**RAISED, "amount_of_province": "10600"})
    client.post(f"{here}submit", {"seen": "draft"})

    client = browser("commander")
    client.post(f"{here}approve", {"seen": "submitted", "words": "同意"})
    client = browser("office", username="office-2")
    done = client.post(f"{here}apply", {"seen": "approved"}, follow=True)

    assert "已执行，计划的金额和账上的下达已经改过来。" in text_of(done)
    assert (planned(), issued()) == ({"province": 10_600}, 10_600)
    assert "浙江省对口支援甘孜州" in text_of(client.get("/adjustments/"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"amount_of_province": "5000"}, "比已经安排给项目的少"),
        ({"amount_of_province": "一万"}, "不是金额"),
        ({"amount_of_province": "10000"}, "没有要调整的内容"),
        ({"amount_of_province": "10500", "reason": ""}, "必填"),
        ({}, "必填"),
    ],
)
def test_what_cannot_be_comes_back_with_a_sentence(browser, given, says):
    client = browser("office")

    answer = client.post("/adjustments/plan?programme=zj-ganzi&year=2026", {"unit": "yuan", "reason": "追加", **given})

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert not Adjustment.objects.exists()


def test_who_may_not_ask_is_told_whom_to_ask_and_a_stranger_signs_in(browser, client):
    assert client.get("/adjustments/plan").status_code == 302
    page = text_of(browser("finance").get("/adjustments/plan?programme=zj-ganzi"))
    assert "您的岗位不能提出调整" in page
    assert "保存草稿" not in page
    refused = browser("auditor").post("/adjustments/plan?programme=zj-ganzi", RAISED)
    assert refused.status_code == 403
    assert not Adjustment.objects.exists()
    county = browser("county_user", programme="zj-ganzi", place="513301")
    assert 'href="/adjustments/plan' not in text_of(county.get("/adjustments/"))
    assert browser("administrator").get("/adjustments/plan?programme=zj-ganzi").status_code == 404


def test_without_an_issued_plan_the_page_says_so(browser):
    close_yearly_plan(by=OFFICE, at=AT, plan=YearlyPlan.objects.get().uuid)

    page = browser("office").get("/adjustments/plan?programme=zj-ganzi")

    assert page.status_code == 200
    assert "没有可以调整的年度计划" in text_of(page)


def test_the_pages_take_few_queries(browser, django_assert_max_num_queries):
    adjustment = a_raise()
    client = browser("office")
    Adjustment.objects.update(proposed_by="user:office")
    client.get("/adjustments/")

    with django_assert_max_num_queries(15):
        client.get("/adjustments/plan?programme=zj-ganzi")
    adjustment = a_raise(state=State.SUBMITTED)
    with django_assert_max_num_queries(15):
        assert client.get(f"/adjustments/{adjustment.uuid}/").status_code == 200


def test_the_trail_calls_a_raise_by_its_year_and_its_programme():
    raised = a_raise()

    (thing,) = registries.things.get("adjustments.adjustment").named(viewer=OFFICE, ids=[str(raised.uuid)]).values()

    assert (thing.label, thing.url) == ("年度计划 · 2026 浙江省对口支援甘孜州", f"/adjustments/{raised.uuid}/")
