# SPDX-License-Identifier: Apache-2.0
"""Vector tiles, decoded and compared with what is stored: who finds what in them, at which address, for how long."""

import gzip
import os
from datetime import timedelta
from io import BytesIO
from random import Random

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from django.conf import settings as in_force
from django.test import Client
from django.utils.module_loading import import_string

from shanhai.insight.map.editions.rules.cutting import COUNT, STEP, TONES, WORST, ZOOM
from shanhai.insight.map.editions.services import NotYet, clear, current_with_tiles
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.insight.map.tests.test_editions import ANYBODY, BY, something_happens, work
from shanhai.insight.map.tiles import selectors
from shanhai.insight.map.tiles.rules.archives import archive_at
from shanhai.insight.map.tiles.rules.matrices import Address
from shanhai.insight.map.tiles.selectors import TooLate, sign, signed_tile
from shanhai.planning.projects.tests.builders import a_project
from shanhai.registers.places.models import Division
from tests.cast import AT

pytestmark = pytest.mark.django_db
AT_TILES = "/ogc/collections/made/tiles/WebMercatorQuad"


class Toned(Made):
    toned, tones = "level", {0: "ok", 1: "late", 2: "red"}


def tiles(edition, zoom):
    """The features of all tiles of a zoom, each with its tile; of points those that lie in it, not on its far edge."""
    archive, found = archive_at(edition.archive), []
    west, south, east, north = archive.bounds
    for column in columns(west, east, zoom):
        for row in rows(south, north, zoom):
            for one, extent in decoded(archive.tile(Address(zoom, column, row))):
                at = one["geometry"]["coordinates"]
                if one["geometry"]["type"] != "Point" or max(at) < extent:
                    found.append(((column, row), one["properties"]))
    return found


def columns(west, east, zoom):
    first, last = (int((lon + 180) / 360 * 2**zoom) for lon in (west, east))
    return range(max(first - 1, 0), min(last + 2, 2**zoom))


def rows(south, north, zoom):
    first, last = (int((1 - np.arcsinh(np.tan(np.radians(lat))) / np.pi) / 2 * 2**zoom) for lat in (north, south))
    return range(max(first - 1, 0), min(last + 2, 2**zoom))


def decoded(data):
    """The features of a tile with its extent."""
    found = mapbox_vector_tile.decode(gzip.decompress(data), {"y_coord_down": True}) if data else {}
    return [(one, layer["extent"]) for layer in found.values() for one in layer["features"]]


def some_points(count=400, seed=1):
    chance = Random(seed)
    at = [(chance.gauss(92, 0.2), chance.gauss(31.5, 0.2)) for _ in range(count)]
    # Many in one place, as projects without a site of their own are.
    at = [*at[: count - 30], *[(92.123456, 31.5)] * 30]
    return [a_feature(f"f{number}", one, level=number % 3) for number, one in enumerate(at)]


def test_at_the_highest_zoom_every_point_is_there_once_with_its_fields():
    layer = Toned(*some_points())
    made = current_with_tiles(layer=layer, by=ANYBODY, at=AT)

    found = [values for _, values in tiles(made, ZOOM)]

    assert sorted(one["id"] for one in found) == sorted(one.id for one in layer.given)
    assert {COUNT} & {name for one in found for name in one} == set()
    names = [one.name for one in layer.fields]
    stored = {one.id: dict(zip(names, one.values, strict=True)) for one in layer.given}
    for one in found:
        rank = TONES.index(Toned.tones[one["level"]])
        assert one == {"id": one["id"], WORST: rank, **stored[one["id"]]}


@pytest.mark.parametrize("zoom", [0, 4, 8, 10])
def test_clusters_count_all_and_have_the_worst_of_their_tones(zoom):
    layer = Toned(*some_points(), a_feature("far", (80.0, 35.0), level=0))
    made = current_with_tiles(layer=layer, by=ANYBODY, at=AT)

    found = {one["id"]: one for _, one in tiles(made, zoom)}

    assert sum(one.get(COUNT, 1) for one in found.values()) == len(layer.given)
    assert len(found) < len(layer.given)
    assert (COUNT in found["far"], found["far"][WORST]) == (False, TONES.index("ok"))
    assert max(found.values(), key=lambda one: one.get(COUNT, 1))[WORST] == TONES.index("red")


def test_every_area_and_line_is_there_however_small():
    shapes = {
        "county": shapely.Point(92, 31).buffer(0.5),
        "metre": shapely.box(92, 31, 92.00001, 31.00001),
        "millimetre": shapely.box(93, 31, 93.00000001, 31.00000001),
        "sliver": shapely.Polygon([(91, 30), (92, 31), (92.0000001, 31), (91, 30)]),
        "fold": shapely.Polygon([(92, 32), (92.1, 32), (92, 32), (92, 32)]),
        "spike": shapely.Polygon(
            [(93, 32), (93.1, 32), (93.1, 32.1), (93.1, 32.3), (93.1, 32.1), (93, 32.1), (93, 32)]
        ),
        "parts": shapely.MultiPolygon([shapely.box(90, 30, 90.1, 30.1), shapely.box(94, 30, 94.1, 30.1)]),
        "crossing": shapely.Polygon([(90, 31), (91, 32), (91, 31), (90, 32), (90, 31)]),
        "date line": shapely.MultiPolygon([shapely.box(179, 10, 180, 11), shapely.box(-180, 10, -179, 11)]),
    }
    lines = {
        "road": shapely.LineString([(92, 31), (92.3, 31.2)]),
        "step": shapely.LineString([(92, 31), (92 + 1e-9, 31)]),
    }
    for kind, given in (("MultiPolygon", shapes), ("LineString", lines)):
        empty = {"empty": shapely.from_wkt(f"{kind.upper()} EMPTY")}
        layer = Made(*(a_feature(id, one) for id, one in {**given, **empty}.items()), key=kind.lower())
        layer.geometry = kind
        made = current_with_tiles(layer=layer, by=ANYBODY, at=AT)

        found = []
        for id, shape in given.items():
            archive = archive_at(made.archive)
            for part in getattr(shape, "geoms", [shape]):
                east, north = part.representative_point().coords[0]
                at = Address(ZOOM, columns(east, east, ZOOM)[1], rows(north, north, ZOOM)[1])
                around = [Address(ZOOM, at.column + x, at.row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
                near = [one["properties"]["id"] for one_at in around for one, _ in decoded(archive.tile(one_at))]
                assert id in near, id
                found += near
        assert set(found) == set(given)
        assert STEP < 0.00002


def test_a_viewer_finds_neither_feature_nor_count_of_what_is_not_theirs(sign_in, ganzi):
    there, here = (a_project(place=code, code=code) for code in ("513301", "513322"))
    Division.objects.update(label_lon=101.5, label_lat=30.0)
    county, office = sign_in("county_user", programme="zj-ganzi", place="513322"), sign_in("office")
    asked = "/ogc/collections/projects/tiles/WebMercatorQuad/{}/{}/{}"

    def seen(client, zoom):
        column, row = columns(101.5, 101.5, zoom)[1 if zoom else 0], rows(30.0, 30.0, zoom)[1 if zoom else 0]
        answer = client.get(asked.format(zoom, row, column), headers={"Accept-Encoding": "gzip"})
        assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip")
        return gzip.decompress(answer.content), [one["properties"] for one, _ in decoded(answer.content)]

    for zoom in (0, 6, ZOOM):
        (mine, own), (theirs, every) = seen(county, zoom), seen(office, zoom)
        assert [(one["id"], one.get(COUNT, 1)) for one in own] == [(str(here.uuid), 1)]
        assert sum(one.get(COUNT, 1) for one in every) == 2
        assert (str(there.uuid).encode() in mine, str(here.uuid).encode() in mine) == (False, True)
        assert b"513301" not in mine
    assert str(there.uuid).encode() in theirs

    mine, theirs = (client.get("/map/tiles/projects.json").json() for client in (county, office))
    assert (mine["features"], theirs["features"]) == (1, 2)
    assert county.get("/map/tiles/nothing.json").status_code == 404
    assert Client().get("/map/tiles/projects.json").status_code == 302
    assert Client().get(asked.format(0, 0, 0)).status_code == 401
    assert county.get("/ogc/collections/nothing/tiles/WebMercatorQuad/0/0/0").status_code == 404


@pytest.fixture
def client(sign_in, ganzi):
    return sign_in("commander")


@pytest.fixture
def made():
    with registered(Made(a_feature("a"), a_feature("b", (100.5, 30.0)))) as layer:
        yield layer


def test_a_tile_comes_packed_or_plain_once_and_not_where_nothing_is(client, made):
    packed = client.get(f"{AT_TILES}/0/0/0", headers={"Accept-Encoding": "gzip"})
    plain = client.get(f"{AT_TILES}/0/0/0")

    assert packed.headers["Content-Type"] == "application/vnd.mapbox-vector-tile"
    assert (gzip.decompress(packed.content), "Content-Encoding" in plain.headers) == (plain.content, False)
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert client.get(f"{AT_TILES}/0/0/0", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    empty = client.get(f"{AT_TILES}/12/0/0")
    assert (empty.status_code, empty.content) == (204, b"")
    made.given.clear()
    something_happens()
    assert client.get(f"{AT_TILES}/0/0/0").status_code == 204


@pytest.mark.parametrize(
    "at", ["13/0/0", "3/8/0", "3/0/8", "-1/0/0", "0/0/x", "٣/0/0", "3/99999999999999999999/0", "3/1.0/0"]
)
def test_an_address_where_no_tile_can_be_is_told(client, made, at):
    answer = client.get(f"{AT_TILES}/{at}")

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert ("行号" in answer.json()["detail"], at[:20] in answer.json()["detail"]) == (True, True)


def test_tiles_describe_themselves(client, made):
    held = client.get("/ogc/conformance").json()["conformsTo"]
    assert "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core" in held
    listed = client.get("/ogc/collections/made/tiles").json()["tilesets"][0]
    assert (listed["dataType"], listed["tileMatrixSetURI"][-15:]) == ("vector", "WebMercatorQuad")
    told = client.get(AT_TILES).json()
    item = next(one for one in told["links"] if one["rel"] == "item")
    assert (item["templated"], told["layers"][0]["geometryDimension"]) == (True, 0)
    address = item["href"].format(tileMatrix=0, tileRow=0, tileCol=0)
    assert client.get(address).status_code == 200
    west, south, east, north = client.get(f"{AT_TILES}/tilejson").json()["bounds"]
    assert (west, south, east, north) == pytest.approx((100, 30, 100.5, 30), abs=1e-4)
    # OGC 17-083r4, Annex D.1: of level 12 it prints the scale.
    set_ = client.get("/ogc/tileMatrixSets/WebMercatorQuad").json()
    assert set_["tileMatrices"][12]["scaleDenominator"] == pytest.approx(136494.693366017)
    assert "/tileMatrixSets" in client.get("/ogc/api").json()["paths"]


def asked_in_front(path, **headers):
    """What the server answers in front of Django."""
    told = {}

    def start(status, given):
        told.update(status=int(status[:3]), headers=dict(given))

    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SERVER_NAME": "x", "SERVER_PORT": "80", "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "http", **headers,
    }  # fmt: skip
    return b"".join(import_string(in_force.WSGI_APPLICATION)(environ, start)), told


def test_a_signed_address_is_read_without_asking_the_database(client, made, django_assert_num_queries):
    told = client.get("/map/tiles/made.json").json()
    assert told == {**client.get("/map/tiles/made.json").json()}
    path = told["tiles"][0].removeprefix("http://testserver").format(z=0, x=0, y=0)

    with django_assert_num_queries(0):
        body, answer = asked_in_front(path, HTTP_ACCEPT_ENCODING="gzip")

    assert (answer["status"], [one["properties"]["id"] for one, _ in decoded(body)]) == (200, ["a"])
    assert "immutable" in answer["headers"]["Cache-Control"]
    known = asked_in_front(path, HTTP_ACCEPT_ENCODING="gzip", HTTP_IF_NONE_MATCH=answer["headers"]["ETag"])
    assert (known[0], known[1]["status"]) == (b"", 304)
    assert decoded(gzip.compress(asked_in_front(path)[0])) == decoded(body)
    assert asked_in_front(path, REQUEST_METHOD="POST")[1]["status"] == 405
    assert asked_in_front(path, REQUEST_METHOD="HEAD")[0] == b""
    assert Client().get(path).content == asked_in_front(path)[0]
    assert (asked_in_front(path[:-5] + "9/0/0")[1]["status"], asked_in_front(path[:-5] + "0/0/1")[1]["status"]) == (
        204,
        404,
    )


def test_a_signed_address_ends_and_cannot_be_made_up(made, settings):
    edition = current_with_tiles(layer=made, by=ANYBODY, at=AT)
    address = sign(edition, at=AT)
    layer, digest, until, signature = address.split("/")

    assert sign(edition, at=AT + timedelta(seconds=1)) == address
    assert signed_tile(f"{address}/0/0/0", at=AT).data
    last = AT + timedelta(minutes=settings.MAP_TILES_SIGNED_MINUTES)
    with pytest.raises(TooLate):
        signed_tile(f"{address}/0/0/0", at=last)
    body, answer = asked_in_front(f"/map/tile/{sign(edition, at=AT - timedelta(days=999))}/0/0/0")
    assert (answer["status"], "过期" in body.decode()) == (410, True)
    for bad in (
        f"{layer}/{digest}/{int(until) + 9}/{signature}",
        f"other/{digest}/{until}/{signature}",
        f"{layer}/{'0' * 32}/{until}/{signature}",
        f"../{digest}/{until}/{signature}",
        f"{layer}/{digest}/{until}/{signature[:-1]}",
        "x",
    ):
        body, answer = asked_in_front(f"/map/tile/{bad}/0/0/0")
        assert (answer["status"], "Open the map again" in body.decode()) == (404, True)
    edition.archive.unlink()
    archive_at.cache_clear()
    selectors._named.cache_clear()
    assert asked_in_front(f"/map/tile/{address}/0/0/0")[1]["status"] in (404, 410)


def test_the_same_content_is_cut_once_and_a_large_layer_by_the_worker(settings, tmp_path):
    small = Made(a_feature("a"), key="small")
    first = current_with_tiles(layer=small, by=ANYBODY, at=AT)
    stamp = first.archive.stat().st_mtime_ns
    something_happens()
    again = current_with_tiles(layer=small, by=ANYBODY, at=AT)
    assert (again.archive, again.archive.stat().st_mtime_ns) == (first.archive, stamp)

    settings.MAP_SMALL_FEATURES = 2
    with registered(Made(*some_points(40))) as layer:
        with pytest.raises(NotYet):
            current_with_tiles(layer=layer, by=ANYBODY, at=AT)
        assert work() == 1
        assert len(tiles(current_with_tiles(layer=layer, by=ANYBODY, at=AT), ZOOM)) == 40


def test_what_takes_too_long_is_ended_with_nothing_left_and_done_by_the_worker(settings, tmp_path):
    settings.MAP_TILES_AT_ONCE_S = 0.001
    with registered(Made(*some_points(40))) as layer:
        for _ in range(2):
            with pytest.raises(NotYet):
                current_with_tiles(layer=layer, by=ANYBODY, at=AT)
        assert [one.suffix for one in tmp_path.glob("map/*/*")].count(".cutting") == 0
        assert work() == 1
        assert current_with_tiles(layer=layer, by=ANYBODY, at=AT).archive.exists()


def test_what_a_kill_leaves_is_cleared(tmp_path):
    layer = Made(a_feature("a"))
    made = current_with_tiles(layer=layer, by=ANYBODY, at=AT)
    left = [made.path.with_name("0.cutting"), made.path.with_suffix(".0")]
    left[0].mkdir()
    (left[0] / "features.json").write_text("{}")
    left[1].write_text("{")
    for one in left:
        os.utime(one, (AT.timestamp() - 7200,) * 2)
    os.utime(made.archive, (AT.timestamp() - 7200,) * 2)

    # The last is named as the edition is: its file is kept with the edition.
    clear(by=BY, at=AT)

    assert (left[0].exists(), made.archive.exists()) == (False, True)
