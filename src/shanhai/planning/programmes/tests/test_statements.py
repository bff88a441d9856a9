# SPDX-License-Identifier: Apache-2.0
"""Published figures: recorded as they stand, shown as figures of their own."""

from datetime import date
from decimal import Decimal

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel import proofs
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.money import Money
from shanhai.kernel.units import SCHOOL, AmountNotUnderstood, Quantity
from shanhai.planning.programmes.models import PublicStatement
from shanhai.planning.programmes.money import services as statements
from shanhai.planning.programmes.money.selectors import get_statement, list_statements
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db

SCOPE = FigureScope("zj-ganzi", as_of=date(2026, 11, 22))


def a_statement(by=OFFICE, **kw) -> PublicStatement:
    facts = {
        "programme": "zj-ganzi",
        "key": "schools",
        "label": "结对学校",
        "value": Decimal(92),
        "unit": "school",
        "on": date(2023, 4, 14),
        "outlet": "甘孜日报",
        "title": "山海情深",
        "url": "https://example.org/002",
        "position": "第 3 段",
        **kw,
    }
    return statements.record_statement(by=by, at=AT, **facts)


def test_a_published_figure_is_shown_as_it_stands_with_where_it_stands():
    a_programme()
    a_statement(flags=["at_least"], note="浙江一侧")

    figure = proofs.get_figure(KANGDING, SCOPE, "statement:schools")

    assert figure.value == Quantity(92, SCHOOL)
    assert (str(figure.label), figure.as_of, figure.strength.value) == ("结对学校", date(2023, 4, 14), "news")
    assert (str(figure.note), figure.provenance) == ("浙江一侧", "public")
    assert [str(flag) for flag in figure.flags] == ["原文只说“超过”这个数，实际不少于它。"]
    assert (figure.sources[0].label, figure.sources[0].url, figure.sources[0].note) == (
        "甘孜日报《山海情深》",
        "https://example.org/002",
        "第 3 段",
    )


def test_its_proof_is_the_one_publication():
    a_programme()
    a_statement()

    page = proofs.evidence(AUDITOR, SCOPE, "statement:schools", "part")

    assert (page.count, page.total) == (1, Quantity(92, SCHOOL))
    assert [(row.label, row.measure, row.on) for row in page.rows] == [
        ("结对学校", Quantity(92, SCHOOL), date(2023, 4, 14))
    ]
    assert proofs.evidence(AUDITOR, SCOPE, "statement:schools", "part", offset=1).rows == ()


def test_published_money_is_money():
    a_programme()
    a_statement(key="yak", label="牦牛产业集群资金", value=Decimal("1.8"), unit="yi_yuan")

    figure = proofs.get_figure(AUDITOR, SCOPE, "statement:yak")

    assert figure.value == Money.from_yuan(180_000_000)


def test_a_figure_is_not_known_before_it_was_published_and_does_not_speak_for_a_place():
    a_programme()
    a_statement()
    before = FigureScope("zj-ganzi", as_of=date(2023, 4, 13))
    county = FigureScope("zj-ganzi", as_of=date(2026, 11, 22), place="513301")

    for scope in (before, county):
        assert [f for f in proofs.all_figures(AUDITOR, scope) if f.key.startswith("statement:")] == []
    assert len(list_statements(viewer=AUDITOR, programme="zj-ganzi", as_of=date(2023, 4, 14))) == 1


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"key": "Two Words"}, (BadInput, "programmes.code_not_accepted")),
        ({"label": ""}, (BadInput, "programmes.text_not_accepted")),
        ({"outlet": "长" * 61}, (BadInput, "programmes.text_not_accepted")),
        ({"value": Decimal("NaN")}, (BadInput, "programmes.statement_not_accepted")),
        ({"value": Decimal("Infinity")}, (BadInput, "programmes.statement_not_accepted")),
        ({"value": Decimal("1e40")}, (BadInput, "programmes.statement_not_accepted")),
        ({"value": Decimal("0.00001")}, (BadInput, "programmes.statement_not_accepted")),
        ({"value": Decimal("0.001"), "unit": "yuan"}, AmountNotUnderstood),
        ({"unit": "cubit"}, (BadInput, "programmes.statement_not_accepted")),
        ({"flags": ["wrong"]}, (BadInput, "programmes.statement_not_accepted")),
        ({"url": "javascript:alert(1)"}, (BadInput, "programmes.statement_not_accepted")),
        ({"url": "https://" + "a" * 500}, (BadInput, "programmes.statement_not_accepted")),
        ({"url": "https://[bad"}, (BadInput, "programmes.statement_not_accepted")),
        ({"provenance": "hearsay"}, (BadInput, "programmes.provenance_unknown")),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_cannot_be_kept_is_refused(facts, error):
    a_programme()

    with refused(error):
        a_statement(**facts)

    assert not PublicStatement.objects.exists()


def test_a_key_is_used_once():
    a_programme()
    a_statement()

    with refused(Conflict, "programmes.statement_already_there", match="schools"):
        a_statement()


def test_only_those_who_manage_the_programme_record_and_it_leaves_a_trace():
    a_programme()

    for by in (FINANCE, AUDITOR, KANGDING, STRANGER):
        with pytest.raises(NotAllowed):
            a_statement(by=by)
    a_statement()

    assert AuditRow.objects.get(action="programmes.statement.recorded").changes["value"] == "92"


def test_to_a_stranger_and_under_a_wrong_key_there_is_none():
    a_programme()
    a_statement()

    for viewer, key in ((STRANGER, "schools"), (AUDITOR, "hospitals")):
        with pytest.raises(NotVisible):
            get_statement(viewer=viewer, programme="zj-ganzi", key=key)


def test_the_family_asks_two_questions(django_assert_num_queries):
    a_programme()
    for number in range(5):
        a_statement(key=f"figure-{number}")

    with django_assert_num_queries(2):
        found = list_statements(viewer=AUDITOR, programme="zj-ganzi")

    assert len(found) == 5
