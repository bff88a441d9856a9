# SPDX-License-Identifier: Apache-2.0
"""A layer is a file for each readership, made anew when its rows have changed, and by the worker where it is large."""

import os
import sqlite3
from datetime import timedelta

import pyogrio
import pytest
import shapely

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import member_of, readership_of
from shanhai.base.jobs.models import Job
from shanhai.base.jobs.services import run
from shanhai.base.jobs.states import JobState
from shanhai.insight.map.editions.selectors import layer_named
from shanhai.insight.map.editions.services import NotYet, clear, current, start_making
from shanhai.insight.map.ogc.selectors.items import item_of, items_of
from shanhai.insight.map.ogc.values import Wanted
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.kernel.actors import NOBODY, Actor, Scope, system
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.maps import MapFeature, MapField
from shanhai.kernel.messages import message
from shanhai.kernel.subjects import Subject
from tests.cast import AT

pytestmark = pytest.mark.django_db
BY = system("test")
ANYBODY = Actor("user:1")


def something_happens(programme=""):
    audit.record(by=BY, at=AT, action="map.token.given", on=Subject("projects.project", "1", programme), changes={})


def work():
    """What a worker does: start jobs, do them."""
    started = start_making(by=BY, at=AT)
    for job in Job.objects.exclude(state=JobState.DONE):
        run(by=BY, at=AT, job=job.uuid)
    assert not Job.objects.exclude(state=JobState.DONE).exists()
    return started


def files(folder):
    return sorted(folder.glob("map/*/*.gpkg"))


def test_the_file_holds_what_the_layer_says(tmp_path):
    layer = Made(
        a_feature("a"), a_feature("b", (-179.5, -12.25), name=None, level=None, share=None, open=None, on=None)
    )

    made = current(layer=layer, by=ANYBODY, at=AT)

    _, _, shapes, columns = pyogrio.raw.read(made.path)
    assert [list(column) for column in columns[:2]] == [["a", "b"], ["a", None]]
    with sqlite3.connect(made.path) as file:
        rows = file.execute('SELECT id, name, level, share, "open", "on" FROM features ORDER BY fid').fetchall()
    assert rows == [("a", "a", 1, 0.5, 1, "2026-11-30"), ("b", None, None, None, None, None)]
    assert (made.features, len(shapes)) == (2, 2)
    assert current(layer=Made(key="empty"), by=ANYBODY, at=AT).features == 0


def test_it_is_made_anew_when_its_rows_have_changed_and_not_before(tmp_path):
    layer = Made(a_feature("a"))
    first = current(layer=layer, by=ANYBODY, at=AT)
    assert current(layer=layer, by=ANYBODY, at=AT) == first
    assert len(layer.asked) == 1

    something_happens()
    again = current(layer=layer, by=ANYBODY, at=AT)
    assert (len(layer.asked), again.digest, len(files(tmp_path))) == (2, first.digest, 1)

    something_happens()
    layer.given.append(a_feature("b"))
    assert current(layer=layer, by=ANYBODY, at=AT).features == 2
    assert len(files(tmp_path)) == 2


def test_what_happens_elsewhere_makes_nothing_anew():
    layer = Made(a_feature(), permission="project.view")
    mine = Actor("user:1", grants={"project.view": (Scope("zj-ganzi"),)})
    current(layer=layer, by=mine, at=AT)

    something_happens("zj-naqu")
    current(layer=layer, by=mine, at=AT)
    something_happens("zj-ganzi")
    current(layer=layer, by=mine, at=AT)

    assert len(layer.asked) == 2


def test_a_large_layer_is_made_by_the_worker_and_served_as_it_was_meanwhile(settings):
    settings.MAP_SMALL_FEATURES = 2
    layer = Made(*(a_feature(str(number)) for number in range(3)))
    with registered(layer):
        with pytest.raises(NotYet):
            current(layer=layer, by=ANYBODY, at=AT)
        assert (work(), work()) == (1, 0)
        first = current(layer=layer, by=ANYBODY, at=AT)

        something_happens()
        layer.given.pop(0)
        assert current(layer=layer, by=ANYBODY, at=AT).digest == first.digest
        assert start_making(by=BY, at=AT) == 1
        # It is asked for once, however many ask.
        assert current(layer=layer, by=ANYBODY, at=AT).digest == first.digest
        assert start_making(by=BY, at=AT) == 0
        # Nor again at once where it failed, while its app is out of order.
        layer.fault = ValueError("broken")
        for job in Job.objects.exclude(state=JobState.DONE):
            run(by=BY, at=AT, job=job.uuid)
        assert current(layer=layer, by=ANYBODY, at=AT).digest == first.digest
        assert start_making(by=BY, at=AT) == 0

        layer.fault = None
        Job.objects.all().delete()
        os.utime(next((settings.DATA_DIR / "map").glob("*/*.asked")), (0, 0))
        assert current(layer=layer, by=ANYBODY, at=AT).digest == first.digest
        work()
        assert current(layer=layer, by=ANYBODY, at=AT).features == 2


def test_an_readership_is_who_sees_the_same_and_its_member_sees_no_more():
    scopes = (Scope("zj-ganzi", "513301"), Scope("zj-naqu"))
    viewer = Actor("user:1", grants={"project.view": scopes, "project.manage": (Scope(),)})
    layer = Made(permission="project.view")

    readership = readership_of(layer, viewer)

    assert readership == "zj-ganzi@513301;zj-naqu@*"
    assert set(member_of(layer, readership).grants.items()) == {("project.view", scopes)}
    assert readership_of(layer, Actor("user:2", grants={"project.view": (Scope(), Scope("zj-naqu"))})) == "*@*"
    assert [readership_of(one, NOBODY) for one in (layer, Made())] == ["", ""]
    with registered(layer), pytest.raises(NotVisible):
        layer_named("made", viewer=Actor("user:3"))


def test_what_nobody_asks_for_goes_and_what_is_lost_is_made_again(tmp_path):
    layer = Made(a_feature())
    made = current(layer=layer, by=ANYBODY, at=AT)
    made.path.unlink()
    assert current(layer=layer, by=ANYBODY, at=AT).path.exists()

    # It is asked for on the day; a file of two hours ago that nobody names is none of a writer's.
    assert clear(by=BY, at=AT + timedelta(days=6)) == 0
    assert clear(by=BY, at=AT + timedelta(days=3650)) == 1
    assert files(tmp_path) == []


def test_a_layer_that_has_another_field_since_an_upgrade_is_read_anew():
    layer = Made(a_feature("a"))
    first = current(layer=layer, by=ANYBODY, at=AT)
    layer.fields = (*layer.fields, MapField("since", message("从"), "date"))
    layer.given = [MapFeature("a", layer.given[0].wkb, (*layer.given[0].values, "2026-01-01"))]

    second = current(layer=layer, by=ANYBODY, at=AT)
    assert second.digest != first.digest
    assert item_of(second, layer, "a").values == [["a", 1, 0.5, True, "2026-11-30", "2026-01-01"]]


def test_features_that_meet_an_outline_are_counted_without_those_beside_it_in_its_box():
    layer = Made(*(a_feature(f"{lon}", (lon, 30.1)) for lon in (100.1, 100.5, 100.9)))
    corner = shapely.Polygon([(100, 30), (100.7, 30), (100, 31)])
    found = items_of(current(layer=layer, by=ANYBODY, at=AT), layer, Wanted(1, box=(100, 30, 101, 31), outline=corner))

    assert (found.matched, found.ids) == (2, ["100.1"])


@pytest.mark.parametrize("left", [b"", b"{}", b"[]", b'{"digest": "0'])
def test_what_a_power_cut_left_half_is_made_again(tmp_path, left):
    layer = Made(a_feature("a"))
    made = current(layer=layer, by=ANYBODY, at=AT)
    (note,) = tmp_path.glob("map/*/*.json")

    note.write_bytes(left)
    assert current(layer=layer, by=ANYBODY, at=AT) == made
    os.truncate(made.path, 3000)
    again = current(layer=layer, by=ANYBODY, at=AT)

    assert item_of(again, layer, "a").ids == ["a"]
    note.write_bytes(left)
    clear(by=BY, at=AT)


def test_on_a_full_disk_the_older_edition_stays(monkeypatch):
    layer = Made(a_feature("a"))
    older = current(layer=layer, by=ANYBODY, at=AT)
    layer.given.append(a_feature("b"))
    something_happens()

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shanhai.insight.map.editions.services.write", full)
    assert current(layer=layer, by=ANYBODY, at=AT).digest == older.digest
    with pytest.raises(OSError, match="No space"):
        current(layer=Made(a_feature(), key="other"), by=ANYBODY, at=AT)
