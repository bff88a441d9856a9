# SPDX-License-Identifier: Apache-2.0
"""Months that have moved to files are read on in by the API, or the answer says that they were not."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest

from shanhai.field.sensors.models import ArchivedMonth, Observation
from shanhai.field.sensors.store.services.archiving import archive_months
from shanhai.field.sensors.tests.streams import a_stream, came
from shanhai.kernel.actors import system

pytestmark = pytest.mark.django_db
KEEPER = system("keeper", ("sensor.manage", "sensor.view", "sensor.write"))
DAY = 86_400


@pytest.fixture
def stream(settings, tmp_path):
    """Readings of March to May, some of them no numbers."""
    settings.SENSORS_KEEP_MONTHS = 1
    settings.SENSORS_ARCHIVE_URL = str(tmp_path / "history")
    settings.SENSORS_PAGE = 20
    stream = a_stream()
    rows = [(day * DAY, float(day)) for day in range(90)]
    rows[3] = (3 * DAY, {"开": [1, None]})
    came(stream, rows)
    came(a_stream(), [(DAY, 1000.0)])
    return stream


@pytest.fixture
def pages(get):
    """All of a set, page by page."""

    def ask(path, **options):
        found = []
        while path is not None:
            page = get(path, **options)
            assert "@shanhai.notReadUntil" not in page
            found += page["value"]
            parts = urlsplit(page.get("@iot.nextLink", ""))
            path = parts.path.removeprefix("/sta/v1.1") or None
            options = {name.removeprefix("$"): value for name, value in parse_qsl(parts.query)}
        return found

    return ask


def move():
    archive_months(by=KEEPER, at=datetime(2026, 6, 10, 2, 0, tzinfo=UTC))
    assert ArchivedMonth.objects.count() == 2
    assert 0 < Observation.objects.count() < 40


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"orderby": "phenomenonTime desc"},
        {"orderby": "phenomenonTime desc", "top": "7", "skip": "40"},
        {"skip": "25"},
        {"filter": "phenomenonTime ge 2026-03-20T00:00:00Z and phenomenonTime lt 2026-05-03T00:00:00Z"},
        {"filter": "2026-04-20T00:00:00Z lt phenomenonTime", "orderby": "phenomenonTime desc"},
        {"filter": "phenomenonTime eq 2026-03-20T00:00:00Z"},
        {"filter": "phenomenonTime le 2026-03-20T00:00:00Z", "select": "result,id"},
    ],
)
def test_what_has_moved_is_answered_as_before(pages, stream, options):
    path = f"/Datastreams({stream.pk})/Observations"
    before = pages(path, **options)
    move()

    assert pages(path, **options) == before
    assert before


def test_what_was_not_read_is_said(get, stream):
    own = f"/Datastreams({stream.pk})/Observations"
    move()

    for path, options in (
        ("/Observations", {}),
        (own, {"filter": "result gt 3"}),
        (own, {"orderby": "result"}),
        (own, {"expand": "FeatureOfInterest"}),
    ):
        assert get(path, **options)["@shanhai.notReadUntil"] == "2026-04"
    assert "@shanhai.notReadUntil" not in get(own)
    assert "@shanhai.notReadUntil" not in get("/Datastreams")
