# SPDX-License-Identifier: Apache-2.0
import json

import pytest
import xlsxwriter

from shanhai.kernel.errors import BadInput
from shanhai.kernel.registry import registries
from shanhai.registers.places.forms import division_rows, site_rows
from shanhai.registers.places.models import Division, DivisionChange, Site
from shanhai.registers.places.selectors import codes_of_one_place
from shanhai.registers.places.tests.builders import a_division, a_square
from shanhai.registers.places.values import DivisionRow, SiteRow
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import OFFICE
from tests.refusals import refused

FileNotReadable = (BadInput, "places.file_not_readable")


@pytest.fixture
def file(tmp_path):
    def write(content, name="file.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.fixture
def sheet(tmp_path):
    def write(*rows):
        path = tmp_path / "file.xlsx"
        with xlsxwriter.Workbook(path) as book:
            page = book.add_worksheet()
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
        return path

    return write


@pytest.fixture
def run(at, db):
    def run_it(kind, path, **options):
        importer = registries.importers.get(kind)
        with open_workbook(path=path) as file:
            return importer.run(
                file=file,
                options=options,
                answers={},
                by=OFFICE,
                at=at,
                dry_run=False,
                progress=lambda done, total: None,
            )

    return run_it


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def codes_of(report):
    return [(problem.row, problem.column, problem.code) for problem in report.problems]


def test_divisions_are_read_from_geojson(file):
    feature = {"properties": {"code": 513301, "name": "康定市", "label": [101.5, 29.5]}, "geometry": a_square()}

    assert division_rows(file(collection(feature))) == (
        DivisionRow(1, "513301", "康定市", label=[101.5, 29.5], geometry=a_square()),
    )


def test_a_fault_of_a_feature_is_told_by_its_name(run, file):
    feature = {"properties": {"code": 510000, "name": "四川省"}, "geometry": {"type": "Point"}}

    report = run("divisions", file(collection(feature)), crs="wgs84")

    (found,) = report.problems
    assert (str(found.where), report.applied) == ("第 1 行 · 四川省 · geometry", False)


CHINESE = (
    ("行政区划代码", "名称", "英文名称", "级别"),
    (653000, "克孜勒苏柯尔克孜自治州", "Kizilsu", "地级"),
    (),
    (653001, " 阿图什市 ", "", "county"),
)


@pytest.mark.parametrize("form", ["xlsx", "utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_divisions_are_registered_from_a_table_in_any_form(run, file, sheet, form):
    a_division("650000")
    text = "\n".join(",".join(map(str, row)) for row in CHINESE)
    path = sheet(*CHINESE) if form == "xlsx" else file(text.encode(form))

    report = run("divisions", path, provenance="public")

    found = Division.objects.select_related("parent").get(code="653001")
    assert (report.counts["new"], report.applied, codes_of(report)) == (2, True, [])
    assert (found.name, found.parent.name_en, found.provenance) == ("阿图什市", "Kizilsu", "public")


def test_faults_of_a_table_are_told_by_row_and_header(run, sheet):
    report = run("divisions", sheet(("代码", "名称", "上级"), ("5133", "甘孜州", ""), ("#N/A", "乙", "")))

    assert (3, "代码", "places.unknown_division_code") in codes_of(report)
    assert (2, "代码", "places.unknown_division_code") not in codes_of(report)
    assert not Division.objects.exists()


def test_sites_are_registered_from_a_table(run, sheet):
    a_division("513301", box=(101.0, 29.0, 102.5, 31.0))
    header = ("名称", "经度", "纬度", "代码", "海拔（米）", "类别")

    report = run("sites", sheet(header, ("折多塘小学", 101.85, 30.03, 513321, 3300, "学校")), crs="wgs84")

    site = Site.objects.select_related("division").get()
    assert (site.name, site.lon, site.altitude_m, site.kind) == ("折多塘小学", 101.85, 3300, "school")
    # The code of Kangding when it was a county: found, and told.
    assert (site.division.code, codes_of(report)) == ("513301", [(2, "代码", "places.former_code")])


def test_sites_are_read_from_points(file):
    feature = {
        "properties": {"name": "折多塘小学", "altitude": 3300, "kind": "学校"},
        "geometry": {"type": "Point", "coordinates": [101.85, 30.03, 3310.5]},
    }

    assert site_rows(file(collection(feature))) == (SiteRow(1, "折多塘小学", "101.85", "30.03", "", "3300", "school"),)


CHANGES = ("原代码", "原名称", "新代码", "新名称", "变更类型", "变更时间", "依据")


def test_an_operator_puts_a_change_on_file(run, sheet):
    a_division("513322")
    a_division("513381")
    change = ("513322", "泸定县", "513381", "泸定市", "更名", "2026-05-01", "例")

    assert run("division-changes", sheet(CHANGES, change)).counts["new"] == 1
    assert run("division-changes", sheet(CHANGES, change)).counts["unchanged"] == 1
    corrected = run("division-changes", sheet(CHANGES, (*change[:5], "2026年", "例")))

    assert corrected.counts["changed"] == 1
    assert DivisionChange.objects.get(code_old="513322").since == "2026"
    assert (Division.objects.get(code="513322").valid_to, Division.objects.get(code="513381").valid_from) == (
        "2026",
    ) * 2
    assert codes_of_one_place("513322") == ("513322", "513381")


@pytest.mark.parametrize(
    ("column", "wrong", "code"),
    [
        (0, "5133", "places.unknown_division_code"),
        (2, "993381", "places.unknown_division_code"),
        (0, "513321", "places.followed_already"),
        (3, "长" * 61, "places.too_long"),
        (4, "丢了", "places.change_kind"),
        (5, "去年", "places.change_time"),
        (5, "2026-13-01", "places.change_time"),
    ],
)
def test_a_change_that_is_none_is_refused_by_row(run, sheet, column, wrong, code):
    change = ["513322", "泸定县", "513381", "泸定市", "更名", "2026", "例"]
    before = DivisionChange.objects.count()

    report = run(
        "division-changes", sheet(CHANGES, [wrong if at == column else cell for at, cell in enumerate(change)])
    )

    assert [(found.row, found.code) for found in report.problems] == [(2, code)]
    assert (report.applied, DivisionChange.objects.count()) == (False, before)


def test_features_without_properties_or_of_the_wrong_type_are_left_to_the_rules(file):
    rows = division_rows(file(collection({}, None, {"properties": [1]}, {"properties": {"code": None}})))

    assert [row.code for row in rows] == ["", "", "", ""]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("代码,名称\n", "divisions.no_rows"),
        ("代码,名称\n,,\n", "divisions.no_rows"),
        ("号码,叫法\n513301,康定市\n", "divisions.no_header"),
        ("代码\n513301\n", "divisions.no_header"),
        ('代码,名称\n"513301,康定市\n', "places.unknown_division_code"),
    ],
)
def test_a_table_that_says_nothing_is_refused_with_the_reason(run, file, content, code):
    report = run("divisions", file(content))

    assert code in [found.code for found in report.problems]
    assert report.applied is False


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('{"type": "FeatureCollection", "features": []}', "空的"),
        ('{"type": "FeatureCollection", "features": [', "完整"),
        ("[" * 200_000, "完整"),
        ('{"features": [' + '{"a":' * 100_000, "完整"),
        ('{"type": "Topology"}', "要素集合"),
        ("[1, 2]", "要素集合"),
        ('{"features": {}}', "要素集合"),
        ('{"features": [], "note": "康定"}'.encode("gb18030"), "UTF-8"),
    ],
)
def test_geojson_that_cannot_be_read_is_refused_with_the_reason(file, content, why):
    with refused(FileNotReadable, match=why):
        division_rows(file(content))


def test_what_is_neither_a_table_nor_geojson_is_refused(run, file):
    with refused(BadInput):
        run("divisions", file(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00"))
    with refused(BadInput):
        run("divisions", file(""))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with refused(FileNotReadable, match=r"nowhere\.csv"):
        site_rows(tmp_path / "nowhere.csv")


def test_a_folder_is_refused(tmp_path):
    with refused(FileNotReadable):
        site_rows(tmp_path)


def test_a_huge_file_is_refused_before_it_is_parsed(file, settings):
    settings.UPLOAD_MAX_BYTES = 1 << 20

    with refused(FileNotReadable, match="1 MB"):
        division_rows(file(b"{" + b"x" * (1 << 20)))


def test_too_many_rows_are_refused(run, file, settings):
    settings.IMPORT_MAX_ROWS = 2

    with refused(FileNotReadable, match="2 行"):
        site_rows(file(collection({}, {}, {})))
    with refused(BadInput):
        run("sites", file("name,lon,lat\n" + "a,101,30\n" * 60), crs="wgs84")
