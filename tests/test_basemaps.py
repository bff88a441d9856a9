# SPDX-License-Identifier: Apache-2.0
"""Settings of a map of others are read to the letter, and what is wrong in them is said at the start."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from pmtiles.tile import Compression

from shanhai.config.basemaps import base_from
from shanhai.insight.map.tests.test_base import an_archive

WMTS = (
    "https://t0.tianditu.gov.cn/vec_w/wmts?LAYER=vec&TILEMATRIXSET=w"
    "&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk={key}"
)
XYZ = "https://tiles.example.org/{z}/{x}/{y}.png"


def test_signs_of_wmts_and_xyz_become_those_of_a_style():
    assert base_from("", "") == ((), None)
    assert base_from(f"{WMTS} {XYZ}", "k1") == (
        (
            WMTS.replace("{TileMatrix}", "{z}")
            .replace("{TileRow}", "{y}")
            .replace("{TileCol}", "{x}")
            .replace("{key}", "k1"),
            XYZ,
        ),
        None,
    )
    restful = "http://10.0.0.7:8080/wmts/img/default/w/{tilematrix}/{tilerow}/{tilecol}"
    assert base_from(restful, "")[0] == ("http://10.0.0.7:8080/wmts/img/default/w/{z}/{y}/{x}",)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("https://tiles.example.org/{z}/{x}.png", "once"),
        ("https://tiles.example.org/{z}/{x}/{y}/{y}", "once"),
        ("https://{s}.example.org/{z}/{x}/{y}.png", "host"),
        ("https://a;script-src/{z}/{x}/{y}", "host"),
        ("https://tiles.example.org/{Layer}/{z}/{x}/{y}", "{Layer"),
        ("https://tiles.example.org/{z}/{x}/{-y}", "once"),
        (WMTS, "SHANHAI_MAP_BASE_KEY"),
        ("https://user:secret@tiles.example.org/{z}/{x}/{y}", "password"),
        ("ftp://tiles.example.org/{z}/{x}/{y}", "http"),
        ("https://webrd01.is.autonavi.com/appmaptile?x={x}&y={y}&z={z}", "GCJ-02"),
        ("https://tiles.example.org/world.pmtiles", "fetch the file"),
        ("maps/world.pmtiles", "whole path"),
        ("/nothing/here.pmtiles", "cannot be read"),
        ("/etc/hostname", ".pmtiles"),
    ],
)
def test_wrong_settings_are_refused_with_a_reason(written, said):
    with pytest.raises(ImproperlyConfigured, match="SHANHAI_MAP_BASE_TILES") as refused:
        base_from(written, "")
    assert said in str(refused.value)


def test_a_file_that_is_none_is_refused_with_a_reason(tmp_path):
    good = an_archive(tmp_path / "good.pmtiles")
    assert base_from(str(good), "") == ((), good)
    for name, change in (("text", b"nothing of ours"), ("old", b"PM" + bytes(130)), ("packed", None)):
        bad = tmp_path / f"{name}.pmtiles"
        data = bytearray(good.read_bytes())
        data[98] = Compression.ZSTD.value
        bad.write_bytes(bytes(data) if change is None else change)
        with pytest.raises(ImproperlyConfigured, match=name):
            base_from(str(bad), "")
