# SPDX-License-Identifier: Apache-2.0
"""How fast tiles and pages of the map are served, and its files made: ``python -m`` this POINTS AREAS FOLDER, inside a
place of its own. It prints a figure a line, and leaves in the folder what a peer needs to do the same."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import django

from shanhai.kernel import clock
from tests.bench.asking import ask, request
from tests.bench.report import Measured, cost, p95
from tests.bench.visiting import free_port, running, wait_until_open

if TYPE_CHECKING:
    from shanhai.insight.map.editions.values import Edition
    from shanhai.kernel.actors import Actor

ZOOMS, TILES, CLIENTS, PROCESSES = (6, 10, 12), 2000, 4, 2
PAGES, PAGE = 50, 1000
POINTS, AREAS = "stations", "hazard-sites"
# About the size of a prefecture of the plateau: west, south, east, north.
BOX = (84.0, 29.5, 95.0, 35.5)
_TOWNS, _CORNERS = 60, 48
REBUILD_S, COUNT_S, PAGE_MS, TILE_MS = 20, 2, 100, 10


def main(points: int, areas: int, folder: Path) -> None:
    """Fill the layers with so many features, make their files, serve them; measure."""
    django.setup()
    from shanhai.operate import serving
    from shanhai.operate.demo.load import make_tables

    make_tables()
    serving.prepare_static()
    made = Made(points, areas)
    for part in (made.built, made.counted, lambda: made.served(folder)):
        for one in part():
            print(json.dumps(asdict(one)), flush=True)


def place(chance: Random, towns: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Half of all lies about towns, the rest anywhere."""
    west, south, east, north = BOX
    if chance.random() < 0.5:
        east_of, north_of = chance.choice(towns)
        lon, lat = chance.gauss(east_of, 0.08), chance.gauss(north_of, 0.08)
        return min(max(lon, west), east), min(max(lat, south), north)
    return chance.uniform(west, east), chance.uniform(south, north)


class Made:
    """Two layers of the product, large, and somebody who sees them."""

    def __init__(self, points: int, areas: int) -> None:
        from shanhai.planning.programmes.tests.builders import a_division, a_programme
        from tests.cast import a_user, actor_of

        self.count, self.chance = points, Random(1)
        towns = [(self.chance.uniform(BOX[0], BOX[2]), self.chance.uniform(BOX[1], BOX[3])) for _ in range(_TOWNS)]
        self.points = [place(self.chance, towns) for _ in range(points)]
        self.areas = [place(self.chance, towns) for _ in range(areas)]
        a_division("513301")
        self.programme = a_programme()
        self._put_points()
        self._put_areas()
        self.user = a_user("commander")
        self.by: Actor = actor_of(self.user)

    def _put_points(self) -> None:
        from shanhai.field.sensors.models import Location, Thing

        common = {"programme": self.programme, "place": "513301"}
        shapes = [{"type": "Point", "coordinates": [lon, lat]} for lon, lat in self.points]
        lies = Location.objects.bulk_create(
            (Location(name="here", encoding_type="application/geo+json", location=one, **common) for one in shapes),
            batch_size=5000,
        )
        things = Thing.objects.bulk_create(
            (Thing(name=f"站 {at}", code=f"s{at:06}", kind="hazard", **common) for at in range(len(lies))),
            batch_size=5000,
        )
        both = Thing.locations.through
        both.objects.bulk_create(
            (both(thing=one, location=at) for one, at in zip(things, lies, strict=True)), batch_size=5000
        )

    def _put_areas(self) -> None:
        from shanhai.operations.hazards.models import HazardSite

        rings = [ring(self.chance, *one) for one in self.areas]
        HazardSite.objects.bulk_create(
            HazardSite(
                code=f"h{at:05}", name=f"坡 {at}", kind="landslide", programme=self.programme, place="513301",
                outline={"type": "Polygon", "coordinates": [one]}, households=at % 40, people=at % 200,
                west=min(lon for lon, _ in one), east=max(lon for lon, _ in one),
                south=min(lat for _, lat in one), north=max(lat for _, lat in one),
            )
            for at, one in enumerate(rings)
        )  # fmt: skip

    def built(self) -> Iterator[Measured]:
        """Making the edition of a large layer with its tiles, and again when one of its features has changed."""
        from django.db import connection

        from shanhai.field.sensors.models import Location

        self.make(AREAS)
        first = cost(lambda: self.make(POINTS))
        moved = Location.objects.first()
        assert moved is not None
        moved.location = {"type": "Point", "coordinates": [91.0, 31.0]}
        moved.save(update_fields=["location"])
        before = self.edition(POINTS).digest
        again = cost(lambda: self.make(POINTS))
        assert self.edition(POINTS).digest != before
        size = self.edition(POINTS).archive.stat().st_size / 1e6
        name = f"edition and tiles of {self.count} points, one of them changed"
        said = f"{again.cpu:.1f} s CPU; the first time {first.seconds:.1f} s; the archive has {size:.1f} MB"
        yield Measured(name, round(again.seconds, 2), "s", REBUILD_S, connection.vendor, said=said)

    def counted(self) -> Iterator[Measured]:
        """How many points lie in each area, as the page of analysis counts them, from the files that are there."""
        from django.db import connection

        from shanhai.insight.map.analysis.selectors.lying import counted_in

        found = counted_in(POINTS, AREAS, viewer=self.by, at=clock.now())
        assert found.whole == self.count
        took = cost(lambda: counted_in(POINTS, AREAS, viewer=self.by, at=clock.now()), 3)
        name = f"{self.count} points counted in {len(self.areas)} areas"
        said = f"{took.cpu:.2f} s CPU; in {len(found.rows)} of them there are some"
        yield Measured(name, round(took.seconds, 2), "s", COUNT_S, connection.vendor, said=said)

    def make(self, key: str) -> None:
        """What the job of the worker does."""
        from shanhai.base.database.selectors import readership_of
        from shanhai.insight.map.editions.services import make_edition
        from shanhai.kernel.registry import registries

        layer = registries.layers.get(key)
        assert layer is not None
        make_edition(layer=layer, readership=readership_of(layer, self.by), by=self.by, at=clock.now())

    def edition(self, key: str) -> Edition:
        """The one that is there."""
        from shanhai.insight.map.editions.selectors import layer_named
        from shanhai.insight.map.editions.services import current

        return current(layer=layer_named(key, viewer=self.by), by=self.by, at=clock.now())

    def served(self, folder: Path) -> Iterator[Measured]:
        """Tiles by signed addresses and by those of OGC API Tiles, pages of OGC API Features."""
        from django.conf import settings
        from django.db import connection
        from django.test import Client

        for key in (POINTS, AREAS):
            shutil.copy(self.edition(key).path, folder / f"{key}.gpkg")
        asked = {zoom: self._tiles(zoom) for zoom in ZOOMS}
        (folder / "tiles.json").write_text(json.dumps(asked))
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(self.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
        stem = {key: self._signed(client, key) for key in (POINTS, AREAS)}
        port, vendor = free_port(), connection.vendor
        with running(["serve", "--port", str(port), "--no-worker", "--workers", str(PROCESSES)], os.environ):
            wait_until_open(port)
            page = f"/ogc/collections/{POINTS}/items?limit={PAGE}&bbox="
            boxes = [page + ",".join(f"{one:.4f}" for one in self._box()) for _ in range(PAGES)]
            # At first what is served beside starts, too.
            asking(port, boxes[:10], {"Cookie": cookie}, PROCESSES)
            for zoom, tiles in asked.items():
                signed = [f"{stem[key]}{zoom}/{column}/{row}" for key, column, row in tiles]
                yield told(f"tiles at z{zoom}", asking(port, signed, PACKED), vendor)
            by_ogc = [f"/ogc/collections/{key}/tiles/WebMercatorQuad/10/{y}/{x}" for key, x, y in asked[10][:200]]
            took = asking(port, by_ogc, {**PACKED, "Cookie": cookie}, 1)[1]
            name = "tile at z10 by /ogc, signed in, p95"
            yield Measured(name, round(1000 * p95(took), 2), "ms", PAGE_MS, vendor, said="one client")
            took = asking(port, boxes, {"Cookie": cookie}, 1)[1]
            name = f"/ogc page of {min(PAGE, self.count)} features of a box, p95"
            yield Measured(name, round(1000 * p95(took), 1), "ms", PAGE_MS, vendor, said="one client")

    def _tiles(self, zoom: int) -> list[tuple[str, int, int]]:
        """Tiles of both layers by turns, each where a feature is."""
        chosen = [(POINTS, self.points) if at % 2 == 0 else (AREAS, self.areas) for at in range(TILES)]
        return [(key, *tile(*self.chance.choice(places), zoom)) for key, places in chosen]

    def _signed(self, client: Any, key: str) -> str:
        template: str = client.get(f"/map/tiles/{key}.json").json()["tiles"][0]
        return template.removesuffix("{z}/{x}/{y}").removeprefix("http://127.0.0.1")

    def _box(self) -> tuple[float, float, float, float]:
        lon, lat = self.chance.choice(self.points)
        return lon - 0.7, lat - 0.7, lon + 0.7, lat + 0.7


PACKED = {"Accept-Encoding": "gzip"}


def asking(
    port: int, addresses: Sequence[str], headers: Mapping[str, str], clients: int = CLIENTS
) -> tuple[float, list[float]]:
    """The seconds of all, and of each."""
    return ask(port, [request("GET", one, headers=headers) for one in addresses], clients)


def told(name: str, took: tuple[float, list[float]], vendor: str) -> Measured:
    """How long a tile waits, with the rate in its words."""
    said = f"{len(took[1]) / took[0]:.0f} a second, {CLIENTS} clients, {PROCESSES} processes"
    return Measured(f"{name}, p95", round(1000 * p95(took[1]), 2), "ms", TILE_MS, vendor, said=said)


def tile(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile of a place."""
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**zoom), int(row * 2**zoom)


def ring(chance: Random, lon: float, lat: float) -> list[list[float]]:
    """An outline of some kilometres."""
    size = 10 ** chance.uniform(-2.5, -1.3)
    turns = [2 * math.pi * at / _CORNERS for at in range(_CORNERS)]
    out = [size * chance.uniform(0.8, 1) for _ in turns]
    made = [[lon + r * math.cos(t), lat + r * math.sin(t)] for r, t in zip(out, turns, strict=True)]
    return [*made, made[0]]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
