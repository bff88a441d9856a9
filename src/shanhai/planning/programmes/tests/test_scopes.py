# SPDX-License-Identifier: Apache-2.0
"""What an address asks about, and whose own programme and place fill in what it leaves out."""

from datetime import date

import pytest

from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT, DEPUTY, KANGDING, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 22)


def test_an_address_that_says_nothing_means_ones_own_programme_place_and_today():
    a_programme()

    assert scope_from(viewer=DEPUTY, asked={}, at=AT) == FigureScope("zj-ganzi", as_of=TODAY)
    assert scope_from(viewer=KANGDING, asked={}, at=AT) == FigureScope("zj-ganzi", as_of=TODAY, place="513301")
    assert scope_from(viewer=STRANGER, asked={}, at=AT) is None


def test_an_address_says_all():
    a_programme()
    asked = {"programme": "zj-ganzi", "place": "513322", "year": "2023", "as_of": "2023-12-31", "base": "allotted"}

    found = scope_from(viewer=DEPUTY, asked=asked, at=AT)

    assert found == FigureScope("zj-ganzi", as_of=date(2023, 12, 31), place="513322", year=2023, base="allotted")


@pytest.mark.parametrize(
    "asked",
    [
        {"place": "康定"},
        {"place": "51330"},
        {"year": "23"},
        {"year": "0"},
        {"as_of": "yesterday"},
        {"as_of": "2026-02-30"},
        {"as_of": "2026-11-23"},
    ],
    ids=str,
)
def test_what_cannot_be_read_is_said(asked):
    a_programme()

    with refused(BadInput, "programmes.address_not_understood"):
        scope_from(viewer=DEPUTY, asked=asked, at=AT)


def test_a_programme_one_may_not_see_is_not_found():
    a_programme()

    with pytest.raises(NotVisible):
        scope_from(viewer=STRANGER, asked={"programme": "zj-ganzi"}, at=AT)
