# SPDX-License-Identifier: Apache-2.0
"""The demo's own files, through the importer that the console uses."""

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.kernel.registry import registries
from shanhai.registers.places import providers
from shanhai.registers.places.models import Division
from shanhai.registers.places.selectors import list_counties_of, list_shapes, locate
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.architecture.tree import ROOT
from tests.cast import OFFICE
from tests.refusals import refused

UndeclaredCoordinates = (BadInput, "places.undeclared_coordinates")

pytestmark = pytest.mark.django_db

LIST, OUTLINES = ROOT / "demo" / "divisions.csv", ROOT / "demo" / "divisions.geojson"


@pytest.fixture
def run(at):
    def run_it(path, kind="divisions", **options):
        importer = registries.importers.get(kind)
        given = {"answers": {}, "dry_run": False, "progress": lambda done, total: None}
        with open_workbook(path=path) as file:
            return importer.run(file=file, options=options, by=OFFICE, at=at, **given)

    return run_it


def test_the_list_and_the_outlines_fit_together_in_either_order(run):
    outlines = run(OUTLINES, crs="wgs84")
    names = run(LIST)
    again = run(OUTLINES, crs="wgs84")

    assert (outlines.rows, outlines.counts["new"], outlines.applied, outlines.problems) == (78, 78, True, ())
    assert (names.rows, names.counts["new"], names.counts["changed"], names.problems) == (85, 7, 78, ())
    assert (again.counts["new"], again.counts["changed"], again.counts["unchanged"]) == (0, 0, 78)
    assert Division.objects.exclude(name_en="").count() == 85
    assert providers.Boxes().run() == ()


def test_known_places_lie_in_their_counties(run):
    run(OUTLINES, crs="wgs84")

    def at(lon, lat):
        code = locate([(lon, lat)])[0]
        return Division.objects.get(code=code).name if code else None

    assert at(101.96, 30.05) == "康定市"
    assert at(100.27, 29.99) == "理塘县"
    assert at(92.05, 31.48) == "色尼区"
    assert at(97.17, 31.14) == "卡若区"
    assert at(80.26, 41.17) == "阿克苏市"
    assert at(91.11, 29.65) is None


@pytest.mark.parametrize(("code", "count", "drawn"), [("513300", 18, 18), ("540600", 11, 11), ("653000", 4, 0)])
def test_each_receiving_prefecture_has_its_counties(run, code, count, drawn):
    run(LIST)
    run(OUTLINES, crs="wgs84")

    shapes = list_shapes(under=code, width=640, height=480)

    assert list_counties_of(code).count() == count
    assert len(shapes) == drawn
    assert sum(len(shape.path) for shape in shapes) < 25_000


def test_outlines_without_a_declared_system_are_refused(run):
    with refused(UndeclaredCoordinates):
        run(OUTLINES)

    assert not Division.objects.exists()


def test_sites_are_imported_by_the_same_command(run, tmp_path):
    run(OUTLINES, crs="wgs84")
    path = tmp_path / "sites.csv"
    path.write_text("name,lon,lat,altitude\n折多塘小学,101.85,30.03,3300\n", "utf-8")

    report = run(path, kind="sites", crs="wgs84")

    assert (report.kind, report.counts["new"], report.applied) == ("sites", 1, True)
