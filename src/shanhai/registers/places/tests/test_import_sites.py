# SPDX-License-Identifier: Apache-2.0
import pytest
from django.db import transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed
from shanhai.registers.places import services
from shanhai.registers.places.models import Site
from shanhai.registers.places.services import import_sites
from shanhai.registers.places.tests.builders import a_division
from shanhai.registers.places.values import SiteRow
from tests.cast import AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

UndeclaredCoordinates = (BadInput, "places.undeclared_coordinates")
ImportedMeanwhile = (Conflict, "places.imported_meanwhile")

pytestmark = pytest.mark.django_db

SCHOOL = SiteRow(2, "折多塘小学", "101.85", "29.95", "513301", "3300", "school")


@pytest.fixture(autouse=True)
def _divisions():
    a_division("513301", box=(101.0, 29.0, 102.0, 30.0))
    a_division("513322", box=(102.0, 29.0, 103.0, 30.0))
    a_division("540602")


def codes_of(report):
    return [(problem.row, problem.column, problem.code) for problem in report.problems]


def test_a_site_is_registered_in_the_division_it_names(at):
    report = import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs="wgs84", provenance="demo")

    site = Site.objects.select_related("division").get()
    assert (report.counts["new"], report.applied, report.problems) == (1, True, ())
    assert (site.division.code, site.kind, site.lon, site.lat) == ("513301", "school", 101.85, 29.95)
    assert (site.altitude_m, site.provenance) == (3300, "demo")


def test_a_site_without_a_code_gets_the_county_it_lies_in(at):
    import_sites(by=OFFICE, at=at, rows=[SiteRow(2, "泸定桥", "102.23", "29.91")], crs="wgs84")

    assert Site.objects.get().division.code == "513322"


def test_the_same_file_twice_changes_nothing(at):
    import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs="gcj02")

    report = import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs="gcj02")

    assert (report.counts["new"], report.counts["changed"], report.counts["unchanged"]) == (0, 0, 1)
    assert AuditRow.objects.count() == 1


def test_a_later_file_moves_a_site_and_keeps_what_it_does_not_state(at):
    import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs="wgs84")

    report = import_sites(by=OFFICE, at=at, rows=[SiteRow(2, "折多塘小学", "101.86", "29.95", "513301")], crs="wgs84")

    site = Site.objects.get()
    assert (report.counts["changed"], site.lon, site.altitude_m, site.kind) == (1, 101.86, 3300, "school")


@pytest.mark.parametrize("crs", [None, "", "bd"])
def test_undeclared_coordinates_are_refused(at, crs):
    with refused(UndeclaredCoordinates):
        import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs=crs)


def test_one_bad_row_keeps_the_whole_file_out_and_every_fault_is_named(at):
    rows = [
        SCHOOL,
        SiteRow(3, "折多塘小学", "101.80", "29.90", "513301"),
        SiteRow(4, "远处", "104.06", "30.66", "513301"),
        SiteRow(5, "填反", "29.95", "101.85", "513301"),
        SiteRow(6, "邻县", "102.50", "29.50", "513301"),
        SiteRow(7, "哪里", "90.00", "32.00"),
        SiteRow(8, "无此地", "101.5", "29.5", "513399"),
        SiteRow(9, "非代码", "101.5", "29.5", "康定"),
        SiteRow(10, "度分秒", "101°51′", "29.5", "513301"),
        SiteRow(11, "没有", "", "", "513301"),
        SiteRow(12, "不是数", "nan", "29.5", "513301"),
        SiteRow(13, "太高", "101.5", "29.5", "513301", "9001"),
        SiteRow(14, "带单位", "101.5", "29.5", "513301", "3300米"),
        SiteRow(15, "无穷高", "101.5", "29.5", "513301", "Infinity"),
        SiteRow(16, "怪类", "101.5", "29.5", "513301", "", "castle"),
        SiteRow(17, "", "101.5", "29.5", "513301"),
        SiteRow(18, "名" * 101, "101.5", "29.5", "513301"),
    ]

    report = import_sites(by=OFFICE, at=at, rows=rows, crs="wgs84")

    assert codes_of(report) == [
        (3, "name", "places.duplicate"),
        (4, "lon", "places.outside_division"),
        (5, "lon", "places.coordinates_not_usable"),
        (6, "lon", "places.outside_division"),
        (7, "division", "places.not_located"),
        (8, "division", "places.unknown_division_code"),
        (9, "division", "places.unknown_division_code"),
        (10, "lon", "places.coordinates_not_usable"),
        (11, "lon", "places.coordinates_not_usable"),
        (12, "lon", "places.coordinates_not_usable"),
        (13, "altitude", "places.altitude"),
        (14, "altitude", "places.altitude"),
        (15, "altitude", "places.altitude"),
        (16, "kind", "places.kind"),
        (17, "name", "places.name_missing"),
        (18, "name", "places.name_missing"),
    ]
    assert "落在 513322，不在 513301" in str(report.problems[3].message)
    assert "填反" in str(report.problems[2].message)
    assert not Site.objects.exists()


def test_a_site_just_outside_a_simplified_border_is_taken_with_a_warning(at):
    rows = [SiteRow(2, "界边", "101.5", "30.01", "513301")]

    report = import_sites(by=OFFICE, at=at, rows=rows, crs="wgs84")

    assert report.applied
    assert codes_of(report) == [(2, "lon", "places.near_border")]


def test_a_division_without_an_outline_is_compared_with_what_it_lies_in(at):
    a_division("540600", box=(90.0, 30.0, 93.0, 33.0))

    inside = import_sites(by=OFFICE, at=at, rows=[SiteRow(2, "色尼", "92.05", "31.48", "540602")], crs="wgs84")
    outside = import_sites(by=OFFICE, at=at, rows=[SiteRow(2, "别处", "101.5", "29.5", "540602")], crs="wgs84")

    assert inside.applied
    assert codes_of(outside) == [(2, "lon", "places.outside_division")]


def test_a_dry_run_stores_nothing(at):
    report = import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs="wgs84", dry_run=True)

    assert (report.counts["new"], report.applied) == (1, False)
    assert not Site.objects.exists()


def test_the_audit_trail_holds_the_counts_and_the_divisions(at):
    import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs="wgs84")

    row = AuditRow.objects.get()
    assert row.action == "places.sites.imported"
    assert row.changes == {"created": 1, "changed": 0, "crs": "wgs84", "divisions": ["513301"]}


@pytest.mark.parametrize("actor", [STRANGER, KANGDING, AUDITOR, DEPUTY], ids=lambda actor: actor.name)
def test_who_does_not_manage_places_may_not_import(at, actor):
    with pytest.raises(NotAllowed):
        import_sites(by=actor, at=at, rows=[SCHOOL], crs="wgs84")


def test_the_number_of_queries_does_not_grow_with_the_file(at, django_assert_max_num_queries):
    rows = [SiteRow(n, f"第{n}号", "101.5", "29.5") for n in range(2, 402)]

    with django_assert_max_num_queries(30):
        import_sites(by=OFFICE, at=at, rows=rows, crs="wgs84")


def test_a_second_import_of_the_same_at_the_same_time_is_told_and_stores_nothing(at, monkeypatch):
    def stale(pairs, fill, fields):
        return [Site(division=site.division, name=row.name, lon=row.lon, lat=row.lat) for site, row in pairs], []

    import_sites(by=OFFICE, at=at, rows=[SCHOOL], crs="wgs84")
    monkeypatch.setattr(services, "brought", stale)

    with refused(ImportedMeanwhile), transaction.atomic():
        import_sites(by=OFFICE, at=at, rows=[SiteRow(2, "另一处", "101.2", "29.2"), SCHOOL], crs="wgs84")

    assert Site.objects.count() == AuditRow.objects.count() == 1
