# SPDX-License-Identifier: Apache-2.0
"""The rows behind the figures of the money add up to them, page by page."""

import re
from dataclasses import replace
from datetime import date

import pytest

from shanhai.kernel import proofs
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import EvidencePage, EvidenceRow, FigureScope
from shanhai.kernel.money import Money, total
from shanhai.kernel.shares import Share
from shanhai.planning.programmes.tests.builders import a_division, a_programme
from shanhai.planning.programmes.tests.pages import a_client
from shanhai.planning.programmes.tests.test_chain import take
from shanhai.planning.programmes.tests.test_figures import KEYS
from shanhai.planning.programmes.values import StepKind
from shanhai.registers.ledger.services.entries import reverse_entry
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, STRANGER, actor

pytestmark = pytest.mark.django_db

SCOPE = FigureScope("zj-ganzi", as_of=date(2026, 11, 22))


@pytest.fixture
def money():
    """Money in two counties and two years, with a reserve partly released, a surplus, and an entry reversed."""
    a_programme()
    a_division("513301")
    take(StepKind.ISSUE, 200, day="2022-01-10", reserve=Money.from_yuan(20), memo="2022 年计划")
    take(StepKind.ARRIVE, 150, day="2022-03-01")
    take(StepKind.ALLOT, 40, day="2022-04-01", subject="k", place="513301", memo="第一批")
    take(StepKind.ALLOT, 30, day="2022-04-01", subject="l", place="513322")
    take(StepKind.PAY, 30, day="2022-05-01", subject="k", place="513301")
    take(StepKind.PAY, 10, day="2023-02-01", subject="k", place="513301")
    take(StepKind.RETURN, 5, day="2023-03-01", subject="l", place="513322")
    take(StepKind.RELEASE, 8, day="2023-05-01")
    wrong = take(StepKind.ARRIVE, 33, day="2023-06-01")
    reverse_entry(by=FINANCE, at=AT, entry=wrong.uuid, because="记错", on_date=date(2023, 6, 2))


def all_rows(viewer, scope: FigureScope, key: str, part: str, size: int) -> tuple[EvidencePage, list[EvidenceRow]]:
    page = proofs.evidence(viewer, scope, key, part, offset=0, limit=size)
    rows = list(page.rows)
    for offset in range(size, page.count, size):
        rows += proofs.evidence(viewer, scope, key, part, offset=offset, limit=size).rows
    return page, rows


@pytest.mark.parametrize("size", [1, 3, 50])
@pytest.mark.parametrize(
    ("viewer", "narrowed"),
    [
        (AUDITOR, {}),
        (AUDITOR, {"year": 2022}),
        (AUDITOR, {"year": 2023}),
        (AUDITOR, {"place": "513301"}),
        (AUDITOR, {"place": "513300"}),
        (AUDITOR, {"as_of": date(2022, 4, 1)}),
        (KANGDING, {}),
    ],
    ids=str,
)
def test_all_rows_of_each_part_add_up_to_the_figure(money, viewer, narrowed, size):
    scope = replace(SCOPE, **narrowed)
    checked = 0

    for figure in proofs.some_figures(viewer, scope, ["funds"]).values():
        if figure.value is None:
            continue
        shares = (figure.value, *figure.other_bases) if isinstance(figure.value, Share) else ()
        asked = [(scope, "part", figure.value)] if not shares else []
        for share in shares:
            based = replace(scope, base=share.base.key)
            asked += [(based, "part", share.part), (based, "whole", share.whole)]
        for one, part, expected in asked:
            page, rows = all_rows(viewer, one, figure.key, part, size)
            assert (page.total, total(row.measure for row in rows)) == (expected, expected), (figure.key, part)
            assert page.count == len(rows)
            checked += 1

    assert checked >= 6


def test_a_row_says_from_which_source_where_and_why_and_leads_to_its_entry(money):
    page = proofs.evidence(AUDITOR, SCOPE, "funds_allotted", "part")

    rows = {row.label: row for row in page.rows}
    first = rows["省级财政 · 康定市 · 第一批"]
    assert "省级财政 · 513322" in rows
    assert (first.measure, first.on, first.strength.value) == (Money.from_yuan(40), date(2022, 4, 1), "voucher")
    assert first.source is not None
    assert first.source.url.startswith("/funds/entries/")


def test_a_reversal_and_what_it_took_back_are_both_there_and_say_so(money):
    page = proofs.evidence(AUDITOR, SCOPE, "funds_arrived", "part")

    notes = [(row.measure.yuan, row.source.note) for row in page.rows]
    assert notes == [(-33, "冲正"), (33, "已冲正"), (150, "")]


def test_what_was_released_stands_as_a_line_of_its_own(money):
    page = proofs.evidence(AUDITOR, SCOPE, "plan_issued", "part")

    assert [(row.label, row.measure.yuan) for row in page.rows] == [
        ("省级财政", 8),
        ("省级财政 · 2022 年计划", 200),
        ("减：已动用的预备费，它已计在原下达数内", -8),
    ]


def test_the_five_year_plan_is_one_line(money):
    page = proofs.evidence(AUDITOR, SCOPE, "plan_completion_rate", "whole")

    assert [(row.label, row.measure.yuan) for row in page.rows] == [("五年规划登记的总额", 1000)]
    assert page.count == 1


def test_a_page_past_the_end_is_empty(money):
    page = proofs.evidence(AUDITOR, SCOPE, "plan_issued", "part", offset=1000, limit=10)

    assert page.rows == ()
    assert page.count == 3


@pytest.mark.parametrize("viewer", [STRANGER, actor("finance", programme="zj-aksu")])
def test_who_may_not_see_the_figure_does_not_see_its_rows(money, viewer):
    for key in KEYS:
        with pytest.raises(NotVisible):
            proofs.evidence(viewer, SCOPE, key, "part")


def test_a_county_user_sees_only_the_rows_of_his_county(money):
    page = proofs.evidence(KANGDING, SCOPE, "funds_allotted", "part")

    assert [row.label for row in page.rows] == ["省级财政 · 康定市 · 第一批"]


def test_an_unknown_figure_has_no_rows(money):
    with pytest.raises(NotVisible):
        proofs.evidence(AUDITOR, SCOPE, "funds_lost", "part")


def test_a_page_of_rows_asks_eight_questions(money, django_assert_num_queries):
    with django_assert_num_queries(8):
        proofs.evidence(AUDITOR, SCOPE, "funds_allotted", "part")


def test_the_list_of_vouchers_calls_one_without_words_by_what_it_is_in_the_readers_language(money):
    listed = a_client().get("/funds/?programme=zj-ganzi", headers={"Accept-Language": "en"}).content.decode()

    links = re.findall(r'<a href="[^"]*/entries/[^"]+">([^<]+)</a>', listed)
    assert {"Issued", "Arrived"} <= set(links)
    assert not {"下达", "到位", "支付"} & set(links)
