# SPDX-License-Identifier: Apache-2.0
"""Starting and correcting programmes, their batches and fund sources."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils.translation import override

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, Refused
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core import services as programmes
from shanhai.planning.programmes.models import Batch, FundSource, Programme
from shanhai.planning.programmes.tests.builders import (
    a_campaign,
    a_division,
    a_fund_source,
    a_programme,
    a_yearly_plan,
)
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, FINANCE, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db


def test_a_programme_joins_two_divisions_and_leaves_a_trace():
    programme = a_programme()

    row = AuditRow.objects.get(action="programmes.programme.created")
    assert (programme.supporter.code, programme.recipient.code) == ("330000", "513300")
    assert programme.five_year_plan == Money.from_yuan(1000)
    assert (row.programme, row.subject_id, row.actor) == ("zj-ganzi", str(programme.uuid), "user:office")


@pytest.mark.parametrize("by", [FINANCE, KANGDING, AUDITOR, ADMIN, STRANGER], ids=lambda actor: actor.name)
def test_only_those_who_manage_programmes_start_one(by):
    a_division("330000")
    a_division("513300")

    with pytest.raises(NotAllowed):
        programmes.create_programme(
            by=by,
            at=AT,
            code="zj-ganzi",
            name="浙江省对口支援甘孜州",
            supporter="330000",
            recipient="513300",
            starts_on=date(2021, 1, 1),
            ends_on=date(2025, 12, 31),
            five_year_plan=Money(0),
        )

    assert not Programme.objects.exists()
    assert not AuditRow.objects.exists()


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"code": "ZJ Ganzi"}, (BadInput, "programmes.code_not_accepted")),
        ({"name": " "}, (BadInput, "programmes.text_not_accepted")),
        ({"name": "长" * 101}, (BadInput, "programmes.text_not_accepted")),
        ({"name_en": "x" * 201}, (BadInput, "programmes.text_not_accepted")),
        ({"recipient": "330000"}, (BadInput, "programmes.supports_itself")),
        ({"ends_on": date(2020, 12, 31)}, (BadInput, "programmes.dates_out_of_order")),
        ({"five_year_plan": Money(-1)}, (BadInput, "programmes.amount_not_accepted")),
        ({"provenance": "hearsay"}, (BadInput, "programmes.provenance_unknown")),
    ],
    ids=lambda value: "" if isinstance(value, dict) else str(value),
)
def test_bad_facts_are_refused_and_leave_nothing(facts, error):
    with refused(error):
        a_programme(**facts)

    assert not Programme.objects.exists()
    assert not AuditRow.objects.exists()


def test_an_unregistered_division_is_named():
    a_division("330000")

    with refused(BadInput, "places.division_not_found", match="513399"):
        programmes.create_programme(
            by=OFFICE,
            at=AT,
            code="zj-ganzi",
            name="浙江",
            supporter="330000",
            recipient="513399",
            starts_on=date(2021, 1, 1),
            ends_on=date(2025, 12, 31),
            five_year_plan=Money(0),
        )


def test_a_code_is_used_once():
    a_programme()

    with refused(Conflict, "programmes.code_taken", match="zj-ganzi"):
        a_programme()


def test_a_correction_records_old_and_new_and_nothing_else():
    a_programme()

    programmes.correct_programme(
        by=OFFICE, at=AT, programme="zj-ganzi", name="浙江省对口支援甘孜州", five_year_plan=Money.from_yuan(2000)
    )

    row = AuditRow.objects.get(action="programmes.programme.corrected")
    assert row.changes == {"five_year_plan_fen": [100000, 200000]}
    assert Programme.objects.get().five_year_plan == Money.from_yuan(2000)


def test_correcting_nothing_leaves_no_trace():
    a_programme()

    programmes.correct_programme(by=OFFICE, at=AT, programme="zj-ganzi", starts_on=date(2021, 1, 1))

    assert not AuditRow.objects.filter(action="programmes.programme.corrected").exists()


def test_the_dates_of_a_programme_keep_covering_what_is_in_it():
    a_programme()
    a_yearly_plan(year=2023)
    a_campaign(year=2022)
    programmes.add_batch(
        by=OFFICE, at=AT, programme="zj-ganzi", number=4, starts_on=date(2021, 6, 1), ends_on=date(2024, 5, 31)
    )

    for days in (
        {"ends_on": date(2022, 12, 31)},
        {"starts_on": date(2023, 1, 1)},
        {"starts_on": date(2021, 7, 1)},
        {"ends_on": date(2024, 5, 30)},
    ):
        with refused(Refused, "programmes.years_in_use", match="盖不住"):
            programmes.correct_programme(by=OFFICE, at=AT, programme="zj-ganzi", **days)
    programmes.correct_programme(
        by=OFFICE, at=AT, programme="zj-ganzi", starts_on=date(2021, 6, 1), ends_on=date(2024, 5, 31)
    )

    assert Programme.objects.get().ends_on == date(2024, 5, 31)


def a_batch(programme: str, number: int = 9, starts_on=date(2021, 7, 1), ends_on=date(2024, 6, 30)) -> Batch:
    return programmes.add_batch(
        by=DEPUTY, at=AT, programme=programme, number=number, starts_on=starts_on, ends_on=ends_on
    )


def test_the_ninth_batch_to_tibet_is_another_one_than_the_ninth_to_xinjiang():
    a_programme(code="zj-nagqu", recipient="540600")
    a_programme(code="zj-changdu", recipient="540300")
    a_programme(code="zj-aksu", recipient="652900")
    a_programme(code="fj-changdu", supporter="350000", recipient="540300")

    a_batch("zj-nagqu")
    a_batch("zj-aksu")
    a_batch("fj-changdu")

    with refused(Conflict, "programmes.batch_number_taken", match="浙江省派往这个省区的第 9 批"):
        a_batch("zj-changdu")
    assert Batch.objects.count() == 3


def test_the_database_holds_the_numbering_by_itself():
    batch = a_batch(a_programme().code)

    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.create(
            programme=batch.programme,
            number=9,
            supporter_code="330000",
            region_code="51",
            starts_on=date(2022, 1, 1),
            ends_on=date(2022, 2, 1),
        )


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"number": 0}, "从 1 数起"),
        ({"number": -1}, "从 1 数起"),
        ({"number": 1000}, "最多 999"),
        ({"starts_on": date(2020, 12, 31)}, "2021-01-01 至 2025-12-31"),
        ({"ends_on": date(2026, 1, 1)}, "2021-01-01 至 2025-12-31"),
    ],
)
def test_a_batch_out_of_bounds_is_refused(facts, said):
    a_programme()

    with refused(BadInput, "programmes.batch_not_accepted", match=said):
        a_batch("zj-ganzi", **facts)


def test_a_fund_source_has_its_code_once_in_its_programme():
    a_programme()
    a_programme(code="zj-aksu", recipient="652900")

    with refused(Conflict, "programmes.code_taken"):
        a_fund_source()

    assert FundSource.objects.filter(code="province").count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"code": "Not a slug"},
        {"name": ""},
        {"ends_on": date(2020, 1, 1)},
        {"five_year_plan_fen": -1},
        {"currency": "cny"},
        {"provenance": "hearsay"},
    ],
    ids=str,
)
def test_the_database_refuses_what_must_not_be_true(change):
    programme = a_programme()

    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(**change)


def test_the_database_refuses_a_programme_that_supports_itself():
    programme = a_programme()

    with pytest.raises(IntegrityError), transaction.atomic():
        Programme.objects.filter(pk=programme.pk).update(recipient=programme.supporter)


def test_the_trail_calls_a_fund_source_in_the_readers_language_and_only_that_of_its_programme():
    a_programme()
    programmes.add_fund_source(by=OFFICE, at=AT, programme="zj-ganzi", code="city", name="市级财政", name_en="City")
    known = registries.things.get("programmes.fund_source")

    with override("en"):
        found = known.named(viewer=OFFICE, ids=["zj-ganzi:city", "other:city", "city"])

    assert {key: thing.label for key, thing in found.items()} == {"zj-ganzi:city": "City"}
