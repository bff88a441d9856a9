# SPDX-License-Identifier: Apache-2.0
"""A shape that is given is read whole and in WGS 84, or refused with its place; nothing is mended unsaid."""

import io
import json
import re
import zipfile

import numpy as np
import pyogrio.raw
import pytest
import shapely

from shanhai.insight.map.analysis.rules.drawing import HEIGHT, WIDTH, drawn
from shanhai.insight.map.analysis.rules.plane import area_km2, km_between, km_from, widened
from shanhai.insight.map.analysis.rules.telling import in_bands, in_each
from shanhai.insight.map.analysis.selectors.shapes import shape_of_file, shape_of_text
from shanhai.kernel.errors import BadInput
from shanhai.registers.places.rules.shifts import from_wgs84
from shanhai.registers.places.values import Crs

BOX = shapely.box(101.5, 29.5, 102, 30)


def read(content, name, crs=""):
    return shape_of_file(io.BytesIO(content), name, size=len(content), crs=crs)


def geojson(*shapes, **more):
    features = [
        {"type": "Feature", "properties": {"name": f"块{at}"}, "geometry": json.loads(shapely.to_geojson(one))}
        for at, one in enumerate(shapes)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def shapefile(folder, *shapes, crs="EPSG:4490", names=("康定市",), encoding="gbk", leave=(), stem="a"):
    """The parts of a shapefile in an archive, as offices send them: text in GBK, and no word of it."""
    pyogrio.raw.write(
        folder / f"{stem}.shp", geometry=np.array([shapely.to_wkb(one) for one in shapes], object),
        field_data=[np.array(names, object)], fields=["名称"], geometry_type="Polygon", crs=crs or "EPSG:4490",
        driver="ESRI Shapefile", encoding=encoding,
    )  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in sorted(folder.glob(f"{stem}.*")):
            if part.suffix not in leave and (crs or part.suffix != ".prj"):
                archive.write(part, f"图层/{part.name}")
    return packed.getvalue()


def geopackage(folder, *shapes, crs):
    pyogrio.raw.write(
        folder / "a.gpkg", geometry=np.array([shapely.to_wkb(one) for one in shapes], object),
        field_data=[], fields=[], geometry_type="Unknown", crs=crs, driver="GPKG",
    )  # fmt: skip
    return (folder / "a.gpkg").read_bytes()


KML = f"""<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>一块</name><Polygon><outerBoundaryIs><LinearRing>
<coordinates>{" ".join(f"{x},{y},3200" for x, y in BOX.exterior.coords)}</coordinates>
</LinearRing></outerBoundaryIs></Polygon></Placemark></kml>""".encode()


def said(asked):
    return " ".join(map(str, asked.said))


def test_each_kind_of_file_is_read_as_the_same_shape(tmp_path):
    found = {
        "a.geojson": read(geojson(BOX), "a.geojson"),
        "a.zip": read(shapefile(tmp_path, BOX), "a.zip"),
        "a.gpkg": read(geopackage(tmp_path, BOX, crs="OGC:CRS84"), "a.gpkg"),
        "a.kml": read(KML, "a.kml"),
        "a.wkt": read(BOX.wkt.encode(), "a.wkt"),
    }
    for name, one in found.items():
        assert one.shape.symmetric_difference(BOX).area < 1e-9, name
    assert found["a.geojson"].name == "块0"
    assert found["a.kml"].name == "一块"
    assert "高程" in said(found["a.kml"])


@pytest.mark.parametrize(("encoding", "leave"), [("gbk", (".cpg",)), ("gbk", ()), ("utf-8", (".cpg",)), ("utf-8", ())])
def test_names_of_a_shapefile_are_right_whatever_its_cpg_says(tmp_path, encoding, leave):
    packed = shapefile(tmp_path, BOX, names=("折多山垭口",), encoding=encoding, leave=leave)
    assert read(packed, "a.zip").name == "折多山垭口"


def test_a_cpg_that_lies_is_not_believed(tmp_path):
    shapefile(tmp_path, BOX, names=("折多山垭口",), encoding="gbk")
    (tmp_path / "a.cpg").write_text("UTF-8")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(tmp_path.glob("a.*")):
            archive.write(part, part.name)
    assert read(packed.getvalue(), "a.zip").name == "折多山垭口"


def test_other_systems_are_reckoned_over_and_said(tmp_path):
    # 102°E on the CGCS2000 zone about it, 3,320,000 m north, as pyproj reckons it.
    square = shapely.box(499_000, 3_319_000, 501_000, 3_321_000)
    asked = read(shapefile(tmp_path, square, crs="EPSG:4543"), "a.zip")
    assert asked.shape.centroid.distance(shapely.Point(102, 29.998977)) < 1e-4
    assert 3.9 < area_km2(asked.shape) < 4.1
    assert "CGCS2000" in said(asked) or "4543" in said(asked)

    assert "参数" not in said(asked)
    assert "没有公开的转换参数" in said(read(geopackage(tmp_path, square, crs="EPSG:2383"), "a.gpkg"))

    for crs in (Crs.GCJ02, Crs.BD09):
        shifted = shapely.transform(BOX, lambda at, crs=crs: np.array([from_wgs84(*one, crs) for one in at]))
        there = shape_of_text(shifted.wkt, crs=crs.value)
        assert shapely.hausdorff_distance(there.shape, BOX) < 1e-7
        assert "官方" in said(there)


def test_more_than_one_is_one_and_said():
    asked = read(geojson(BOX, shapely.box(101.8, 29.8, 102.3, 30.2)), "a.geojson")
    assert "共 2 个图形" in said(asked)
    assert "块0、块1" in said(asked)
    whole = shape_of_text(f"GEOMETRYCOLLECTION({BOX.wkt}, POINT(101 30), GEOMETRYCOLLECTION(POINT Z(101 31 5)))")
    assert whole.shape.geom_type == "GeometryCollection"
    assert "高程" in said(whole)


BOW = "POLYGON((101 30, 102 31, 102 30, 101 31, 101 30))"
WRONG = [
    (BOW, "（101.5，30.5）"),
    ("POLYGON((101 30, 102 30, 102 31, 101 31, 101 30),(103 30,103.1 30,103.1 30.1,103 30))", "洞在外边线的外面"),
    ("POLYGON EMPTY", "没有图形"),
    ("GEOMETRYCOLLECTION EMPTY", "没有图形"),
    ("POINT(30 101)", "经度和纬度填反了"),
    ("POINT(500000 3300000)", "以米为单位"),
    ("POINT(10 50)", "不在中国范围内"),
    ("POLYGON((170 30, -170 30, -170 31, 170 31, 170 30))", "180°"),
    ("POINT(nan 30)", "NaN"),
    ("POLYGON((101 30, 102 31))", "没有闭合"),
    ("CIRCULARSTRING(101 30, 101.5 30.5, 102 30)", "弧线"),
    ("SRID=99999;POINT(101 30)", "99999"),
    ("你好", "WKT"),
    ('{"type":"Point","coordinates":[101,NaN]}', "NaN"),
    ('{"type":"Point","coordinates":["a",1]}', "第 1 个图形"),
    ('{"type":"Feature","geometry":null,"properties":{}}', "没有图形"),
    ('{"type":"FeatureCollection","features":[]}', "没有图形"),
    ('{"type":"FeatureCollection","features":[3]}', "第 1 个图形"),
    ('{"type":"FeatureColl', "读不懂"),
    ("GEOMETRYCOLLECTION(" * 20_000, ""),
    ('{"a":' * 200_000, "读不懂"),
]


@pytest.mark.parametrize(("text", "words"), WRONG, ids=[one[0][:24] for one in WRONG])
def test_a_text_that_is_no_shape_is_refused_with_its_place(text, words):
    with pytest.raises(BadInput) as error:
        shape_of_text(text)
    assert words in str(error.value)


def corners(count):
    turns = np.linspace(0, 2 * np.pi, count)
    return shapely.Polygon(np.column_stack((102 + np.cos(turns) / 3, 30 + np.sin(turns) / 3)))


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.shx", b"0")
        archive.writestr("a.shp", bytes(64 << 20))
    return packed.getvalue()


@pytest.mark.parametrize(
    ("make", "name", "words", "field"),
    [
        (lambda at: shapefile(at, BOX, crs=None), "a.zip", ".prj", "crs"),
        (lambda at: shapefile(at, corners(1_000_001)), "a.zip", "1000001 个角点，最多 200000 个", "file"),
        (lambda at: shapefile(at, BOX, leave=(".shx",)), "a.zip", ".shx", "file"),
        (lambda at: shapefile(at, BOX, leave=(".shp",)), "a.zip", "0 个 .shp", "file"),
        (lambda at: shapefile(at, shapely.from_wkt(BOW)), "a.zip", "和自己相交", "file"),
        (lambda at: shapefile(at, BOX)[:700], "a.zip", "解不开", "file"),
        (lambda at: bomb(), "a.zip", "解开后超过", "file"),
        (lambda at: b"", "a.geojson", "空文件", "file"),
        (lambda at: geojson(BOX), "a.gpkg", "扩展名不符", "file"),
        (lambda at: geojson(BOX), "a.xlsx", "不是可以读的图形", "file"),
        (lambda at: b"\x89PNG\r\n", "a.geojson", "不是可以读的图形", "file"),
        (lambda at: b"SQLite format 3\x00" + bytes(200), "a.gpkg", "不是可以读的图形", "file"),
        (lambda at: geopackage(at, BOX, crs="OGC:CRS84")[:9000], "a.gpkg", "读不懂", "file"),
        (lambda at: b"<kml><Placemark>", "a.kml", "读不懂", "file"),
        (lambda at: b'<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "a.kml", "DOCTYPE", "file"),
        (lambda at: geojson(*[BOX] * 2001), "a.json", "超过 2000 个", "file"),
        (lambda at: geojson(BOX, crs={"type": "name", "properties": {"name": "火星"}}), "a.json", "火星", "file"),
        (lambda at: b" " * (3 << 20), "a.geojson", "3 MB，最多 2 MB", "file"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_shape_is_refused_with_its_place(tmp_path, settings, make, name, words, field):
    settings.UNZIPPED_MAX_BYTES = 50 << 20
    content = make(tmp_path)
    settings.UPLOAD_MAX_BYTES = 2 << 20 if words.startswith("3 MB") else 20 << 20
    with pytest.raises(BadInput) as error:
        read(content, name)
    assert words in str(error.value)
    assert name in str(error.value) or "DOCTYPE" in words or "读不懂" in words
    assert error.value.field == field


def test_what_is_declared_must_not_contradict_the_file(tmp_path):
    packed = shapefile(tmp_path, shapely.box(499_000, 3_319_000, 501_000, 3_321_000), crs="EPSG:4543")
    with pytest.raises(BadInput) as error:
        read(packed, "a.zip", crs="gcj02")
    assert error.value.field == "crs"
    declared = read(shapefile(tmp_path, BOX, crs=None, stem="b"), "a.zip", crs="cgcs2000")
    assert declared.shape.equals(BOX)


def test_who_takes_too_long_is_ended_and_told(settings):
    settings.MAP_SHAPE_SECONDS = 0.01
    with pytest.raises(BadInput, match="读不完"):
        shape_of_text(BOX.wkt)


# lon, lat, lon, lat, kilometres: GeographicLib on WGS 84, to the metre.
KNOWN = [
    (100, 30, 101, 31, 146.647), (91, 31, 91, 31.1, 11.087), (91, 31, 92, 31, 95.506),
    (120.2, 30.3, 91.1, 29.65, 2801.673),
]  # fmt: skip


@pytest.mark.parametrize(("lon", "lat", "to_lon", "to_lat", "km"), KNOWN)
def test_distances_are_those_of_the_ellipsoid(lon, lat, to_lon, to_lat, km):
    assert abs(km_between(lon, lat, to_lon, to_lat) - km) < 0.01 + km * 2e-6


@pytest.mark.parametrize("km", [0.1, 10, 500])
def test_what_is_widened_reaches_as_far_as_was_asked(km):
    edge = np.array(widened(shapely.Point(91, 31), km).exterior.coords)
    far = km_between(91, 31, edge[:, 0], edge[:, 1])
    assert np.abs(far / km - 1).max() < 1e-5
    # Of a large shape a thousandth less, in its farthest corners.
    large = shapely.box(86, 29, 94, 34)
    edge = np.array(widened(large, 50).exterior.coords)
    assert np.abs(km_from(large, shapely.points(edge[::20])) / 50 - 1).max() < 1e-3


def test_a_degree_square_has_its_area():
    # The surface of the ellipsoid between two parallels, a degree wide, by its closed formula.
    assert abs(area_km2(shapely.box(100, 30, 101, 31)) - 10_642.39) < 0.1
    assert area_km2(shapely.Point(100, 30)) == 0


def test_what_lies_in_each_area_is_counted_once_for_each():
    areas = np.array([shapely.box(0, 0, 2, 2), shapely.box(1, 1, 3, 3), shapely.box(9, 9, 10, 10)])
    points = shapely.points([(0.5, 0.5), (1.5, 1.5), (3, 3), (5, 5)])
    assert in_each(points, areas) == ([2, 2, 0], 1)
    assert in_each(points[:0], areas) == ([0, 0, 0], 0)


def test_a_limit_belongs_to_the_band_above_and_what_is_not_known_to_none():
    assert in_bands([None, 0, 2499, 2500, 3500, 4499, 4500, 5231]) == [2, 1, 2, 2, 1]


@pytest.mark.parametrize("shape", [shapely.Point(101.5, 30), shapely.LineString([(101, 29), (101.5, 30)]), BOX])
def test_a_drawing_shows_the_shape_in_its_middle_and_what_lies_within(shape):
    zone = widened(shape, 20)
    made = drawn(shape, zone, [("县", shapely.box(100, 29, 103, 31)), ("远", shapely.box(90, 29, 91, 31))], [
        shape.representative_point(), shape.representative_point(), shapely.Point(95, 30),
    ])  # fmt: skip
    assert [name for name, *_ in made.names] == ["县"]
    assert made.shape.startswith("M")
    assert len(made.dots) == 1
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", made.zone)]
    for places, size in ((numbers[::2], WIDTH), (numbers[1::2], HEIGHT)):
        assert 0 < min(places) < size / 2 < max(places) < size
        assert abs(min(places) + max(places) - size) < size / 20


@pytest.mark.parametrize("count", [100, 5001])
def test_many_corners_are_widened_in_a_moment_or_refused(count):
    """At once, ten thousand circles that lie over one another took minutes and gigabytes."""
    spread = np.random.default_rng(1).uniform((101, 29), (102, 30), (count, 2))
    for shape in (shapely.MultiPoint(spread), shapely.LineString(spread)):
        if count > 5000:
            with pytest.raises(BadInput, match="角点太多"):
                widened(shape, 5)
        else:
            zone = widened(shape, 5)
            assert zone.contains(shape)


def test_an_archive_that_is_damaged_within_is_refused():
    """Each way of packing has an error of its own."""
    for packing in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", packing) as archive:
            archive.writestr("a.shp", bytes(range(256)) * 20)
            archive.writestr("a.shx", b"x")
        content = bytearray(packed.getvalue())
        content[45:75] = b"\xa5" * 30
        with pytest.raises(BadInput, match="解不开"):
            read(bytes(content), "a.zip")


def test_a_ring_that_is_not_closed_is_told_with_its_place(tmp_path):
    good = shapefile(tmp_path, shapely.box(101, 30, 102, 31))
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as archive, zipfile.ZipFile(packed, "w") as bad:
        for one in archive.namelist():
            content = bytearray(archive.read(one))
            if one.endswith(".shp"):
                # The last number of the last corner.
                content[-8:] = np.float64(30.5).tobytes()
            bad.writestr(one, bytes(content))
    with pytest.raises(BadInput, match="第 1 个图形"):
        read(packed.getvalue(), "a.zip")


@pytest.mark.parametrize("crs", ["EPSG:3857", {"type": "link", "properties": {"href": "a.prj"}}, {"type": "name"}])
@pytest.mark.parametrize("name", ["a.geojson"])
def test_a_system_that_is_named_otherwise_is_not_passed_over(crs, name):
    with pytest.raises(BadInput, match="不认识"):
        read(geojson(shapely.Point(101, 30), crs=crs), name)
