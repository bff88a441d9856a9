# SPDX-License-Identifier: Apache-2.0
"""django-ogc-sensorthings: ``python -m tests.bench.peers.sensorthings PORT ROWS STREAMS`` fills and serves it.

Datastream n has the id ``UUID(int=n)``. It is served as its views want it, by an ASGI server, and without signing in.
"""

from __future__ import annotations

import os
import sys
from uuid import UUID

import django
import environ
from django.conf import settings
from django.core.management import call_command

from tests.bench.peers import ABSENT

urlpatterns: list[object] = []


def main(port: int, rows: int, streams: int) -> int:
    """Make the tables, fill them, and serve until stopped."""
    if not _set_up(port):
        return ABSENT
    _fill(rows, streams)
    from granian import Granian
    from granian.constants import Interfaces

    served = "tests.bench.peers.sensorthings:application"
    Granian(served, address="127.0.0.1", port=port, interface=Interfaces.ASGI, factory=True, log_access=False).serve()
    return 0


def _set_up(port: int) -> bool:
    # On SQLite its writers wait for each other until they fail.
    if not (url := os.environ.get("DATABASE_URL")):
        return False
    settings.configure(
        # Each request has a thread of its own, and what a thread holds open is lost with it.
        DATABASES={"default": {**environ.Env().db_url_config(url), "CONN_MAX_AGE": 0}},
        INSTALLED_APPS=[
            "django.contrib.contenttypes", "sensorthings.versions.v1_1", "sensorthings.versions.v1_1.backends.django",
        ],
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.bench.peers.sensorthings",
        USE_TZ=True,
        SENSORTHINGS_V1_1_SERVICE_URL=f"http://127.0.0.1:{port}",
        SENSORTHINGS_V1_1_BACKEND_ADAPTER="sensorthings.versions.v1_1.backends.django.adapter.DjangoBackendAdapter",
        SENSORTHINGS_V1_1_ID_TYPE=UUID,
        SENSORTHINGS_V1_1_ID_DELIMITER="'",
        # Without it a page of 100 has 99.
        SENSORTHINGS_V1_1_MAX_TOP=101,
    )  # fmt: skip
    try:
        django.setup()
    except ImportError:
        return False
    return True


def _fill(rows: int, streams: int) -> None:
    from django.db import connection
    from sensorthings.versions.v1_1.backends.django import models

    call_command("migrate", verbosity=0, interactive=False)
    point = {"type": "Point", "coordinates": [102.2, 29.9]}
    thing = models.Thing.objects.create(name="greenhouse", description="")
    place = models.Location.objects.create(name="greenhouse", description="", location=point)
    place.things.add(thing)
    sensor = models.Sensor.objects.create(name="meter", description="", encoding_type="text/html", metadata="")
    air = models.ObservedProperty.objects.create(name="air", definition="http://example.org/air", description="")
    feature = models.FeatureOfInterest.objects.create(
        name="greenhouse", description="", encoding_type="application/geo+json", feature=point
    )
    unit = {"name": "Celsius", "symbol": "C", "definition": "http://example.org/C"}
    facts = {
        "name": "air", "description": "", "unit_of_measurement": unit, "thing": thing, "sensor": sensor,
        "observed_property": air, "observation_type": models.Datastream.OM_MEASUREMENT,
    }  # fmt: skip
    models.Datastream.objects.bulk_create(
        [models.Datastream(pk=UUID(int=one), **facts) for one in range(1, streams + 1)]
    )
    table = models.Observation._meta.db_table
    # Ids that grow with time, as its own do.
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (id, phenomenon_time_begin, result, result_time, datastream_id, "
            "feature_of_interest_id) "
            "SELECT lpad(to_hex(n), 32, '0')::uuid, now() - (%s - n) * interval '1 second', n %% 97, now(), "
            "lpad(to_hex(n %% %s + 1), 32, '0')::uuid, %s FROM generate_series(1, %s) AS n",
            [rows, streams, feature.pk, rows],
        )
        cursor.execute("ANALYZE")
    connection.close()


def application() -> object:
    """What the ASGI server's own process serves, which has the settings but knows this module by its name."""
    from django.core.asgi import get_asgi_application
    from django.urls import include, path

    urlpatterns.append(path("", include("sensorthings.versions.v1_1.urls")))
    return get_asgi_application()


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
