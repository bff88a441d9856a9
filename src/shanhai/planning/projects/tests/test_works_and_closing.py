# SPDX-License-Identifier: Apache-2.0
"""Contracts, progress, final accounts and the hand-over of assets."""

from datetime import date
from io import BytesIO

import pytest

from shanhai.kernel.clock import months_later
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.money import Money
from shanhai.planning.projects.dossier.rules import (
    latest_extension,
    settlement_due,
    transfer_due,
)
from shanhai.planning.projects.dossier.selectors.facts_for_warnings import idle_funds
from shanhai.planning.projects.dossier.selectors.gates import settlement_of
from shanhai.planning.projects.dossier.services.corrections import take_back_approval, take_back_move
from shanhai.planning.projects.dossier.services.filing import add_contract, note_progress
from shanhai.planning.projects.dossier.services.stages import (
    approve_settlement,
    draft_settlement,
    extend_settlement,
    move,
    return_surplus,
    transfer_asset,
)
from shanhai.planning.projects.models import AssetTransfer, Contract, ProgressNote, Project, Settlement
from shanhai.planning.projects.shares.selectors.idle import unpaid_of
from shanhai.planning.projects.states import Method, Size, Stage
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money, without_gates
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

KindNotAccepted = (BadInput, "documents.kind_not_accepted")

JUNE, AUGUST = date(2026, 6, 1), date(2026, 8, 31)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 8, 31), 3, date(2026, 11, 30)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 1, 1), 0, date(2026, 1, 1)),
    ],
)
def test_months_end_where_the_month_ends(day, months, later):
    assert months_later(day, months) == later


def test_the_days_that_are_due_follow_the_rule():
    assert settlement_due(date(2026, 8, 2)) == date(2026, 11, 2)
    assert transfer_due(date(2026, 8, 20)) == date(2026, 11, 20)
    assert latest_extension(date(2026, 11, 2), Size.SMALL) == date(2027, 1, 2)
    assert latest_extension(date(2026, 11, 2), Size.LARGE) == date(2027, 5, 2)


def a_contract(project, **kw):
    values = {
        "number": "HT-1",
        "contractor": "某公司",
        "method": Method.OPEN_TENDER,
        "amount": Money.from_yuan(100),
        "signed_on": JUNE,
        **kw,
    }
    return add_contract(
        by=kw.pop("by", OFFICE), at=AT, project=project.uuid, **{k: v for k, v in values.items() if k != "by"}
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"number": " "},
        {"contractor": ""},
        {"amount": Money.from_yuan(0)},
        {"amount": Money.from_yuan(-1)},
        {"amount": Money(10**17)},
        {"amount": Money(100, "USD")},
        {"signed_on": date(2026, 12, 1)},
        {"awarded_on": date(2026, 6, 2)},
    ],
)
def test_a_contract_that_cannot_be_is_refused(wrong):
    a_programme()
    project = a_project()

    with refused(BadInput, "projects.contract_not_accepted"):
        a_contract(project, **wrong)

    assert Contract.objects.count() == 0


@pytest.mark.django_db
def test_the_same_contract_twice_is_one_and_another_under_its_number_is_refused():
    a_programme()
    project = a_project(yuan=1000)
    first = a_contract(project)

    again = a_contract(project)
    with refused(Conflict, "projects.contract_already_there"):
        a_contract(project, amount=Money.from_yuan(101))

    assert (again.pk, Contract.objects.count()) == (first.pk, 1)


@pytest.mark.django_db
def test_a_contract_whose_number_is_a_possible_twin_is_told_before_it_is_stored():
    a_programme()
    project, other = a_project(yuan=1000), a_project(code="GZ-2", yuan=1000)
    a_contract(project, number="HT-1")

    with refused(Conflict, "projects.possible_twin", match="HT-1"):
        a_contract(project, number="ht－01")
    a_contract(other, number="ht－01")

    assert a_contract(project, number="ht－01", apart=True).number == "ht－01"


def report(project, percent, **kw):
    values = {"by": KANGDING, "words": "完成基础", "on": JUNE, **kw}
    return note_progress(at=AT, project=project.uuid, percent=percent, **values)


@pytest.mark.django_db
def test_the_project_takes_over_the_latest_progress_by_day():
    a_programme()
    project = a_project(stage="under_way")

    report(project, 60, on=AUGUST)
    report(project, 55, on=JUNE)
    with refused(Refused, "projects.progress_falls", match="2026-08-31 报的是 60%"):
        report(project, 65, on=JUNE)

    assert Project.objects.get().progress_percent == 60
    assert ProgressNote.objects.count() == 2


@pytest.mark.django_db
def test_progress_falls_only_as_a_correction():
    a_programme()
    project = a_project(stage="under_way")
    report(project, 60)

    with refused(Refused, "projects.progress_falls", match="上次报的是 60%"):
        report(project, 50, on=AUGUST)
    report(project, 50, on=AUGUST, words="上次多算了附属工程", corrects=True)

    assert Project.objects.get().progress_percent == 50


@pytest.mark.django_db
def test_completed_investment_is_reported_with_progress_and_falls_only_as_a_correction():
    a_programme()
    project = a_project(stage="under_way")
    report(project, 60, invested=Money.from_yuan(600))

    with refused(Refused, "projects.progress_falls", match="累计完成投资"):
        report(project, 60, on=AUGUST, invested=Money.from_yuan(599))
    report(project, 60, on=AUGUST, invested=Money.from_yuan(500), words="扣除未验收的部分", corrects=True)
    with refused(Refused, "projects.progress_not_accepted", match="以最近一次为准"):
        report(project, 60, on=JUNE, invested=Money.from_yuan(700))

    assert Project.objects.get().completed_investment == Money.from_yuan(500)


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"percent": 101}, {"percent": -1}, {"words": " "}, {"on": date(2026, 12, 1)}])
def test_progress_that_cannot_be_is_refused(wrong):
    a_programme()
    project = a_project(stage="under_way")

    with refused(BadInput, "projects.progress_not_accepted"):
        report(project, **{"percent": 10, **wrong})


@pytest.mark.django_db
@pytest.mark.parametrize("stage", ["preparation", "ready", "completed", "cancelled"])
def test_progress_is_of_a_project_on_site(stage):
    a_programme()
    project = a_project(stage=stage)

    with refused(Refused, "projects.not_on_site"):
        report(project, 10)


@pytest.mark.django_db
def test_a_photo_is_kept_and_anything_else_is_refused_whole():
    a_programme()
    project = a_project(stage="under_way")

    report(project, 10, photos=((BytesIO(PIXEL), "现场.png"),))
    with refused(KindNotAccepted):
        report(project, 20, photos=((BytesIO(b"%PDF-1.4\n"), "现场.png"),))

    assert ProgressNote.objects.get().percent == 10


@pytest.fixture
def completed(db):
    """Completed on 31 August, 100 yuan allotted of which 90 paid; the accounts are due on 30 November."""
    a_programme()
    project = without_gates(a_project(stage="under_way", yuan=100))
    line = project.lines.get()
    for act, yuan in (("arrive", 100), ("allot", 100), ("pay", 90)):
        some_money(act, line, yuan, on=JUNE)
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.COMPLETED, on=AUGUST)
    return project


@pytest.fixture
def accepted(completed):
    """The same, accepted on 10 September."""
    move(by=OFFICE, at=AT, project=completed.uuid, to=Stage.ACCEPTED, on=date(2026, 9, 10))
    return completed


def approve(project, **kw):
    values = {"approved": Money.from_yuan(90), "surplus": Money.from_yuan(10), "on": date(2026, 11, 1), **kw}
    return approve_settlement(by=OFFICE, at=AT, project=project.uuid, **values)


def test_accounts_are_put_off_once_within_the_rule(completed):
    with refused(Refused, "projects.extension_not_accepted"):
        extend_settlement(by=OFFICE, at=AT, project=completed.uuid, to=date(2027, 2, 1), because="资料未齐")
    with refused(Refused, "projects.extension_not_accepted"):
        extend_settlement(by=OFFICE, at=AT, project=completed.uuid, to=date(2027, 1, 30), because=" ")
    extend_settlement(by=OFFICE, at=AT, project=completed.uuid, to=date(2027, 1, 30), because="资料未齐")
    with refused(Refused, "projects.extension_not_accepted"):
        extend_settlement(by=OFFICE, at=AT, project=completed.uuid, to=date(2027, 1, 29), because="再延")

    assert Settlement.objects.get().extended_to == date(2027, 1, 30)


def test_accounts_are_approved_once_with_one_sum(accepted):
    approve(accepted)
    approve(accepted)

    with refused(Conflict, "projects.accounts_already_approved"):
        approve(accepted, surplus=Money.from_yuan(9))
    with refused(Refused, "projects.extension_not_accepted"):
        extend_settlement(by=OFFICE, at=AT, project=accepted.uuid, to=date(2027, 1, 1), because="迟")


@pytest.mark.parametrize(
    "wrong",
    [
        {"approved": Money.from_yuan(-1)},
        {"surplus": Money.from_yuan(-1)},
        {"on": date(2026, 12, 1)},
    ],
)
def test_accounts_that_cannot_be_are_refused(accepted, wrong):
    with refused(BadInput, "projects.accounts_not_accepted"):
        approve(accepted, **wrong)


def test_accounts_follow_acceptance_and_their_surplus_is_there(accepted):
    with refused(Refused, "projects.day_not_accepted", match="决算批复 2026-09-09 早于验收 2026-09-10"):
        approve(accepted, on=date(2026, 9, 9))
    with refused(BadInput, "projects.surplus_not_there", match="超过已核拨未支付的"):
        approve(accepted, surplus=Money(1001))
    take_back_move(by=OFFICE, at=AT, project=accepted.uuid, because="验收还没有开")
    with refused(Refused, "projects.accounts_before_acceptance"):
        approve(accepted)

    assert not Settlement.objects.filter(approved_on__isnull=False).exists()


def test_a_draft_of_accounts_is_replaced_and_approved_ones_stand_until_their_approval_is_taken_back(accepted):
    stated = {"by": OFFICE, "at": AT, "project": accepted.uuid, "approved": Money.from_yuan(89)}
    draft_settlement(**stated, surplus=Money.from_yuan(10))
    draft_settlement(**{**stated, "approved": Money.from_yuan(88)}, surplus=Money(0))
    assert Settlement.objects.values_list("approved_fen", "surplus_fen", "approved_on").get() == (8800, 0, None)

    approve(accepted)
    with refused(Conflict, "projects.accounts_already_approved"):
        draft_settlement(**stated, surplus=Money(0))
    take_back_approval(by=OFFICE, at=AT, project=accepted.uuid, because="批文看错了")
    draft_settlement(**stated, surplus=Money(0))

    assert Settlement.objects.values_list("approved_fen", "approved_on").get() == (8900, None)


def test_accounts_nobody_has_begun_are_due_all_the_same(completed):
    assert Settlement.objects.count() == 0
    assert settlement_of(completed_again(completed), date(2026, 11, 22)).due_on == date(2026, 11, 30)
    assert settlement_of(Project(stage="completed", capital=True), date(2026, 11, 22)).due_on == date(2027, 2, 22)
    assert settlement_of(Project(stage="completed", capital=False), date(2026, 11, 22)) is None


def completed_again(project):
    return Project.objects.get(pk=project.pk)


@pytest.mark.django_db
def test_a_project_that_is_not_completed_has_nothing_to_settle():
    a_programme()
    project = a_project(stage="under_way")

    with refused(Refused, "projects.nothing_to_settle"):
        approve(project)


def test_the_surplus_goes_back_once_and_after_the_approval(accepted):
    line = accepted.lines.get()
    back = {"by": FINANCE, "at": AT, "line": line.uuid, "on": date(2026, 11, 5), "number": "J-1"}

    with refused(BadInput, "projects.accounts_not_accepted"):
        return_surplus(**back)
    approve(accepted)
    return_surplus(**back)
    with refused(BadInput, "projects.accounts_not_accepted"):
        return_surplus(**back)

    assert Settlement.objects.get().surplus_returned_on == date(2026, 11, 5)


def test_assets_go_over_after_acceptance_and_each_once(completed):
    given = {"asset": "教学楼", "keeper": "教育局", "value": Money.from_yuan(90), "on": date(2026, 11, 1)}
    asked = {"by": OFFICE, "at": AT, "project": completed.uuid, **given}

    with refused(Refused, "projects.transfer_not_accepted"):
        transfer_asset(**asked)
    move(by=OFFICE, at=AT, project=completed.uuid, to=Stage.ACCEPTED, on=date(2026, 9, 10))
    with refused(Refused, "projects.unpaid_before_hand_over", match="10"):
        transfer_asset(**asked)
    some_money("pay", completed.lines.get(), 10, on=date(2026, 9, 20))
    with refused(Refused, "projects.transfer_not_accepted"):
        transfer_asset(**{**asked, "keeper": " "})
    transfer_asset(**asked)
    transfer_asset(**asked)

    assert AssetTransfer.objects.get().keeper == "教育局"


def test_who_may_only_look_closes_nothing_and_a_stranger_finds_nothing(completed):
    given = {
        "at": AT,
        "project": completed.uuid,
        "approved": Money.from_yuan(1),
        "surplus": Money.from_yuan(0),
        "on": JUNE,
    }

    with pytest.raises(NotAllowed):
        approve_settlement(by=AUDITOR, **given)
    with pytest.raises(NotVisible):
        approve_settlement(by=STRANGER, **given)


@pytest.mark.django_db
def test_money_that_was_given_back_lies_idle_no_more():
    a_programme()
    line = a_project(stage="under_way", yuan=300).lines.get()
    some_money("arrive", line, 300)
    some_money("allot", line, 100)
    asked = {"viewer": OFFICE, "programme": "zj-ganzi", "currency": "CNY", "arrived_by": AUGUST, "allotted_by": AUGUST}
    assert idle_funds(**asked) == {line.project_id: (20_000, 10_000)}

    some_money("return", line, 100)
    some_money("hand_back", line, 150)

    assert idle_funds(**asked) == {line.project_id: (5_000, 0)}


@pytest.mark.django_db
def test_money_given_back_before_it_was_allotted_leaves_what_was_allotted_idle():
    a_programme()
    line = a_project(stage="under_way", yuan=300).lines.get()
    some_money("arrive", line, 300)
    some_money("allot", line, 200)
    some_money("hand_back", line, 100)

    idle = idle_funds(viewer=OFFICE, programme="zj-ganzi", currency="CNY", arrived_by=AUGUST, allotted_by=AUGUST)

    assert idle == {line.project_id: (0, 20_000)}


@pytest.mark.django_db
def test_of_many_lines_idle_money_is_asked_for_at_once(django_assert_num_queries):
    a_programme()
    project = a_project(stage="under_way")
    for number in range(3):
        some_money("arrive", a_line(project=project, yuan=100, livelihood_percent=number), 100)

    with django_assert_num_queries(2):
        assert unpaid_of(project) == Money(0)
