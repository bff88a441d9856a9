# SPDX-License-Identifier: Apache-2.0
"""The table of livelihood categories, in versions."""

from datetime import date
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed
from shanhai.planning.programmes.models import Classification, ClassificationItem
from shanhai.planning.programmes.money import services as classifications
from shanhai.planning.programmes.money.selectors import find_classification, list_categories
from shanhai.planning.programmes.values import SAMPLE_CATEGORIES, Category
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db

TWO = (Category("education", "教育", 100), Category("industry", "产业发展", 30))


def a_version(version: str = "2021", *, by=OFFICE, valid_from=date(2021, 1, 1), categories=TWO, **kw):
    return classifications.record_classification(
        by=by, at=AT, version=version, valid_from=valid_from, categories=categories, **kw
    )


def test_a_version_is_in_force_from_its_day_until_a_later_one_is():
    a_version("2021")
    a_version("2023", valid_from=date(2023, 7, 1), categories=TWO[:1])

    found = [find_classification(viewer=KANGDING, on=day) for day in (date(2020, 1, 1), date(2023, 6, 30))]
    after = list_categories(viewer=KANGDING, on=date(2023, 7, 1))

    assert [version and version.version for version in found] == [None, "2021"]
    assert after == (Category("education", "教育", 100),)


def test_before_any_version_the_sample_stands():
    assert list_categories(viewer=AUDITOR, on=date(2023, 1, 1)) == SAMPLE_CATEGORIES


def test_without_an_approving_document_a_version_is_a_sample():
    sample = a_version("示例", categories=SAMPLE_CATEGORIES)
    approved = a_version("2024", approved_by_document=UUID(int=1))

    assert (sample.approved_by_document, approved.approved_by_document) == (None, UUID(int=1))


def test_the_sample_itself_can_be_recorded():
    assert len({category.code for category in SAMPLE_CATEGORIES}) == len(SAMPLE_CATEGORIES) == 8


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"version": ""}, (BadInput, "programmes.text_not_accepted")),
        ({"categories": ()}, (BadInput, "programmes.categories_not_accepted")),
        ({"categories": (*TWO, TWO[0])}, (BadInput, "programmes.categories_not_accepted")),
        ({"categories": (Category("a", "甲", 101),)}, (BadInput, "programmes.categories_not_accepted")),
        ({"categories": (Category("a", "甲", -1),)}, (BadInput, "programmes.categories_not_accepted")),
        ({"categories": (Category("A b", "甲", 1),)}, (BadInput, "programmes.code_not_accepted")),
        ({"categories": (Category("a", "", 1),)}, (BadInput, "programmes.text_not_accepted")),
    ],
)
def test_a_bad_version_is_refused_and_leaves_nothing(facts, error):
    with refused(error):
        a_version(**facts)

    assert not Classification.objects.exists()


def test_a_version_is_named_once():
    a_version()

    with refused(Conflict, "programmes.version_already_there"):
        a_version()


@pytest.mark.parametrize("by", [FINANCE, AUDITOR, KANGDING, STRANGER, actor("office", programme="zj-ganzi")])
def test_the_table_is_everybodys_so_only_who_manages_all_programmes_records_it(by):
    with pytest.raises(NotAllowed):
        a_version(by=by)


def test_who_sees_no_programme_sees_no_table():
    a_version()

    assert find_classification(viewer=STRANGER, on=date(2023, 1, 1)) is None


def test_the_database_refuses_more_than_a_hundred_percent():
    a_version()

    with pytest.raises(IntegrityError), transaction.atomic():
        ClassificationItem.objects.update(livelihood_percent=101)
