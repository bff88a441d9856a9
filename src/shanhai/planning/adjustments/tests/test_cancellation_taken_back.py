# SPDX-License-Identifier: Apache-2.0
"""A cancellation that was carried out and taken back since says so, by whom and when."""

from datetime import timedelta

import pytest

from shanhai.kernel import clock
from shanhai.planning.adjustments.services import apply_adjustment
from shanhai.planning.adjustments.states import Kind, State
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.adjustments.values import Wish
from shanhai.planning.projects.dossier.services.corrections import take_back_move
from tests.cast import AT, OFFICE, a_user, actor_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    with clock.frozen(AT):
        yield


@pytest.fixture
def said(client):
    client.force_login(a_user("office"), backend="allauth.account.auth_backends.AuthenticationBackend")
    return lambda address: client.get(address).content.decode()


def cancelled(park):
    return an_adjustment(project=park.project, kind=Kind.CANCEL, wish=Wish(), state=State.APPLIED)


def test_its_page_and_the_list_say_that_it_was_taken_back_by_whom_and_when(park, said):
    adjustment, deputy = cancelled(park), actor_of(a_user("commander", username="周指挥"))
    here = f"/adjustments/{adjustment.uuid}/"
    assert ("后来撤回" in said(here), "后来撤回" in said("/adjustments/")) == (False, False)

    take_back_move(by=deputy, at=AT + timedelta(days=3), project=park.project.uuid, because="业主又要建了")

    page = said(here)
    assert "周指挥于 2026-11-25 撤回，原因：业主又要建了" in page
    assert "已执行，后来撤回" in page
    assert "已执行，后来撤回" in said("/adjustments/")


def test_of_two_cancellations_the_one_that_stands_is_carried_out(park, said):
    first, deputy = cancelled(park), actor_of(a_user("commander", username="周指挥"))
    take_back_move(by=deputy, at=AT + timedelta(days=1), project=park.project.uuid, because="业主又要建了")
    second = an_adjustment(project=park.project, kind=Kind.CANCEL, wish=Wish(), state=State.APPROVED)
    apply_adjustment(by=OFFICE, at=AT + timedelta(days=2), adjustment=second.uuid)

    assert "已执行，后来撤回" in said(f"/adjustments/{first.uuid}/")
    assert "后来撤回" not in said(f"/adjustments/{second.uuid}/")
