# SPDX-License-Identifier: Apache-2.0
import json

import pytest

from shanhai.registers.places.forms import FileNotReadable, read_divisions, read_sites
from shanhai.registers.places.tests.builders import a_square
from shanhai.registers.places.values import DivisionRow, SiteRow


@pytest.fixture
def file(tmp_path):
    def write(content, name="file"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def test_divisions_are_read_from_geojson(file):
    feature = {"properties": {"code": 513301, "name": "康定市", "label": [101.5, 29.5]}, "geometry": a_square()}

    assert read_divisions(file(collection(feature))) == (
        DivisionRow(1, "513301", "康定市", label=[101.5, 29.5], geometry=a_square()),
    )


def test_divisions_are_read_from_a_list_in_chinese_with_lines_as_a_sheet_counts_them(file):
    text = "代码,名称,英文名称,级别\n653000,克孜勒苏柯尔克孜自治州,Kizilsu,地级\n\n,,,\n653001, 阿图什市 ,,county\n"

    assert read_divisions(file(text)) == (
        DivisionRow(2, "653000", "克孜勒苏柯尔克孜自治州", "Kizilsu", "prefecture"),
        DivisionRow(5, "653001", "阿图什市", "", "county"),
    )


def test_sites_are_read_from_csv(file):
    text = "名称,经度,纬度,代码,海拔,类别\n折多塘小学,101.85,30.03,513301,3300,学校\n"

    assert read_sites(file(text)) == (SiteRow(2, "折多塘小学", "101.85", "30.03", "513301", "3300", "school"),)


def test_sites_are_read_from_points(file):
    feature = {
        "properties": {"name": "折多塘小学", "altitude": 3300},
        "geometry": {"type": "Point", "coordinates": [101.85, 30.03, 3310.5]},
    }

    assert read_sites(file(collection(feature))) == (SiteRow(1, "折多塘小学", "101.85", "30.03", "", "3300", ""),)


def test_what_excel_saves_in_gb18030_or_with_a_byte_order_mark_is_read(file):
    text = "代码,名称\n513301,康定市\n"

    assert read_divisions(file(text.encode("gb18030")))[0].name == "康定市"
    assert read_divisions(file(text.encode("utf-8-sig")))[0].code == "513301"


def test_features_without_properties_or_of_the_wrong_type_are_left_to_the_rules(file):
    rows = read_divisions(file(collection({}, None, {"properties": [1]}, {"properties": {"code": None}})))

    assert [row.code for row in rows] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "空的"),
        ("代码,名称\n", "空的"),
        ("代码,名称\n,,\n", "空的"),
        ('{"type": "FeatureCollection", "features": []}', "空的"),
        ("号码,叫法\n513301,康定市\n", "列名"),
        ("代码\n513301\n", "列名"),
        ('代码,名称\n"513301,康定市\n', "引号"),
        ("代码,名称\n513301," + "长" * 140_000 + "\n", "引号"),
        ("代码,名称\n513301,康定市\n".encode("utf-16"), "编码"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00", "编码"),
        ('{"type": "FeatureCollection", "features": [', "完整"),
        ("[" * 200_000, "完整"),
        ('{"features": [' + '{"a":' * 100_000, "完整"),
        ('{"type": "Topology"}', "要素集合"),
        ("[1, 2]", "要素集合"),
        ('{"features": {}}', "要素集合"),
        ('{"features": [], "note": "康定"}'.encode("gb18030"), "UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(file, content, why):
    with pytest.raises(FileNotReadable, match=why):
        read_divisions(file(content))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(FileNotReadable, match=r"nowhere\.csv"):
        read_sites(tmp_path / "nowhere.csv")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(FileNotReadable):
        read_sites(tmp_path)


def test_a_huge_file_is_refused_before_it_is_parsed(file, settings):
    settings.UPLOAD_MAX_BYTES = 1 << 20

    with pytest.raises(FileNotReadable, match="1 MB"):
        read_divisions(file(b"x" * ((1 << 20) + 1)))


def test_too_many_rows_are_refused(file, settings):
    settings.IMPORT_MAX_ROWS = 2

    with pytest.raises(FileNotReadable, match="2 行"):
        read_sites(file("name,lon,lat\n" + "a,101,30\n" * 3))
