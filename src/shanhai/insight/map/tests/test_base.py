# SPDX-License-Identifier: Apache-2.0
"""A map of others lies beneath ours: by an address or from a file, with whose it is and its review number."""

import gzip

import mapbox_vector_tile
import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from shanhai.insight.map.tests.test_tiles import asked_in_front
from shanhai.insight.map.tiles import selectors
from shanhai.planning.projects.tests.builders import a_programme

TILE = gzip.compress(
    mapbox_vector_tile.encode([{"name": "water", "features": [{"geometry": "POINT(1 1)", "properties": {}}]}])
)


def an_archive(path, kind=TileType.MVT, data=TILE, packed=Compression.GZIP):
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(13, 6400, 3400), data)
        head = {
            "tile_type": kind, "tile_compression": packed, "min_zoom": 0, "max_zoom": 13, "center_zoom": 5,
            "min_lon_e7": 970000000, "min_lat_e7": 280000000, "max_lon_e7": 1030000000, "max_lat_e7": 340000000,
            "center_lon_e7": 1000000000, "center_lat_e7": 310000000,
        }  # fmt: skip
        writer.finalize(head, {"attribution": '<a href="https://osm.org" onclick="x()">© OpenStreetMap</a>'})
    return path


@pytest.fixture
def commander(db, sign_in):
    a_programme()
    return sign_in("commander")


def test_only_the_host_of_the_tiles_is_let_in_and_its_number_stands_on_the_map(commander, settings):
    def policy():
        answer = commander.get("/map/")
        parts = dict(one.strip().partition(" ")[::2] for one in answer["Content-Security-Policy"].split(";"))
        return parts, answer.content.decode()

    before, page = policy()
    assert "审图号" not in page
    settings.MAP_BASE_TILES = ("https://t0.tianditu.gov.cn/a/{z}/{x}/{y}", "https://t0.tianditu.gov.cn/b/{z}/{x}/{y}")
    settings.MAP_REVIEW_NUMBER, settings.MAP_BASE_ATTRIBUTION = "GS（2024）0568号", "<b>天地图"
    after, page = policy()
    for name in ("img-src", "connect-src"):
        assert set(after.pop(name).split()) - set(before.pop(name).split()) == {"https://t0.tianditu.gov.cn"}
    assert after == before
    assert "审图号：GS（2024）0568号" in page
    assert "tianditu" not in commander.get("/map/access/")["Content-Security-Policy"]

    style = commander.get("/map/style.json").json()
    assert [style["sources"][name]["tiles"][0][-13:] for name in ("base", "base-1")] == [
        "a/{z}/{x}/{y}",
        "b/{z}/{x}/{y}",
    ]
    assert style["sources"]["base"]["attribution"] == "&lt;b&gt;天地图 · 审图号：GS（2024）0568号"
    assert [one["id"] for one in style["layers"]][:3] == ["ground", "base", "base-1"]


def test_an_archive_goes_to_who_has_signed_in_and_draws_no_boundary(commander, client, settings, tmp_path):
    settings.MAP_BASE_ARCHIVE = an_archive(tmp_path / "a.pmtiles")
    style = commander.get("/map/style.json").json()
    source = style["sources"]["base"]
    assert (source["type"], source["maxzoom"], source["attribution"]) == ("vector", 13, "© OpenStreetMap")
    drawn = {one["source-layer"] for one in style["layers"] if one.get("source") == "base"}
    assert drawn == {"earth", "landcover", "landuse", "water", "roads", "places"}
    assert client.get("/map/style.json").status_code == 302

    path = source["tiles"][0].removeprefix("http://testserver")
    body, told = asked_in_front(path.format(z=13, x=6400, y=3400), HTTP_ACCEPT_ENCODING="gzip")
    assert (body, told["headers"]["Content-Encoding"]) == (TILE, "gzip")
    for at, status in (("13/1/1", 204), ("14/1/1", 404), ("13/9999/1", 404)):
        assert asked_in_front(path.partition("{")[0] + at)[1]["status"] == status
    assert asked_in_front(path.replace("-base", "other").format(z=0, x=0, y=0))[1]["status"] == 404

    # Another file of that name has another address, the old one is none, and a file that is gone leaves our own sheet.
    an_archive(tmp_path / "a.pmtiles", TileType.PNG, b"\x89PNG", Compression.NONE)
    for kept in (selectors._base, selectors._named):
        kept.cache_clear()
    assert asked_in_front(path.format(z=13, x=6400, y=3400))[1]["status"] == 404
    source = commander.get("/map/style.json", headers={"Accept-Language": "en"}).json()["sources"]["base"]
    assert source["type"] == "raster"
    path = source["tiles"][0].removeprefix("http://testserver").format(z=13, x=6400, y=3400)
    body, told = asked_in_front(path, HTTP_ACCEPT_ENCODING="gzip")
    assert (body, told["headers"]["Content-Type"], told["headers"].get("Content-Encoding")) == (
        b"\x89PNG",
        "image/png",
        None,
    )
    settings.MAP_BASE_ARCHIVE.unlink()
    assert "base" not in commander.get("/map/style.json").json()["sources"]
