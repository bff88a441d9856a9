# SPDX-License-Identifier: Apache-2.0
"""The pages of a station to which others have added by the API what the pages do not make."""

import pytest

from shanhai.field.sensors.stations.tests.builders import a_station
from shanhai.field.sensors.tests.builders import a_location, a_multi, a_property, observations


@pytest.mark.django_db
def test_what_others_made_of_a_station_by_the_api_is_shown_too(ganzi, frozen_clock, sign_in):
    engineer = sign_in("station_engineer", programme="zj-ganzi")
    station = a_station()
    stream = a_multi("温湿度", a_property(), a_property("湿度"), thing=station)
    observations(stream, [21.5, 40.0])
    station.locations.set(
        [a_location(geometry={"type": "Polygon", "coordinates": [[[101, 30], [102, 30], [102, 31], [101, 30]]]})]
    )
    stream.name = "100% (a)s"
    stream.save()

    for path in ("stations/wuse-2/", "stations/wuse-2/edit", f"streams/{stream.pk}/", f"streams/{stream.pk}/edit"):
        assert engineer.get(f"/sensors/{path}").status_code == 200, path
    given = {"first": "2026-03-01", "last": "2026-03-01", "what": "raw"}
    assert b"[21.5, 40.0]" in b"".join(engineer.get(f"/sensors/streams/{stream.pk}/data.csv", given).streaming_content)
    assert engineer.post(f"/sensors/streams/{stream.pk}/edit", {"name": "新名"}).status_code == 302
    stream.refresh_from_db()
    assert (stream.name, len(stream.unit)) == ("新名", 2)
