# SPDX-License-Identifier: Apache-2.0
"""Waiving an item and releasing the batch."""

from datetime import timedelta
from uuid import uuid4

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.states import IllegalMove
from shanhai.planning.handovers.models import HandoverItem
from shanhai.planning.handovers.services import refresh, release, waive
from shanhai.planning.handovers.tests.builders import (
    a_cause,
    a_handover,
    a_place_to_leave,
    a_task,
    only,
    the_item,
)
from shanhai.planning.handovers.values import Responsible, ResponsibleKind
from shanhai.planning.projects.tests.builders import a_project
from tests.cast import AT, AUDITOR, DEPUTY, KANGDING, LEAD, OFFICE, STRANGER, actor
from tests.refusals import refused

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)
WHY = "由第十批接着办"


@pytest.fixture
def handover():
    """One open task holds the batch back."""
    a_place_to_leave()
    a_task()
    return a_handover()


def let_go(item, *, by=DEPUTY, because=WHY):
    return waive(by=by, at=LATER, item=item.uuid, because=because)


def let_leave(handover, *, by=OFFICE):
    return release(by=by, at=LATER, handover=handover.uuid)


def test_a_waiver_says_who_when_and_why(handover):
    item = let_go(the_item(), because=f"  {WHY}  ")

    item.refresh_from_db()
    assert (item.state, item.waived_because, item.closed_at, item.closed_by) == (
        "waived", WHY, LATER, "user:commander"
    )  # fmt: skip
    move = item.moves.order_by("-pk").first()
    assert (move.old, move.new, move.by, move.because) == ("open", "waived", "user:commander", WHY)
    last = AuditRow.objects.order_by("-seq").first()
    assert (last.action, last.because) == ("handovers.item.waived", WHY)


def test_a_waiver_without_a_reason_is_refused(handover):
    with refused(BadInput, "handovers.reason_missing"):
        let_go(the_item(), because=" ")

    assert the_item().state == "open"


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (OFFICE, NotAllowed),
        (LEAD, NotAllowed),
        (AUDITOR, NotAllowed),
        (KANGDING, NotAllowed),
        (STRANGER, (NotVisible, "handovers.item_not_found")),
    ],
    ids=lambda one: getattr(one, "name", ""),
)
def test_only_the_commander_waives(handover, by, error):
    with refused(error):
        let_go(the_item(), by=by)

    assert the_item().state == "open"


def test_an_item_that_is_not_there_cannot_be_waived():
    with refused(NotVisible, "handovers.item_not_found"):
        waive(by=DEPUTY, at=LATER, item=uuid4(), because=WHY)


def test_nobody_waives_what_he_answers_for_himself(monkeypatch):
    a_place_to_leave()
    only(monkeypatch, a_cause(responsible=Responsible(ResponsibleKind.PERSON, DEPUTY.ref)))
    a_handover()

    with refused(Refused, "handovers.own_item"):
        let_go(the_item())
    assert the_item().state == "open"

    let_go(the_item(), by=actor("commander", ref="user:another"))
    assert the_item().state == "waived"


def test_an_organisation_that_bears_the_name_of_a_user_is_not_that_user(monkeypatch):
    a_place_to_leave()
    only(monkeypatch, a_cause(responsible=Responsible(ResponsibleKind.ORGANISATION, DEPUTY.ref)))
    a_handover()

    assert let_go(the_item()).state == "waived"


@pytest.mark.parametrize("by", [DEPUTY, actor("commander", ref="user:another")], ids=["the same", "another"])
def test_what_is_waived_is_not_waived_again(handover, by):
    let_go(the_item())

    with pytest.raises(IllegalMove):
        let_go(the_item(), by=by, because="另一个理由")

    assert the_item().waived_because == WHY


def test_what_is_settled_is_not_waived(monkeypatch, handover):
    only(monkeypatch)
    refresh(by=OFFICE, at=AT, handover=handover.uuid)

    with pytest.raises(IllegalMove):
        let_go(the_item())


def test_a_batch_is_held_back_by_number_and_kind(handover):
    a_project(stage="accepted")

    with refused(Refused, "handovers.items_open") as caught:
        let_leave(handover)

    assert "有 3 项未办（决算（结报）未办结 1 项、资产未移交 1 项、任务未完成 1 项）" in str(caught.value)
    handover.refresh_from_db()
    assert (handover.state, handover.released_at) == ("open", None)
    assert AuditRow.objects.filter(action="handovers.handover.released").count() == 0


def test_what_turned_up_meanwhile_holds_the_batch_back_and_stays_on_the_list():
    a_place_to_leave()
    handover = a_handover()
    a_task()

    with refused(Refused, "handovers.items_open"):
        let_leave(handover)

    assert HandoverItem.objects.filter(state="open").count() == 1


def test_a_batch_leaves_when_everything_is_settled_or_waived(monkeypatch):
    a_place_to_leave()
    stays, goes = a_cause(), a_cause()
    only(monkeypatch, stays, goes)
    handover = a_handover()
    let_go(the_item(subject_id=stays.subject_id))
    only(monkeypatch, stays)

    let_leave(handover)

    handover.refresh_from_db()
    assert (handover.state, handover.released_at, handover.released_by) == ("released", LATER, "user:office")
    assert sorted(HandoverItem.objects.values_list("state", flat=True)) == ["settled", "waived"]
    assert AuditRow.objects.order_by("-seq").first().action == "handovers.handover.released"


def test_a_batch_is_released_once(handover):
    let_go(the_item())
    let_leave(handover)

    with refused(Conflict, "handovers.handover_released"):
        let_leave(handover)


def test_nothing_is_waived_after_the_release(monkeypatch, handover):
    only(monkeypatch)
    let_leave(handover)

    with refused(Conflict, "handovers.handover_released"):
        let_go(the_item())


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
def test_only_who_manages_hand_overs_releases(handover, by, error):
    let_go(the_item())

    with refused(error):
        let_leave(handover, by=by)

    handover.refresh_from_db()
    assert handover.state == "open"
