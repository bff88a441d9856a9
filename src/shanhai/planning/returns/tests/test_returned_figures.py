# SPDX-License-Identifier: Apache-2.0
from datetime import date
from decimal import Decimal

import pytest

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import FigureScope, Strength
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries
from shanhai.kernel.shares import Share
from shanhai.planning.returns import providers
from shanhai.planning.returns.models import Finding
from shanhai.planning.returns.providers import Reported
from shanhai.planning.returns.services import explain_finding, withdraw_return
from shanhai.planning.returns.tests.builders import a_return, ganzi_programme, kezhou_programme, the_kezhou_return
from tests.cast import ADMIN, AT, AUDITOR, KANGDING, OFFICE, STRANGER, actor

pytestmark = pytest.mark.django_db

KEZHOU = FigureScope("kezhou-2021", date(2021, 12, 31))
GANZI = FigureScope("zj-ganzi", date(2023, 12, 31))
OCTOBER = date(2023, 10, 31)


@pytest.fixture(autouse=True)
def documents_dir(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def figures(scope, viewer=AUDITOR):
    return {figure.key: figure for figure in Reported().list_figures(viewer=viewer, scope=scope)}


def rows_of(scope, key, part, offset=0, limit=10, viewer=AUDITOR):
    return Reported().list_evidence(viewer=viewer, scope=scope, key=key, part=part, offset=offset, limit=limit)


def values(scope, viewer=AUDITOR):
    """Each value in short: yuan, a count, or a rate with its base."""
    return {
        key.removeprefix("returned:"): (figure.value.percent(), figure.value.base.key)
        if isinstance(figure.value, Share)
        else figure.value.yuan
        if isinstance(figure.value, Money)
        else figure.value and figure.value.number
        for key, figure in figures(scope, viewer).items()
    }


def test_kezhou_is_answered_from_its_counties_and_where_they_are_silent_from_its_total():
    kezhou_programme()
    the_kezhou_return()

    assert values(KEZHOU) == {
        "project_count": Decimal(343),
        "start_rate": (Decimal("100.00"), "project_count"),
        "completion_rate": (Decimal("90.67"), "project_count"),
        "acceptance_rate": (Decimal("91.00"), "completed"),
        "investment_completion_rate": (Decimal("89.84"), "planned"),
        "plan_issued": Decimal("1988000000.00"),
        "funds_arrived": Decimal("1744000000.00"),
        "funds_allotted": Decimal("1599000000.00"),
        "funds_paid": Decimal("1582000000.00"),
        "allotment_rate": (Decimal("91.69"), "arrived"),
        "payment_rate": (Decimal("90.71"), "arrived"),
    }


def test_the_arrived_funds_are_the_sum_of_the_counties_and_carry_the_doubt_about_the_headline():
    kezhou_programme()
    report = the_kezhou_return()

    arrived = figures(KEZHOU)["returned:funds_arrived"]

    assert arrived.value == Money.from_yuan(1_744_000_000)
    assert (arrived.strength, arrived.note, arrived.provenance) == (Strength.FORM, None, "public")
    assert [str(flag) for flag in arrived.flags] == [
        "合计的“到位资金”17.87亿元 很可能抄成了“完成投资”的数，应为 17.44亿元：换成这个数后，有 3 处核对对得上。"
    ]
    assert [(source.label, source.url) for source in arrived.sources] == [
        ("kezhou-2021.csv（截至 2021-09-30）", f"/returns/{report.uuid}/")
    ]


def test_the_sentence_around_the_title_of_a_return_is_the_readers(monkeypatch):
    kezhou_programme()
    the_kezhou_return()
    english = {"%(title)s（截至 %(day)s）": "%(title)s (up to %(day)s)"}
    monkeypatch.setattr(providers, "gettext", english.get)

    sources = figures(KEZHOU)["returned:funds_arrived"].sources

    assert [source.label for source in sources] == ["kezhou-2021.csv (up to 2021-09-30)"]


def test_a_rate_says_when_it_stands_on_the_stated_total_and_what_is_doubted():
    kezhou_programme()
    the_kezhou_return()

    completion = figures(KEZHOU)["returned:completion_rate"]

    assert str(completion.note) == "各县市的数不全，用的是报表的合计。"
    assert [flag.params["suggested"] for flag in completion.flags] == ["78.38%"]
    assert [base.base.key for base in completion.other_bases] == ["started"]


def test_an_explained_finding_flags_no_figure_any_longer():
    kezhou_programme()
    the_kezhou_return()

    finding = Finding.objects.get(measure="arrived")
    explain_finding(by=OFFICE, at=AT, uuid=finding.uuid, because="合计行抄错，已报更正")

    assert figures(KEZHOU)["returned:funds_arrived"].flags == ()


def test_another_base_is_answered_when_it_is_asked_for():
    kezhou_programme()
    the_kezhou_return()
    scope = FigureScope("kezhou-2021", date(2021, 12, 31), base="project_count")

    acceptance = figures(scope)["returned:acceptance_rate"]

    assert (acceptance.base, acceptance.value.percent()) == ("project_count", Decimal("82.51"))
    assert [share.base.key for share in acceptance.other_bases] == ["completed"]


def test_without_a_return_there_is_no_figure():
    kezhou_programme()

    assert Reported().list_figures(viewer=AUDITOR, scope=KEZHOU) == ()


def test_before_the_day_of_the_first_return_there_is_no_figure():
    kezhou_programme()
    the_kezhou_return()

    assert Reported().list_figures(viewer=AUDITOR, scope=FigureScope("kezhou-2021", date(2021, 9, 29))) == ()


def test_the_newest_line_of_each_county_counts(tmp_path):
    ganzi_programme()
    a_return(tmp_path, ("康定市", 10, 100, 80, 60, 40), ("泸定县", 3, 30, 20, 10, 5), ("合计", 13, 130, 100, 70, 45))

    a_return(tmp_path, ("康定市", 12, 100, 90, 60, 50), by=KANGDING, cut_off_on=OCTOBER)

    found = values(GANZI)
    assert (found["project_count"], found["funds_arrived"]) == (Decimal(15), Decimal("1100000.00"))
    assert found["payment_rate"] == (Decimal("50.00"), "arrived")


def test_what_no_line_states_is_a_gap_with_a_sentence(tmp_path):
    ganzi_programme()
    a_return(tmp_path)

    start = figures(GANZI)["returned:start_rate"]

    assert (start.value, start.strength) == (None, Strength.NONE)
    assert str(start.gap) == "县级报表里没有填全这一项，算不出来。请看报表原表。"


def test_a_withdrawn_return_answers_nothing(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path)

    withdraw_return(by=OFFICE, at=AT, uuid=report.uuid, because="重报")

    assert Reported().list_figures(viewer=AUDITOR, scope=GANZI) == ()


def test_returns_of_two_years_are_not_mixed(tmp_path):
    ganzi_programme()
    a_return(tmp_path, ("康定市", 10, 100, 80, 60, 40), ("泸定县", 3, 30, 20, 10, 5), ("合计", 13, 130, 100, 70, 45))
    a_return(tmp_path, ("康定市", 2, 20, 10, 5, 0), cut_off_on=date(2024, 3, 31))

    assert values(FigureScope("zj-ganzi", date(2024, 12, 31)))["project_count"] == Decimal(2)
    assert values(FigureScope("zj-ganzi", date(2024, 12, 31), year=2023))["project_count"] == Decimal(13)


def test_a_county_user_gets_the_figures_of_his_county(tmp_path):
    ganzi_programme()
    a_return(tmp_path, ("康定市", 10, 100, 80, 60, 40), ("泸定县", 3, 30, 20, 10, 5), ("合计", 13, 130, 100, 70, 99))

    assert values(GANZI, KANGDING)["project_count"] == Decimal(10)
    assert all(figure.flags == () for figure in Reported().list_figures(viewer=KANGDING, scope=GANZI))


def test_a_figure_of_one_place_is_made_of_its_line(tmp_path):
    ganzi_programme()
    a_return(tmp_path, ("康定市", 10, 100, 80, 60, 40), ("泸定县", 3, 30, 20, 10, 5), ("合计", 13, 130, 100, 70, 45))

    found = values(FigureScope("zj-ganzi", date(2023, 12, 31), place="513322"))

    assert (found["project_count"], found["funds_paid"]) == (Decimal(3), Decimal("50000.00"))


@pytest.mark.parametrize(
    "viewer",
    [STRANGER, ADMIN, actor("county_user", programme="zj-nagqu", place="540602")],
    ids=["stranger", "administrator", "elsewhere"],
)
def test_whoever_may_not_see_returns_gets_no_figure(tmp_path, viewer):
    ganzi_programme()
    a_return(tmp_path)

    assert Reported().list_figures(viewer=viewer, scope=GANZI) == ()
    with pytest.raises(NotVisible):
        rows_of(GANZI, "returned:project_count", "part", viewer=viewer)


def test_the_evidence_lists_the_counties_and_adds_up_to_the_figure():
    kezhou_programme()
    the_kezhou_return()

    page = rows_of(KEZHOU, "returned:funds_arrived", "part", 1, 2)

    assert [(row.label, row.measure, row.strength, row.on) for row in page.rows] == [
        ("阿克陶县", Money.from_yuan(820_000_000), Strength.FORM, date(2021, 9, 30)),
        ("阿合奇县", Money.from_yuan(138_000_000), Strength.FORM, date(2021, 9, 30)),
    ]
    assert (page.count, page.total) == (4, Money.from_yuan(1_744_000_000))


def test_the_evidence_of_a_rate_has_a_part_and_a_whole():
    kezhou_programme()
    the_kezhou_return()

    part = rows_of(KEZHOU, "returned:acceptance_rate", "part")
    whole = rows_of(KEZHOU, "returned:acceptance_rate", "whole")

    assert [(row.label, row.measure.number) for row in part.rows] == [("合计", Decimal(283))]
    assert [(row.label, row.measure.number) for row in whole.rows] == [("合计", Decimal(311))]


def test_a_figure_nobody_knows_has_no_evidence():
    kezhou_programme()
    the_kezhou_return()

    with pytest.raises(NotVisible):
        rows_of(KEZHOU, "returned:weather", "part")


def test_all_figures_take_two_queries_however_many_returns(tmp_path, django_assert_num_queries):
    ganzi_programme()
    for month in range(1, 10):
        a_return(tmp_path, ("康定市", 10 + month, 100, 80, 60, 40 + month), cut_off_on=date(2023, month, 28))

    with django_assert_num_queries(2):
        Reported().list_figures(viewer=AUDITOR, scope=GANZI)


def test_the_registries_know_the_figures_the_import_and_what_waits():
    assert isinstance(registries.figures.get("returns"), Reported)
    assert registries.importers.get("returns") is not None
    assert registries.todos.get("returns.findings") is not None
