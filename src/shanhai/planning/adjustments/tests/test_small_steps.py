# SPDX-License-Identifier: Apache-2.0
"""Many small adjustments in place of a large one: the second already goes where the large one would have gone."""

from html import unescape

import pytest

from shanhai.kernel import clock
from shanhai.kernel.errors import Conflict, Refused
from shanhai.planning.adjustments.models import Adjustment
from shanhai.planning.adjustments.services import apply_adjustment, propose_plan_adjustment, submit_adjustment
from shanhai.planning.adjustments.states import Kind, State
from shanhai.planning.adjustments.tests.builders import (
    ORIGINAL,
    a_paper,
    an_adjustment,
    approve_adjustment,
    led_to,
    moving,
)
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.projects.tests.builders import a_line, a_project
from tests.cast import AT, DEPUTY, OFFICE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def surroundings(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    with clock.frozen(AT):
        yield


@pytest.fixture
def park(school):
    return a_line(project=a_project(code="GZ-2", name="泸定县产业园", place="513322"), yuan=1500)


def to(line, yuan) -> Wish:
    return Wish({"amount_fen": yuan * 100}, line=line.uuid)


def approver(line, kind, wish, state=State.SUBMITTED) -> str:
    return an_adjustment(project=line.project, kind=kind, wish=wish, state=state).approver


def test_an_amount_and_money_moved_count_together_whichever_way_the_steps_go(school, park):
    assert approver(school, Kind.AMOUNT, to(school, 5700), State.APPLIED) == "commander"
    assert approver(school, Kind.MOVE_MONEY, moving(school, park, 300), State.APPLIED) == "commander"
    # 5,400 of 6,000 is the limit to the fen: one more is over, and so is any further cut, by whichever kind.
    assert approver(school, Kind.MOVE_MONEY, moving(school, park, 1)) == "original"
    assert approver(school, Kind.AMOUNT, to(school, 5399)) == "original"
    # The project that got the money is measured by what it had at first, too.
    assert approver(park, Kind.AMOUNT, to(park, 2099)) == "original"
    # Back towards what was approved at first the commander decides.
    assert approver(school, Kind.AMOUNT, to(school, 6000)) == "commander"


def test_what_is_only_asked_for_or_refused_does_not_count(school):
    for state in (State.REFUSED, State.WITHDRAWN, State.SUBMITTED):
        assert approver(school, Kind.AMOUNT, to(school, 5500), state) == (
            "" if state is State.WITHDRAWN else "commander"
        )

    assert approver(school, Kind.AMOUNT, to(school, 5400)) == "commander"


def test_two_small_ones_asked_for_at_once_do_not_both_pass(school, settings):
    settings.ADJUSTMENT_MOVE_YUAN, settings.ADJUSTMENT_MOVE_PERCENT = 500, 50
    other = a_line(project=school.project, yuan=3000, livelihood_percent=50)
    first, second = (
        an_adjustment(project=school.project, kind=Kind.AMOUNT, wish=wish, state=State.APPROVED)
        for wish in (to(school, 5700), to(other, 2700))
    )
    apply_adjustment(by=OFFICE, at=AT, adjustment=first.uuid)

    with refused(Conflict, "adjustments.project_moved_meanwhile"):
        apply_adjustment(by=OFFICE, at=AT, adjustment=second.uuid)


def test_an_estimate_raised_again_and_again_needs_the_paper_of_a_new_approval(school):
    def raised(yuan):
        wish = Wish({"total_investment_fen": yuan * 100}, extra_source="县财政配套")
        return an_adjustment(project=school.project, kind=Kind.ESTIMATE, wish=wish)

    assert led_to(raised(1100), State.APPLIED).rule == "estimate.over"
    again = raised(1155)
    with refused(Refused, "adjustments.need_open", match="重新审批"):
        submit_adjustment(by=OFFICE, at=AT, adjustment=again.uuid)
    a_paper(again)

    assert led_to(again, State.APPLIED).rule == "estimate.far_over"


def test_a_whole_plan_raised_again_and_again_goes_to_the_original_approver(school):
    has = school.yearly_plan.amounts.get().amount_fen

    def raised(percent):
        wish = Wish({"province": has * percent // 100})
        found = propose_plan_adjustment(by=OFFICE, at=AT, programme="zj-ganzi", year=2026, wish=wish, reason="省里追加")
        return led_to(found, State.SUBMITTED)

    first = raised(110)
    approve_adjustment(by=DEPUTY, at=AT, adjustment=first.uuid)
    apply_adjustment(by=OFFICE, at=AT, adjustment=first.uuid)

    assert (first.approver, raised(115).approver) == ("commander", "original")


def test_on_the_pages_the_second_small_cut_goes_to_the_original_approver(client, school):
    users = {role: a_user(role) for role in ("office", "commander")}

    def sign_in(role):
        client.force_login(users[role], backend="allauth.account.auth_backends.AuthenticationBackend")

    def cut(yuan):
        client.post(
            f"/adjustments/new?project={school.project.uuid}&kind=amount",
            {"line": str(school.uuid), "amount_fen": str(yuan), "unit": "yuan", "reason": "压减"},
        )
        here = f"/adjustments/{Adjustment.objects.latest('pk').uuid}/"
        client.post(f"{here}submit", {"seen": "draft"})
        return here

    sign_in("office")
    here = cut(5460)
    sign_in("commander")
    client.post(f"{here}approve", {"seen": "submitted", "words": "同意"})
    sign_in("office")
    client.post(f"{here}apply", {"seen": "approved"})
    here = cut(4969)

    page = unescape(client.get(here).content.decode())
    assert "原审批部门" in page
    assert "最初批准" in page
    assert "6,000.00" in page
    sign_in("commander")
    refused = client.post(f"{here}approve", {"seen": "submitted", "words": "同意"})
    assert refused.status_code == 403
    school.refresh_from_db()
    assert school.amount_fen == 546_000
    approve_adjustment(by=ORIGINAL, at=AT, adjustment=Adjustment.objects.latest("pk").uuid, words="同意")
