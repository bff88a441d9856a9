# SPDX-License-Identifier: Apache-2.0
"""Rows of proof: they add up to the figure, page by page, and nobody sees rows of another place."""

from datetime import date

import pytest
from django.db import connection

from shanhai.kernel import ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.money import Money, total
from shanhai.registers.ledger.models import Posting
from shanhai.registers.ledger.selectors import postings
from shanhai.registers.ledger.services import entries
from shanhai.registers.ledger.tests.builders import (
    ALLOTTED,
    ARRIVED,
    COMMITMENT,
    ISSUED,
    PAID,
    TODAY,
    a_posting,
    an_entry,
    moved,
    posted,
    turnover,
)
from shanhai.registers.ledger.values import Source
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, STRANGER

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)


@pytest.fixture
def a_year():
    """Seven postings, of which the payment of May is taken back today."""
    moved("1", 1000, COMMITMENT, ISSUED, on_date=MARCH)
    moved("2", 800, ISSUED, ARRIVED, on_date=MARCH)
    moved("3", 300, ARRIVED, ALLOTTED, on_date=APRIL, place="513301", subject="school")
    moved("4", 200, ARRIVED, ALLOTTED, on_date=APRIL, place="513322", subject="road")
    moved("5", 100, ALLOTTED, PAID, on_date=APRIL, place="513301", subject="school")
    wrong = moved("6", 50, ALLOTTED, PAID, on_date=MAY, place="513301", subject="school")
    entries.reverse_entry(by=FINANCE, at=AT, entry=wrong.uuid, because="付错了")


def listed(viewer=AUDITOR, *, offset=0, limit=50, **asked):
    return postings.list_postings(viewer=viewer, programme="zj-ganzi", offset=offset, limit=limit, **asked)


def sources(rows):
    return [row.source.id if row.source.kind == "test" else "reversal" for row in rows]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["reversal", "6", "5", "4", "3", "2", "1"]),
        ({"kind": ISSUED}, ["1"]),
        ({"kind": ALLOTTED}, ["4", "3"]),
        ({"kind": PAID}, ["reversal", "6", "5"]),
        ({"kind": PAID, "as_of": MAY}, ["6", "5"]),
        ({"as_of": MARCH}, ["2", "1"]),
        ({"place": "513322"}, ["4"]),
        ({"place": "513300"}, ["reversal", "6", "5", "4", "3"]),
        ({"subject": "school"}, ["reversal", "6", "5", "3"]),
        ({"subject": ""}, ["2", "1"]),
        ({"subject": "school", "kind": ALLOTTED, "place": "513301", "as_of": APRIL}, ["3"]),
        ({"subject": "nothing"}, []),
        ({"kind": COMMITMENT}, []),
    ],
)
def test_filters_leave_the_rows_that_answer_them_newest_first(a_year, asked, expected):
    count, rows = listed(**asked)

    assert (count, sources(rows)) == (len(expected), expected)


@pytest.mark.parametrize("kind", [ISSUED, ARRIVED, ALLOTTED, PAID])
@pytest.mark.parametrize("place", [None, "513301"])
def test_the_rows_of_a_kind_add_up_to_its_turnover(a_year, kind, place):
    _, rows = listed(kind=kind, place=place)

    assert total(row.counted for row in rows) == turnover(
        viewer=AUDITOR, programme="zj-ganzi", kind=kind, as_of=TODAY, place=place
    )


def test_a_row_says_what_it_is_and_whether_it_still_holds(a_year):
    _, (reversal, wrong, right) = listed(kind=PAID)

    assert (right.from_kind, right.to_kind, right.kind) == (ALLOTTED, PAID, PAID)
    assert (right.amount, right.counted) == (Money(10000), Money(10000))
    assert (right.source, right.fund_source, right.on_date) == (Source("test", "5"), "province", APRIL)
    assert (right.is_reversal, right.is_reversed) == (False, False)
    assert (wrong.is_reversal, wrong.is_reversed, wrong.counted) == (False, True, Money(5000))
    assert (reversal.from_kind, reversal.to_kind, reversal.kind) == (PAID, ALLOTTED, PAID)
    assert (reversal.amount, reversal.counted, reversal.memo) == (Money(5000), Money(-5000), "付错了")
    assert (reversal.is_reversal, reversal.is_reversed) == (True, False)


def test_pages_follow_one_another_without_gap_or_repetition():
    posted(an_entry(*[a_posting(1)] * 25, on_date=MARCH))
    for number in range(5):
        moved(f"later {number}", 1, COMMITMENT, ISSUED, on_date=APRIL)

    pages = [listed(offset=offset, limit=7) for offset in range(0, 35, 7)]

    assert [count for count, _ in pages] == [30] * 5
    assert [len(rows) for _, rows in pages] == [7, 7, 7, 7, 2]
    everything = sources(row for _, rows in pages for row in rows)
    assert everything == [f"later {number}" for number in (4, 3, 2, 1, 0)] + ["1"] * 25


def test_a_page_takes_two_queries_however_many_rows_it_has(a_year, django_assert_num_queries):
    for asked in ({}, {"kind": PAID}, {"subject": "school"}, {"place": "513301"}):
        with django_assert_num_queries(2):
            listed(**asked)


def test_no_posting_is_read_to_be_counted(a_year, django_assert_num_queries):
    with django_assert_num_queries(2) as queries:
        listed(kind=PAID, as_of=MAY, place="513301")

    assert ["COUNT" in query["sql"] for query in queries.captured_queries] == [False, False]


def scans(queryset) -> list[str]:
    """The steps of the query's plan that read a whole table."""
    return [step for step in queryset.explain().splitlines() if "SCAN" in step and "SUBQUERY" not in step]


@pytest.mark.sqlite
def test_a_page_reads_no_whole_table_though_somebody_has_run_analyze():
    entries.post_entries(by=FINANCE, at=AT, entries=[an_entry(source=str(number)) for number in range(500)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = Posting.objects.filter(programme="zj-ganzi").order_by("-on_date", "-id")
    page = Posting.objects.filter(pk__in=rows.values("pk")[:20])

    assert scans(postings._with_entries(page)) == []
    # Control: as a join the reversals cost a reading of all entries for each row shown.
    assert scans(page.select_related("entry__reversed_by")) != []


def test_a_county_sees_the_rows_in_the_county(a_year):
    count, rows = listed(KANGDING)

    assert (count, {row.place for row in rows}) == (4, {"513301"})


@pytest.mark.parametrize(("viewer", "asked"), [(STRANGER, {}), (KANGDING, {"place": "513322"})])
def test_where_a_viewer_may_see_nothing_there_is_no_list(a_year, viewer, asked):
    with pytest.raises(NotVisible):
        listed(viewer, **asked)


def test_of_an_entry_in_two_places_a_county_sees_its_own_half():
    ref = posted(an_entry(a_posting(60, place="513301"), a_posting(40, place="513322")))

    found = postings.get_entry(viewer=KANGDING, uuid=ref.uuid)

    assert [(row.place, row.amount) for row in found.postings] == [("513301", Money(6000))]


def test_an_entry_elsewhere_is_like_one_that_is_not_there():
    ref = posted(an_entry(a_posting(place="513322")))

    answers = []
    for viewer, uuid in ((KANGDING, ref.uuid), (STRANGER, ref.uuid), (AUDITOR, ids.new_id())):
        with pytest.raises(NotVisible) as answer:
            postings.get_entry(viewer=viewer, uuid=uuid)
        answers.append(str(answer.value))

    assert len(set(answers)) == 1


def test_an_entry_is_read_in_one_query(django_assert_num_queries):
    ref = posted(an_entry(a_posting(60), a_posting(40)))

    with django_assert_num_queries(1):
        postings.get_entry(viewer=AUDITOR, uuid=ref.uuid)
