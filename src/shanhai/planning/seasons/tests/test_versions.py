# SPDX-License-Identifier: Apache-2.0
"""Versions: recorded whole, never changed, the last one in force, the programme's own first."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.planning.seasons.models import SeasonBand
from shanhai.planning.seasons.rules import SAMPLE_BANDS, band_for
from shanhai.planning.seasons.selectors import bands_in_force
from shanhai.planning.seasons.services import record_version
from shanhai.planning.seasons.tests.builders import a_season, a_version, two_bands
from tests.cast import AT, AUDITOR, FINANCE, KANGDING, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db
OFFICE_OF_GANZI = actor("office", programme="zj-ganzi")


@pytest.fixture(autouse=True)
def programme():
    return a_programme()


def test_until_a_version_is_recorded_the_sample_stands():
    assert bands_in_force(viewer=AUDITOR, programme="zj-ganzi") == SAMPLE_BANDS
    assert band_for(bands_in_force(viewer=KANGDING, programme="zj-ganzi"), 4500).opens == "05-20"


def test_what_was_recorded_last_is_in_force_and_the_programmes_own_before_the_common():
    a_version("甲")
    later = AT + timedelta(days=1)
    own = a_version("本地", programme="zj-ganzi", bands=two_bands(opens="06-01"))
    a_version("乙", at=later, bands=two_bands(opens="07-01"))

    assert bands_in_force(viewer=AUDITOR, programme="zj-ganzi") == own
    assert band_for(bands_in_force(viewer=AUDITOR, programme="zj-ganzi"), 4000).opens == "06-01"
    a_programme(code="zj-nagqu", recipient="540600")
    assert band_for(bands_in_force(viewer=AUDITOR, programme="zj-nagqu"), 4000).opens == "07-01"
    assert band_for(bands_in_force(viewer=AUDITOR, programme="zj-nagqu"), 4000).version == "乙"


def test_a_season_takes_two_queries_however_many_versions(django_assert_num_queries):
    for number in range(3):
        a_version(f"第 {number} 版")

    with django_assert_num_queries(2):
        band_for(bands_in_force(viewer=AUDITOR, programme="zj-ganzi"), 4500)


def test_recording_leaves_an_audit_row():
    a_version("2026", programme="zj-ganzi")

    row = AuditRow.objects.order_by("-seq").first()
    assert (row.action, row.subject_id, row.programme, row.at) == ("seasons.version.recorded", "2026", "zj-ganzi", AT)
    assert row.changes == {"bands": [[0, 4000, "", "", False], [4000, None, "05-20", "10-31", False]]}


@pytest.mark.parametrize("owner", [None, "zj-ganzi"])
def test_a_version_is_never_changed(owner):
    a_version("2026", programme=owner)

    with refused(Conflict, "seasons.version_exists", match="2026"):
        a_version(" 2026 ", programme=owner, bands=two_bands(opens="06-01"))

    assert list(SeasonBand.objects.order_by("from_m").values_list("opens", flat=True)) == ["", "05-20"]


def test_bands_with_a_gap_leave_nothing_behind():
    with refused(Refused, "seasons.bands_do_not_touch"):
        a_version(bands=[a_season(from_m=0, to_m=3000), a_season()])

    assert not SeasonBand.objects.exists()


@pytest.mark.parametrize("name", ["", " \n", "长" * 61])
def test_a_version_has_a_name(name):
    with refused(BadInput, "seasons.version_not_named"):
        a_version(name)


@pytest.mark.parametrize("who", [FINANCE, AUDITOR, KANGDING], ids=lambda who: who.name)
def test_who_does_not_manage_the_programme_records_nothing(who):
    with pytest.raises(NotAllowed):
        a_version(by=who, programme="zj-ganzi")


def test_who_manages_one_programme_records_for_that_one_only():
    a_version(by=OFFICE_OF_GANZI, programme="zj-ganzi")

    with pytest.raises(NotAllowed):
        record_version(by=OFFICE_OF_GANZI, at=AT, version="通用", bands=two_bands())
    with pytest.raises(NotVisible):
        a_version(by=OFFICE_OF_GANZI, programme="zj-nagqu")


def test_who_does_not_see_the_programme_does_not_see_its_seasons():
    with pytest.raises(NotVisible):
        bands_in_force(viewer=STRANGER, programme="zj-ganzi")


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": ""},
        {"source": ""},
        {"to_m": 4000},
        {"from_m": 9000, "to_m": None},
        {"opens": ""},
        {"opens": "13-01", "closes": "13-02"},
        {"opens": "11-01"},
    ],
    ids=str,
)
def test_the_database_refuses_a_band_that_cannot_be(wrong):
    facts = {"from_m": 4000, "opens": "05-20", "closes": "10-31", "source": "文件", "version": "x", "recorded_at": AT}
    SeasonBand.objects.create(**facts)

    with pytest.raises(IntegrityError), transaction.atomic():
        SeasonBand.objects.create(**{**facts, "from_m": 4100, **wrong})


@pytest.mark.parametrize("owned", [True, False])
def test_the_database_keeps_one_band_a_beginning(owned, programme):
    facts = {
        "programme": programme if owned else None,
        "from_m": 0,
        "source": "文件",
        "version": "x",
        "recorded_at": AT,
    }
    SeasonBand.objects.create(**facts)

    with pytest.raises(IntegrityError), transaction.atomic():
        SeasonBand.objects.create(**facts)


def test_the_office_of_everywhere_records_for_all():
    assert [band.version for band in a_version("2026", by=OFFICE)] == ["2026", "2026"]
