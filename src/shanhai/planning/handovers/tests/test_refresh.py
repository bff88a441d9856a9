# SPDX-License-Identifier: Apache-2.0
"""Opening a hand-over and bringing it up to date."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import Conflict, NotAllowed, NotVisible, Refused
from shanhai.planning.handovers.models import BatchHandover, HandoverItem, HandoverItemMove
from shanhai.planning.handovers.services import Refreshed, open_handover, refresh, release, waive
from shanhai.planning.handovers.tests.builders import (
    LEAVING,
    a_batch,
    a_cause,
    a_handover,
    a_place_to_leave,
    a_task,
    only,
    the_item,
)
from shanhai.planning.handovers.values import ItemKind, Responsible, ResponsibleKind
from shanhai.planning.programmes.campaigns.services.tasks import report_progress
from shanhai.planning.projects.tests.builders import a_project
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER
from tests.refusals import refused

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def again(handover, *, at=LATER):
    return refresh(by=OFFICE, at=at, handover=handover.uuid)


def history(item):
    return [(move.old, move.new) for move in item.moves.order_by("pk")]


def test_opening_collects_what_is_open_and_says_so_in_the_trail():
    a_place_to_leave()
    a_project(stage="accepted")
    a_task()

    handover = a_handover()

    kinds = sorted(handover.items.values_list("kind", flat=True))
    assert kinds == ["asset_not_transferred", "open_settlement", "open_task"]
    assert {tuple(history(item)[0]) for item in handover.items.all()} == {("", "open")}
    last = AuditRow.objects.order_by("-seq").first()
    assert (last.action, last.programme) == ("handovers.handover.opened", "zj-ganzi")
    assert last.changes == {"batch": 9, "due_on": "2026-12-31", "items": 3}


@pytest.mark.parametrize("due_on", [date(2023, 8, 1), date(2020, 1, 1)])
def test_a_batch_does_not_leave_before_it_has_come(due_on):
    a_place_to_leave()

    with refused(Refused, "handovers.leaves_before_it_comes"):
        a_handover(due_on=due_on)


def test_a_batch_has_one_hand_over():
    a_place_to_leave()
    a_handover()

    with refused(Conflict, "handovers.handover_exists"):
        a_handover()


def test_a_batch_of_another_programme_is_none_of_this_one():
    a_place_to_leave()

    with refused(NotVisible, "handovers.batch_not_found"):
        open_handover(by=OFFICE, at=AT, programme="zj-ganzi", batch=uuid4(), due_on=LEAVING)


@pytest.mark.parametrize("by", [AUDITOR, LEAD, FINANCE, KANGDING, STRANGER], ids=lambda actor: actor.name)
def test_only_who_manages_hand_overs_opens_one(by):
    a_place_to_leave()
    batch = a_batch(number=10)

    with pytest.raises(NotAllowed):
        open_handover(by=by, at=AT, programme="zj-ganzi", batch=batch.uuid, due_on=LEAVING)

    assert not BatchHandover.objects.exists()


def test_a_programme_that_is_not_there_is_not_found():
    with pytest.raises(NotVisible):
        open_handover(by=OFFICE, at=AT, programme="nowhere", batch=uuid4(), due_on=LEAVING)


def test_refreshing_twice_changes_nothing():
    a_place_to_leave()
    a_project(stage="completed")
    a_task()
    handover = a_handover()
    before = list(HandoverItem.objects.order_by("pk").values())
    trail = AuditRow.objects.count()

    assert [again(handover), again(handover)] == [Refreshed(), Refreshed()]

    assert list(HandoverItem.objects.order_by("pk").values()) == before
    assert HandoverItemMove.objects.count() == len(before) == 3
    assert AuditRow.objects.count() == trail
    handover.refresh_from_db()
    assert handover.refreshed_at == LATER


def test_an_item_whose_cause_is_gone_is_settled_by_itself():
    a_place_to_leave()
    task = a_task()
    handover = a_handover()
    report_progress(by=OFFICE, at=AT, task=task.uuid, progress_percent=100)

    assert again(handover) == Refreshed(settled=1)

    item = the_item()
    assert (item.state, item.closed_at, item.closed_by, item.waived_because) == ("settled", LATER, "user:office", "")
    assert history(item) == [("", "open"), ("open", "settled")]
    assert AuditRow.objects.order_by("-seq").first().changes == {
        "added": 0, "settled": 1, "reopened": 0, "told_anew": 0
    }  # fmt: skip


def test_an_item_whose_cause_is_back_is_open_again():
    a_place_to_leave()
    task = a_task()
    handover = a_handover()
    report_progress(by=OFFICE, at=AT, task=task.uuid, progress_percent=100)
    again(handover)
    report_progress(by=OFFICE, at=AT, task=task.uuid, progress_percent=60)

    assert again(handover) == Refreshed(reopened=1)

    item = the_item()
    assert (item.state, item.closed_at, item.closed_by) == ("open", None, "")
    assert history(item) == [("", "open"), ("open", "settled"), ("settled", "open")]


def test_something_new_is_added_to_a_list_that_is_there():
    a_place_to_leave()
    handover = a_handover()
    a_task()

    assert again(handover) == Refreshed(added=1)


def test_what_was_waived_stays_whatever_comes(monkeypatch):
    a_place_to_leave()
    cause = a_cause()
    only(monkeypatch, cause)
    handover = a_handover()
    waive(by=DEPUTY, at=AT, item=the_item().uuid, because="由第十批接着办")

    for causes in ([cause], [replace(cause, label="别的")], []):
        only(monkeypatch, *causes)

        assert again(handover) == Refreshed()

    item = the_item()
    assert (item.state, item.label, item.waived_because) == ("waived", "验收报告", "由第十批接着办")


def test_an_open_item_says_what_its_cause_says_now(monkeypatch):
    a_place_to_leave()
    cause = a_cause()
    only(monkeypatch, cause)
    handover = a_handover()
    only(monkeypatch, replace(cause, label="移交清单", since=date(2026, 10, 1)))

    assert again(handover) == Refreshed(told_anew=1)

    item = the_item()
    assert (item.label, item.since, item.state) == ("移交清单", date(2026, 10, 1), "open")
    assert history(item) == [("", "open")]


def test_nothing_changes_once_the_batch_is_released():
    a_place_to_leave()
    handover = a_handover()
    release(by=OFFICE, at=AT, handover=handover.uuid)
    a_task()

    with refused(Conflict, "handovers.handover_released"):
        again(handover)

    assert not HandoverItem.objects.exists()


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (AUDITOR, NotAllowed),
        (KANGDING, NotAllowed),
        (LEAD, NotAllowed),
        (STRANGER, (NotVisible, "handovers.handover_not_found")),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_only_who_manages_hand_overs_refreshes_one(by, error):
    a_place_to_leave()
    handover = a_handover()

    with refused(error):
        refresh(by=by, at=LATER, handover=handover.uuid)


@pytest.mark.parametrize("size", [1, 500])
def test_a_refresh_of_five_hundred_items_takes_hardly_more_queries_than_one(
    monkeypatch, size, django_assert_max_num_queries
):
    a_place_to_leave()
    causes = [a_cause() for _ in range(size)]
    only(monkeypatch, *causes)
    handover = a_handover()
    only(monkeypatch)

    with django_assert_max_num_queries(20):
        assert again(handover) == Refreshed(settled=size)


def test_every_kind_and_every_responsible_can_be_stored(monkeypatch):
    a_place_to_leave()
    whose = [Responsible(kind, "" if kind is ResponsibleKind.OFFICE else "谁") for kind in ResponsibleKind]
    only(monkeypatch, *(a_cause(kind=kind, responsible=one) for kind in ItemKind for one in whose))

    assert a_handover().items.count() == 48
