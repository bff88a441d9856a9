# SPDX-License-Identifier: Apache-2.0
"""A programme as files of IATI: right by schema, codes and ruleset, with every yuan once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import call_command
from lxml import etree

from shanhai.insight.iati.rules.checking import check
from shanhai.insight.iati.rules.evaluating import check_rules
from shanhai.insight.iati.rules.rulesets import read_ruleset
from shanhai.insight.iati.rules.writing import OURS
from shanhai.insight.iati.selectors.exporting import export_activities, export_organisations
from shanhai.insight.iati.tests.vectors import FOLDER, needs_vectors, tree
from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.planning.programmes.tests.builders import a_target
from shanhai.planning.projects.models import LineChange
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project, some_money
from shanhai.planning.projects.values import Dates
from shanhai.registers.ledger.services.entries import reverse_entry
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, STRANGER

ALL = {"viewer": DEPUTY, "programme": "zj-ganzi", "at": AT}


@pytest.fixture
def programme(db):
    """Two projects, one with money that came, went on and was paid, and a target."""
    a_programme(yuan=1000)
    a_target()
    school = a_project(code="GZ-1", stage="under_way", dates=Dates(date(2026, 4, 1), None, date(2026, 4, 9)))
    a_project(code="GZ-2", name="卫生院 <二期> & 宿舍", category="health", dates=Dates(), altitude_m=4200)
    line = a_line(project=school, yuan=301)
    a_line(project=school, yuan=200, livelihood_percent=33)
    for act, yuan in (("arrive", 300), ("allot", 200), ("pay", 150)):
        some_money(act, line, yuan)
    return school


def activities() -> list:
    return tree(export_activities(**ALL)).findall("iati-activity")


def test_what_comes_out_has_no_finding(programme):
    for content in (export_activities(**ALL), export_organisations(**ALL)):
        assert check(content, at=AT, most_bytes=2**20).findings == ()


@needs_vectors
def test_what_comes_out_is_right_by_the_official_schema_and_ruleset(programme):
    ruleset = read_ruleset((FOLDER / "rulesets_standard.json").read_bytes())
    for content, name in ((export_activities(**ALL), "activities"), (export_organisations(**ALL), "organisations")):
        schema = etree.XMLSchema(etree.parse(FOLDER / "schema" / f"iati-{name}-schema.xsd"))

        schema.assertValid(tree(content))
        assert list(check_rules(tree(content), ruleset, at=AT)) == []


def test_budgets_of_parent_and_children_add_up_to_the_plan(programme):
    values = [Decimal(value) for one in activities() for value in one.xpath("budget/value/text()")]

    assert sorted(values) == [Decimal("499.00"), Decimal("501.00")]
    assert tree(export_organisations(**ALL)).xpath("//total-budget/value/text()") == ["1000.00"]


def test_money_is_told_by_its_steps(programme):
    parent, school, clinic = activities()
    told = [
        (one.find("transaction-type").get("code"), one.find("transaction-date").get("iso-date"), one.findtext("value"))
        for one in school.findall("transaction")
    ]

    assert told == [("1", "2026-06-01", "300.00"), ("3", "2026-06-01", "200.00"), ("4", "2026-06-01", "150.00")]
    assert parent.xpath("transaction/transaction-type/@code") == ["11"]
    assert clinic.find("transaction") is None
    assert school.find("transaction").get(f"{{{OURS}}}fund-source") == "province"


def test_what_is_taken_back_is_negative_and_what_is_to_come_is_not_told(programme):
    entry = some_money("arrive", programme.lines.first(), 5, source="again")
    reverse_entry(
        by=replace(FINANCE, grants={**FINANCE.grants, **DEPUTY.grants}), at=AT, entry=entry.uuid, because="重复"
    )

    values = activities()[1].xpath("transaction[transaction-type/@code='1']/value/text()")
    assert sorted(values) == ["-5.00", "300.00", "5.00"]


def test_a_changed_budget_is_told_as_it_was_and_as_it_is(programme):
    line = programme.lines.order_by("pk").first()
    LineChange.objects.create(
        line=line, on=date(2026, 7, 1), amount_fen=25_000, livelihood_percent=33,
        beneficiary_level=line.beneficiary_level, implementer_level=line.implementer_level,
    )  # fmt: skip

    assert [(b.get("type"), b.findtext("value")) for b in activities()[1].findall("budget")] == [
        ("1", "450.00"),
        ("2", "501.00"),
    ]


def test_percentages_are_exactly_a_hundred(programme):
    shares = [Decimal(share) for share in activities()[1].xpath("sector[@vocabulary='98']/@percentage")]

    assert shares == [Decimal("73.25"), Decimal("26.75")], "(301 + 200 × 33 %) ÷ 501"
    assert sum(shares) == 100


def test_what_the_standard_has_no_slot_for_stands_in_a_namespace_of_our_own(programme):
    clinic = activities()[2]

    assert clinic.findtext(f"{{{OURS}}}altitude") == "4200"
    assert clinic.findtext(f"{{{OURS}}}delivery") == "turnkey"
    assert clinic.findtext("title/narrative") == "卫生院 <二期> & 宿舍"


def test_results_are_the_targets(programme):
    (target,) = activities()[0].xpath("result/indicator/period/target/@value")

    assert target == "1000"


@pytest.mark.parametrize("viewer", [STRANGER, AUDITOR])
def test_only_who_publishes_gets_the_file(programme, viewer):
    for export in (export_activities, export_organisations):
        with pytest.raises((NotVisible, NotAllowed)):
            export(viewer=viewer, programme="zj-ganzi", at=AT)


def test_as_many_queries_for_many_projects_as_for_two(programme, django_assert_max_num_queries):
    for number in range(10, 16):
        a_line(project=a_project(code=f"GZ-{number}", name=f"项目{number}"), yuan=10)

    with django_assert_max_num_queries(16):
        assert len(activities()) == 9


def test_the_console_writes_the_file(programme, tmp_path):
    call_command("iati", "export", "zj-ganzi", "--output", tmp_path / "a.xml")

    assert len(tree((tmp_path / "a.xml").read_bytes())) == 3
