# SPDX-License-Identifier: Apache-2.0
"""Sites from a sheet: all rows or none, the same twice changes nothing, taken back, two hundred at once."""

from dataclasses import replace
from uuid import UUID

import pytest

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.operations.hazards.models import HazardSite
from shanhai.operations.hazards.sites.services.sheets import MOST_ROWS, import_hazard_sites
from shanhai.operations.hazards.sites.values import SiteRow
from shanhai.operations.hazards.tests.builders import a_point, a_site
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.tables.services import undo_import
from tests.cast import AT, OFFICE, STRANGER, actor

ENGINEER = actor("station_engineer", programme="zj-ganzi")
OUTLINE = "101.96,30.05; 101.962,30.05; 101.962,30.052; 101.96,30.052"
ROW = SiteRow(2, "wuse-2", "色乌绒二号坡", "landslide", "513301", OUTLINE, 12, 47, "村小学操场", "101.965", "30.048")


def bring(*rows, by=ENGINEER, crs="wgs84", **more):
    return import_hazard_sites(by=by, at=AT, rows=rows, programme="zj-ganzi", crs=crs, **more)


def test_a_sheet_registers_and_the_same_again_changes_nothing(ganzi):
    second = replace(ROW, row=3, code="wuse-3", shelter_lon="", shelter_lat="", route="101.96,30.05;101.97,30.05")

    for crs in ("wgs84", "gcj02"):
        HazardSite.objects.all().delete()
        done = bring(ROW, second, crs=crs)
        assert (done.applied, done.counts["new"]) == (True, 2)
        again = bring(ROW, second, crs=crs)
        assert (again.counts["new"], again.counts["changed"], again.batch) == (0, 0, "")
    assert HazardSite.objects.get(code="wuse-3").route["type"] == "LineString"


def test_a_sheet_says_which_siren_a_site_has(ganzi):
    bring(replace(ROW, siren="ganzi/wuse/siren"))
    bring(replace(ROW, people=60))

    assert HazardSite.objects.get().siren == "ganzi/wuse/siren"
    assert [one.column for one in bring(replace(ROW, siren="a/#")).problems] == ["siren"]


def test_what_a_row_leaves_empty_stays_and_a_batch_is_taken_back(ganzi):
    bring(ROW)
    done = bring(SiteRow(2, "wuse-2", people=60))

    site = HazardSite.objects.get()
    assert (site.people, site.households, site.name, site.shelter_lon) == (60, 12, ROW.name, 101.965)
    undo_import(by=ENGINEER, at=AT, done=UUID(done.batch), because="传错了")
    assert HazardSite.objects.get().people == 47


def test_a_batch_is_not_taken_back_once_a_point_stands_on_its_site(ganzi):
    done = bring(ROW)
    a_point(HazardSite.objects.get())

    with pytest.raises(Conflict):
        undo_import(by=ENGINEER, at=AT, done=UUID(done.batch), because="传错了")


def test_every_problem_is_listed_by_row_and_column_and_nothing_is_written(ganzi):
    a_programme(code="other", name="另一项")
    a_site("taken", programme="other")
    rows = [
        replace(ROW, row=2),
        replace(ROW, row=3),
        replace(ROW, row=4, code="a", outline="101.96,30.05; 101.962,30.052; 101.962,30.05; 101.96,30.052"),
        replace(ROW, row=5, code="b", shelter=""),
        replace(ROW, row=6, code="c", division="540602", people=-1),
        replace(ROW, row=7, code="taken"),
        replace(ROW, row=8, code="坏"),
        replace(ROW, row=9, code="d", outline="", name=""),
    ]

    report = bring(*rows)

    assert {(one.row, one.column) for one in report.problems} == {
        (3, "code"), (4, "outline"), (5, "shelter"), (6, "people"), (7, "code"), (8, "code"), (9, "outline"),
        (9, "name"),
    }  # fmt: skip
    assert not report.applied
    assert not HazardSite.objects.exclude(code="taken").exists()


def test_a_trial_writes_nothing_and_a_sheet_without_its_system_is_refused_once(ganzi):
    assert bring(ROW, dry_run=True).counts["new"] == 1
    for crs in ("", "beijing54"):
        with pytest.raises(BadInput):
            bring(ROW, crs=crs)
    with pytest.raises(BadInput):
        bring(*[ROW] * (MOST_ROWS + 1))
    assert not HazardSite.objects.exists()


@pytest.mark.parametrize(("by", "error"), [(OFFICE, NotAllowed), (STRANGER, NotVisible)], ids=["office", "stranger"])
def test_who_does_not_manage_sites_takes_none_in(ganzi, by, error):
    with pytest.raises(error):
        bring(ROW, by=by)


def test_two_hundred_at_once(ganzi):
    rows = [replace(ROW, row=number + 2, code=f"slope-{number}", name=f"坡 {number}") for number in range(200)]

    assert bring(*rows).counts["new"] == HazardSite.objects.count() == 200
