# SPDX-License-Identifier: Apache-2.0
"""Who sees which programme, and how many questions the lists ask the database."""

import pytest
from django.db.models import Q

from shanhai.kernel.errors import NotVisible
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.services import add_batch
from shanhai.planning.programmes.tests.builders import a_fund_source, a_programme
from tests.cast import ADMIN, AT, AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER, actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def four():
    """Zhejiang → Ganzi, Zhejiang → Nagqu, Fujian → Changdu, Zhejiang → Aksu."""
    a_programme()
    a_programme(code="zj-nagqu", recipient="540600")
    a_programme(code="fj-changdu", supporter="350000", recipient="540300")
    a_programme(code="zj-aksu", recipient="652900")


ALL = ["fj-changdu", "zj-aksu", "zj-ganzi", "zj-nagqu"]


@pytest.mark.parametrize(
    ("viewer", "codes"),
    [
        (DEPUTY, ALL),
        (AUDITOR, ALL),
        (KANGDING, ["zj-ganzi"]),
        (STRANGER, []),
        (ADMIN, []),
        # By place alone: a county sees who supports it, a province sees all that lies in it.
        (actor("county_user", place="513301"), ["zj-ganzi"]),
        (actor("office", place="513300"), ["zj-ganzi"]),
        (actor("office", place="540000"), ["fj-changdu", "zj-nagqu"]),
        (actor("county_user", place="540602"), ["zj-nagqu"]),
        (actor("county_user", place="510100"), []),
        (actor("office", programme="zj-aksu"), ["zj-aksu"]),
    ],
)
def test_each_sees_the_programmes_of_his_scope(four, viewer, codes):
    found = programmes.list_programmes(viewer=viewer)

    assert [programme.code for programme in found] == codes


@pytest.mark.parametrize("viewer", [STRANGER, ADMIN, actor("office", programme="zj-aksu")])
def test_an_invisible_programme_looks_like_a_missing_one(four, viewer):
    with pytest.raises(NotVisible) as invisible:
        programmes.get_programme(viewer=viewer, code="zj-ganzi")
    with pytest.raises(NotVisible) as missing:
        programmes.get_programme(viewer=DEPUTY, code="zj-nowhere")

    assert str(invisible.value).replace("ganzi", "nowhere") == str(missing.value)


@pytest.mark.parametrize("code", ["", "\x00", "'; --", "长" * 500])
def test_a_hostile_code_is_not_found(four, code):
    with pytest.raises(NotVisible):
        programmes.get_programme(viewer=DEPUTY, code=code)


def test_a_page_opens_with_the_first_of_the_list(four):
    first = programmes.default_programme(viewer=DEPUTY)
    own = programmes.default_programme(viewer=KANGDING)

    assert first is not None
    assert own is not None
    assert (first.code, own.code) == ("fj-changdu", "zj-ganzi")
    assert programmes.default_programme(viewer=STRANGER) is None


def test_the_list_asks_once_whatever_its_length(four, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = programmes.list_programmes(viewer=DEPUTY)
        sides = [(programme.supporter.name, programme.recipient.name) for programme in found]

    assert sides[0] == ("福建省", "昌都市")


def test_batches_and_fund_sources_are_seen_with_their_programme():
    programme = a_programme()
    a_fund_source(code="city", name="市级财政")
    for number in (5, 4):
        add_batch(
            by=OFFICE,
            at=AT,
            programme="zj-ganzi",
            number=number,
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
        )

    batches = programmes.list_batches(viewer=KANGDING, programme="zj-ganzi")
    sources = programmes.list_fund_sources(viewer=KANGDING, programme="zj-ganzi")

    assert [batch.number for batch in batches] == [4, 5]
    assert [source.code for source in sources] == ["city", "province"]
    for read in (programmes.list_batches, programmes.list_fund_sources):
        with pytest.raises(NotVisible):
            read(viewer=STRANGER, programme="zj-ganzi")


def test_control_without_the_filter_a_stranger_would_see_all(four, monkeypatch):
    monkeypatch.setattr("shanhai.planning.programmes.models.programmes.around", lambda *viewer, **paths: Q())

    assert len(programmes.list_programmes(viewer=STRANGER)) == 4
