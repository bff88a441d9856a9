# SPDX-License-Identifier: Apache-2.0
import pytest
import shapely

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import Actor, Scope
from shanhai.kernel.errors import BadInput, NotAllowed
from shanhai.registers.places.models import Division, Outline
from shanhai.registers.places.services import import_divisions
from shanhai.registers.places.tests.builders import a_division, a_square
from shanhai.registers.places.values import DivisionRow
from tests.cast import AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER
from tests.refusals import refused

UndeclaredCoordinates = (BadInput, "places.undeclared_coordinates")

pytestmark = pytest.mark.django_db

SICHUAN = DivisionRow(1, "510000", "四川省")
GANZI = DivisionRow(2, "513300", "甘孜藏族自治州", "Garzê Tibetan Autonomous Prefecture")
KANGDING_CITY = DivisionRow(3, "513301", "康定市", geometry=a_square(101.0, 29.0))


def codes_of(report):
    return [(problem.row, problem.column, problem.code) for problem in report.problems]


def test_a_file_is_registered_whole_with_outlines_and_parents_whatever_its_order(at):
    report = import_divisions(by=OFFICE, at=at, rows=[KANGDING_CITY, SICHUAN, GANZI], crs="wgs84", provenance="public")

    kangding = Division.objects.select_related("parent__parent", "outline").get(code="513301")
    assert (tuple(report.counts.values()), report.applied) == ((3, 0, 0), True)
    assert (kangding.parent.name, kangding.parent.parent.name) == ("甘孜藏族自治州", "四川省")
    assert (kangding.outline.west, kangding.outline.north) == (101.0, 30.0)
    assert (kangding.label_lon, kangding.label_lat) == (101.5, 29.5)
    assert (kangding.provenance, kangding.changed_at) == ("public", at)


def test_the_same_file_twice_changes_nothing_and_leaves_no_second_trace(at):
    rows = [SICHUAN, GANZI, KANGDING_CITY]
    import_divisions(by=OFFICE, at=at, rows=rows, crs="gcj02")

    report = import_divisions(by=OFFICE, at=at, rows=rows, crs="gcj02")

    assert (tuple(report.counts.values()), report.applied) == ((0, 0, 3), True)
    assert AuditRow.objects.count() == 1


def test_a_later_file_changes_what_it_states_and_leaves_the_rest(at):
    import_divisions(by=OFFICE, at=at, rows=[SICHUAN, GANZI, KANGDING_CITY], crs="wgs84")
    rows = [
        DivisionRow(2, "513301", name_en="Kangding City"),
        DivisionRow(3, "513300", geometry=a_square(100.0, 28.0, 4)),
    ]

    report = import_divisions(by=OFFICE, at=at, rows=rows, crs="cgcs2000")

    assert (report.counts["new"], report.counts["changed"]) == (0, 2)
    assert Division.objects.get(code="513301").name == "康定市"
    assert Division.objects.get(code="513301").name_en == "Kangding City"
    assert Division.objects.get(code="513300").name_en == "Garzê Tibetan Autonomous Prefecture"
    assert Outline.objects.count() == 2


def test_a_new_outline_replaces_the_old_one(at):
    import_divisions(by=OFFICE, at=at, rows=[SICHUAN, GANZI, KANGDING_CITY], crs="wgs84")

    import_divisions(by=OFFICE, at=at, rows=[DivisionRow(1, "513301", geometry=a_square(101.0, 29.0, 2))], crs="wgs84")

    outline = Outline.objects.get()
    assert (outline.east, outline.north) == (103.0, 31.0)
    assert shapely.from_wkb(bytes(outline.wkb)).area == pytest.approx(4.0)


def test_the_audit_trail_holds_the_counts_and_the_codes(at):
    import_divisions(by=OFFICE, at=at, rows=[SICHUAN, GANZI, KANGDING_CITY], crs="cgcs2000")

    row = AuditRow.objects.get()
    assert (row.action, row.actor) == ("places.divisions.imported", "user:office")
    assert row.changes == {"created": 3, "changed": 0, "crs": "cgcs2000", "codes": ["510000", "513300", "513301"]}


def test_a_dry_run_counts_and_stores_nothing(at):
    report = import_divisions(by=OFFICE, at=at, rows=[SICHUAN, GANZI, KANGDING_CITY], crs="wgs84", dry_run=True)

    assert (report.counts["new"], report.applied) == (3, False)
    assert not Division.objects.exists()
    assert not AuditRow.objects.exists()


@pytest.mark.parametrize("crs", [None, "", "bd"])
def test_coordinates_without_a_known_system_are_refused(at, crs):
    with refused(UndeclaredCoordinates):
        import_divisions(by=OFFICE, at=at, rows=[SICHUAN, GANZI, KANGDING_CITY], crs=crs)

    assert not Division.objects.exists()


def test_a_list_without_coordinates_needs_no_system(at):
    assert import_divisions(by=OFFICE, at=at, rows=[SICHUAN, GANZI]).applied


def test_one_bad_row_keeps_the_whole_file_out_and_every_fault_is_named(at):
    rows = [
        SICHUAN,
        DivisionRow(2, "9933", "不存在"),
        DivisionRow(3, "510000", "四川省"),
        DivisionRow(4, "513301", "", parent="540600"),
        DivisionRow(5, "540602", "色尼区"),
        DivisionRow(6, "511100", "乐山市", level="county"),
        DivisionRow(7, "511300", "南充市", geometry=a_square(30.0, 101.0)),
        DivisionRow(8, "511400", "眉" * 61, label=[float("nan"), 30.0]),
    ]

    report = import_divisions(by=OFFICE, at=at, rows=rows, crs="wgs84")

    assert not report.applied
    assert codes_of(report) == [
        (2, "code", "places.unknown_division_code"),
        (3, "code", "places.duplicate"),
        (4, "name", "places.name_missing"),
        (4, "parent", "places.parent"),
        (5, "parent", "places.unknown_division_code"),
        (6, "level", "places.level"),
        (7, "geometry", "places.coordinates_not_usable"),
        (8, "name", "places.too_long"),
        (8, "label", "places.coordinates_not_usable"),
    ]
    assert str(report.problems[1].where) == "第 3 行 · code"
    assert not Division.objects.exists()


def test_a_mended_outline_is_a_warning_only(at):
    ring = [[100, 30], [101, 30], [101, 31], [100.02, 31], [99.98, 31.02], [99.98, 31], [100, 31.02], [100, 30]]
    row = DivisionRow(1, "510000", "四川省", geometry={"type": "Polygon", "coordinates": [ring]})

    report = import_divisions(by=OFFICE, at=at, rows=[row], crs="wgs84")

    assert report.applied
    assert codes_of(report) == [(1, "geometry", "places.outline_mended")]


def test_a_county_may_lie_straight_under_its_province(at):
    rows = [DivisionRow(1, "420000", "湖北省"), DivisionRow(2, "429004", "仙桃市")]

    import_divisions(by=OFFICE, at=at, rows=rows)

    assert Division.objects.get(code="429004").parent.code == "420000"


def test_a_registered_county_comes_under_a_prefecture_of_the_same_file(at):
    import_divisions(by=OFFICE, at=at, rows=[SICHUAN, DivisionRow(2, "513301", "康定市")])

    report = import_divisions(by=OFFICE, at=at, rows=[GANZI, DivisionRow(3, "513301")])

    assert tuple(report.counts.values()) == (1, 1, 0)
    assert Division.objects.select_related("parent").get(code="513301").parent.code == "513300"


@pytest.mark.parametrize("actor", [STRANGER, KANGDING, AUDITOR, DEPUTY], ids=lambda actor: actor.name)
def test_who_does_not_manage_places_may_not_import(at, actor):
    with pytest.raises(NotAllowed):
        import_divisions(by=actor, at=at, rows=[SICHUAN])

    assert not Division.objects.exists()


def test_a_manager_bound_to_one_place_may_not_change_the_register_of_all(at):
    bound = Actor("user:bound", grants={"place.manage": (Scope(place="513300"),)})
    of_a_programme = Actor("user:office", grants={"place.manage": (Scope(programme="zj-ganzi"),)})

    with pytest.raises(NotAllowed):
        import_divisions(by=bound, at=at, rows=[SICHUAN])
    assert import_divisions(by=of_a_programme, at=at, rows=[SICHUAN]).applied


def test_the_number_of_queries_does_not_grow_with_the_file(at, django_assert_max_num_queries):
    a_division("510000")
    rows = [DivisionRow(n, f"51{n:02}00", f"第{n}号", geometry=a_square(101.0, 29.0)) for n in range(10, 60)]

    with django_assert_max_num_queries(25):
        import_divisions(by=OFFICE, at=at, rows=rows, crs="wgs84")
