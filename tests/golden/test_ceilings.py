# SPDX-License-Identifier: Apache-2.0
"""Issue 7, wrong result 2: "Money has ceilings everywhere"."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import Refused
from shanhai.kernel.money import Money
from shanhai.planning.imports.services import undo_batch
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.plans.services.plans import change_plan_amounts
from shanhai.planning.programmes.tests import builders as programmes
from shanhai.planning.programmes.values import SourceAmount
from shanhai.planning.projects.core.services import correct_project, revise_amounts
from shanhai.planning.projects.dossier.services.filing import add_contract
from shanhai.planning.projects.dossier.services.stages import approve_settlement, move, transfer_asset
from shanhai.planning.projects.models import AllocationLine, AssetTransfer, Project, Settlement
from shanhai.planning.projects.states import Method, Stage
from shanhai.planning.projects.tests.builders import (
    a_programme,
    a_project,
    a_row,
    a_workbook,
    some_money,
    without_gates,
)
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.selectors import WATCHER
from shanhai.planning.warnings.services import evaluate_programme
from tests.cast import AT, DEPUTY, OFFICE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (5, 6, 7, 8))
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def school():
    """Accepted: an estimate of 1,000 yuan, a line of 600 (500 of it paid), 200 from others."""
    a_programme()
    stated = {"total_investment": Money.from_yuan(1000), "other_sources": Money.from_yuan(200)}
    project = without_gates(a_project(stage="under_way", yuan=600, **stated))
    for act, yuan in (("arrive", 600), ("allot", 500), ("pay", 500)):
        some_money(act, project.lines.get(), yuan)
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.COMPLETED, on=JULY)
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.ACCEPTED, on=AUGUST)
    return project


def a_contract(project, yuan, **kw):
    given = {"contractor": "某公司", "method": Method.OPEN_TENDER, "signed_on": MAY, "number": f"HT-{yuan}", **kw}
    return add_contract(**{"by": OFFICE, **given}, at=AT, project=project.uuid, amount=Money.from_yuan(yuan))


def accounts(project, yuan, **kw):
    money = {"approved": Money.from_yuan(yuan), "surplus": Money(0), "on": date(2026, 9, 1)}
    return approve_settlement(**{"by": OFFICE, **money, **kw}, at=AT, project=project.uuid)


def an_asset(project, yuan, **kw):
    given = {"asset": f"楼 {yuan}", "keeper": "教育局", "value": Money.from_yuan(yuan), "on": date(2026, 9, 2)}
    return transfer_asset(**{"by": OFFICE, **given, **kw}, at=AT, project=project.uuid)


def estimated(project, yuan, **kw):
    facts = replace(Project.objects.get(pk=project.pk).facts, total_investment=Money.from_yuan(yuan), **kw)
    return correct_project(by=OFFICE, at=AT, project=project.uuid, facts=facts)


def arranged(project, yuan):
    line = project.lines.get()
    return revise_amounts(by=OFFICE, at=AT, amounts={line.uuid: Money.from_yuan(yuan)}, because="调减")


# What stands already, the act with the most that may be, and what one fen more is told.
BY_FORM = [
    ("contract against line", [], a_contract, "800", "合同合计 800.01 元，超过安排和其他资金的 800.00 元"),
    (
        "contracts together",
        [(a_contract, 300)],
        a_contract,
        "500",
        "合同合计 800.01 元，超过安排和其他资金的 800.00 元",
    ),
    ("accounts against estimate", [], accounts, "1000", "批复的决算合计 1,000.01 元，超过总投资的 1,000.00 元"),
    ("assets without accounts", [], an_asset, "1000", "移交的资产合计 1,000.01 元，超过总投资的 1,000.00 元"),
    (
        "assets",
        [(accounts, 900), (an_asset, 500)],
        an_asset,
        "400",
        "移交的资产合计 900.01 元，超过批复的决算的 900.00 元",
    ),
]
# What stands, the act with the least that may be, and what one fen less is told.
LOWERED = [
    ("accounts below what is paid", [], accounts, "500", "支付合计 500.00 元，批复的决算不能减到 499.99 元"),
    ("accounts below assets", [(an_asset, 700)], accounts, "700",
     "移交的资产合计 700.00 元，批复的决算不能减到 699.99 元"),
    ("estimate below allotted", [], estimated, "500", "核拨合计 500.00 元，总投资不能减到 499.99 元"),
    ("estimate below contracts", [(a_contract, 800)], estimated, "800",
     "合同合计 800.00 元，总投资不能减到 799.99 元"),
    ("estimate below accounts", [(accounts, 900)], estimated, "900",
     "批复的决算合计 900.00 元，总投资不能减到 899.99 元"),
    ("line below allotted", [], arranged, "500", "核拨合计 500.00 元，安排不能减到 499.99 元"),
    ("line below contracts", [(a_contract, 750)], arranged, "550",
     "合同合计 750.00 元，安排和其他资金不能减到 749.99 元"),
]  # fmt: skip


def one_fen(yuan, more):
    return str(Decimal(yuan) + Decimal("0.01") * more)


@pytest.mark.parametrize(
    ("stands", "act", "yuan", "says", "step", "code"),
    [(*row[1:], 1, "projects.beyond_ceiling") for row in BY_FORM]
    + [(*row[1:], -1, "projects.ceiling_too_low") for row in LOWERED],
    ids=[row[0] for row in (*BY_FORM, *LOWERED)],
)
def test_up_to_the_last_fen_and_no_further(school, stands, act, yuan, says, step, code):
    """ "contract against line and estimate, asset and final accounts against what was paid and estimated" """
    for other, much in stands:
        other(school, much)
    before = everything(school)

    with refused(Refused, code, match=re.escape(says)):
        act(school, one_fen(yuan, step))

    assert everything(school) == before
    act(school, yuan)


def test_a_contract_beyond_the_estimate_is_refused_of_a_project_that_runs_on_into_later_plans(school):
    estimated(school, 1000, cross_year=True)
    a_contract(school, 1000)

    with refused(Refused, "projects.beyond_ceiling", match="超过总投资的 1,000.00 元"):
        a_contract(school, "0.01")
    with refused(Refused, "projects.ceiling_too_low", match="安排和其他资金不能减到 800.00 元"):
        estimated(school, 1000, cross_year=False)


@pytest.mark.parametrize("act", [a_contract, accounts, an_asset])
def test_where_practice_allows_more_who_has_the_right_overrides_with_a_reason_that_the_trail_keeps(school, act):
    """ "Where practice allows more, a person overrides with reason and the right to." """
    for by, because in ((OFFICE, "据实结算"), (DEPUTY, " ")):
        with refused(Refused, "projects.beyond_ceiling"):
            act(school, 1001, by=by, because=because)

    act(school, 1001, by=DEPUTY, because=" 据实结算 ")

    rows = AuditRow.objects.filter(action="projects.project.beyond_ceiling")
    [row] = rows
    assert (row.actor, row.because, row.subject_id) == (DEPUTY.ref, "据实结算", str(school.uuid))
    assert row.changes["sum_fen"] == 100_100


def test_money_paid_after_the_accounts_stays_within_them(school):
    accounts(school, 550)
    some_money("allot", school.lines.get(), 100)
    some_money("pay", school.lines.get(), 50)

    with refused(Refused, "projects.beyond_ceiling", match="支付合计 551.00 元，超过批复的决算的 550.00 元"):
        some_money("pay", school.lines.get(), 1)


def test_the_page_asks_the_commander_for_the_reason_once_the_ceiling_has_refused(client, school):
    client.force_login(a_user("commander"), backend=BACKEND)
    here = f"/projects/{school.uuid}/contracts"
    given = {"number": "HT-1", "contractor": "某公司", "method": "open_tender", "amount": "1001元", "awarded_on": ""}
    given |= {"signed_on": "2026-05-01"}
    assert 'id="contractform_because"' not in client.get(f"/projects/{school.uuid}/dossier/").content.decode()

    page = unescape(client.post(here, given).content.decode())

    assert "合同合计 1,001.00 元，超过总投资的 1,000.00 元" in page
    assert 'id="contractform_because"' in page
    assert client.post(here, {**given, "because": "据实结算"}).status_code == 302


def test_a_contract_that_is_corrected_beyond_a_ceiling_is_overridden_as_its_first_entry_is(client, school):
    """It was refused in the words of an override, and there was none."""
    contract = a_contract(school, 700)
    a_contract(school, 50, number="HT-2")
    client.force_login(a_user("commander"), backend=BACKEND)
    here = f"/projects/{school.uuid}/contracts/{contract.uuid}/"
    given = {"number": "HT-700", "contractor": "某公司", "method": "open_tender", "amount": "951元"}
    given |= {"signed_on": "2026-05-01", "because": "补充协议"}
    asked = 'name="beyond"'
    assert asked not in client.get(here).content.decode()

    page = unescape(client.post(here, given).content.decode())

    assert "合同合计 1,001.00 元，超过总投资的 1,000.00 元" in page
    assert asked in page
    client.force_login(a_user("office"), backend=BACKEND)
    assert client.post(here, {**given, "beyond": "据实结算"}).status_code == 422
    client.force_login(a_user("commander", username="deputy"), backend=BACKEND)
    assert client.post(here, {**given, "beyond": "据实结算"}).status_code == 302
    contract.refresh_from_db()
    assert contract.amount_fen == 95_100
    assert AuditRow.objects.get(action="projects.project.beyond_ceiling").because == "据实结算"
    assert AuditRow.objects.get(action="projects.contract.corrected").because == "补充协议"

    twin = {**given, "number": "ht-2", "beyond": "据实结算"}
    assert 'name="apart"' in client.post(here, twin).content.decode()
    assert client.post(here, {**twin, "apart": "on"}).status_code == 302


@pytest.fixture
def table(tmp_path):
    """Imports a table of rows, amounts in 万元."""
    count = iter(range(99))

    def imported(*rows):
        return import_file(a_workbook(tmp_path / f"{next(count)}.xlsx", *rows), on_date=JUNE)

    return imported


# The row as it stands: 3,000 yuan in all, 2,000 arranged, 1,000 arrived, 800 allotted, 500 paid; 2,500 by contract.
IMPORTED = [
    ({"核拨（万元）": 0.11}, "核拨 1,100.00 CNY 超过到位 1,000.00 CNY"),
    ({"到位（万元）": 0.3, "核拨（万元）": 0.21}, "2,100.00 CNY 超过这一笔安排的 2,000.00 CNY"),
    ({"跨年": "否"}, "合同合计 2,500.00 元，安排和其他资金不能减到 2,000.00 元"),
]


@pytest.mark.parametrize(("cells", "says"), IMPORTED, ids=["arrived", "line", "contracts"])
def test_the_import_obeys_the_same_rule_and_says_so_in_its_row(table, cells, says):
    """ "The import, the form, the console obey one rule." """
    a_programme()
    table(a_row(跨年="是"))
    project = Project.objects.get()
    a_contract(project, 2500)
    before = everything(project)

    report = table(a_row(**{"跨年": "是", **cells}))

    assert says in " ".join(str(problem.message) for problem in report.problems if problem.blocking)
    assert not report.applied
    assert everything(project) == before


def test_a_payment_in_a_table_stays_within_the_accounts(table, school):
    accounts(school, 500)
    some_money("allot", school.lines.get(), 100)
    row = {
        "项目编号": "GZ-1",
        "总投资（万元）": 0.1,
        "援助资金（万元）": 0.06,
        "其他资金（万元）": 0.02,
        "阶段": "已验收",
    }
    money = {"到位（万元）": 0.06, "核拨（万元）": 0.06, "支付（万元）": 0.055}

    report = table(a_row(**row, **money, 民生比例="100%"))

    assert "支付合计 550.00 元，超过批复的决算的 500.00 元" in " ".join(str(one.message) for one in report.problems)


def test_neither_a_table_nor_taking_one_back_puts_a_line_below_the_contracts_that_rest_on_it(table):
    """Taking an import back put the line of a draft plan back under contracts signed meanwhile."""
    a_programme(yuan=0)
    programmes.a_yearly_plan(programme="zj-ganzi", year=2026, yuan=5000)
    row = a_row(**dict.fromkeys(("到位（万元）", "核拨（万元）", "支付（万元）")), 阶段="待开工")
    table(row)
    report = table({**row, "援助资金（万元）": 0.3})
    project = Project.objects.get()
    a_contract(project, 2500)
    says = "合同合计 2,500.00 元，安排和其他资金不能减到 2,000.00 元"

    assert says in " ".join(str(one.message) for one in table(row).problems if one.blocking)
    with refused(Refused, "projects.ceiling_too_low", match=says):
        undo_batch(by=OFFICE, at=AT, batch=report.batch, because="传错了")

    assert project.lines.get().amount_fen == 300_000
    project.contracts.all().delete()
    undo_batch(by=OFFICE, at=AT, batch=report.batch, because="传错了")
    assert project.lines.get().amount_fen == 200_000


def test_an_import_that_lowered_lines_is_not_taken_back_beyond_the_plan(table):
    """What another project was given meanwhile made the lines together more than the plan."""
    a_programme(yuan=0)
    programmes.a_yearly_plan(programme="zj-ganzi", year=2026, yuan=3000)
    row = a_row(**dict.fromkeys(("到位（万元）", "核拨（万元）", "支付（万元）")), 阶段="待开工")
    table(row)
    report = table({**row, "援助资金（万元）": 0.1})
    a_project(code="GZ-2", yuan=1500)

    with refused(Refused, "projects.plan_overdrawn"):
        undo_batch(by=OFFICE, at=AT, batch=report.batch, because="传错了")

    assert Project.objects.get(code="GZ-2026-001").lines.get().amount_fen == 100_000


def test_a_warning_names_every_excess_that_history_has(client, school):
    """ "A warning names every excess that history already has." """
    accounts(school, 900)
    an_asset(school, 900)
    a_contract(school, 800)
    Project.objects.filter(pk=school.pk).update(other_sources_fen=0)
    AssetTransfer.objects.update(value_fen=95_000)

    evaluate_programme(by=WATCHER, at=AT, programme="zj-ganzi")

    warning = EarlyWarning.objects.get(rule="money_beyond")
    client.force_login(a_user("office"), backend=BACKEND)
    page = unescape(client.get(f"/warnings/{warning.uuid}/").content.decode())
    for said in ("合同 800.00 元，超过安排和其他资金的 600.00 元", "移交的资产 950.00 元，超过批复的决算的 900.00 元"):
        assert said in page
    AssetTransfer.objects.update(value_fen=0)
    Project.objects.filter(pk=school.pk).update(other_sources_fen=20_000)
    evaluate_programme(by=WATCHER, at=AT, programme="zj-ganzi")
    assert not EarlyWarning.objects.filter(rule="money_beyond", standing=True).exists()


@pytest.mark.parametrize(
    ("yuan", "reserve", "short"), [("99.99", 0, "0.01"), (150, "50.01", "0.01"), (None, 0, "100.00")]
)
def test_a_draft_of_a_plan_keeps_what_its_lines_take(yuan, reserve, short):
    """ "lines against the plan (with its reserve)" """
    a_programme(yuan=0)
    programmes.a_fund_source(code="city", name="市级财政")
    plan = programmes.a_yearly_plan(programme="zj-ganzi", year=2026, yuan=200)
    a_project(yuan=100)

    def changed(yuan, reserve=0):
        amounts = [SourceAmount("city", Money.from_yuan(10), Money(0))]
        if yuan is not None:
            amounts.append(SourceAmount("province", Money.from_yuan(yuan), Money.from_yuan(reserve)))
        return change_plan_amounts(by=OFFICE, at=AT, plan=plan.uuid, amounts=amounts)

    with refused(Refused, "projects.plan_below_lines", match=f"“省级财政”除去预备费，比已经安排给项目的少 {short}"):
        changed(yuan, reserve)

    assert plan.amounts.get().amount_fen == 20_000
    changed(150, 50)


def everything(project):
    return (
        stored(project.lines.get()),
        project.lines.get().amount_fen,
        Project.objects.get(pk=project.pk).facts,
        list(project.contracts.values_list("amount_fen")),
        list(project.asset_transfers.values_list("value_fen")),
        list(Settlement.objects.values_list("approved_fen")),
    )


def stored(line):
    found = AllocationLine.objects.get(pk=line.pk)
    return found.arrived_fen, found.allotted_fen, found.paid_fen
