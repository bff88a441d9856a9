# SPDX-License-Identifier: Apache-2.0
"""Two people act at the same time; the chain has one order. Without the head's lock it would not: see the control."""

from datetime import UTC, datetime

import pytest

from shanhai.base.audit import selectors, services
from shanhai.base.audit.models import ChainHead
from shanhai.kernel.subjects import Subject
from tests.cast import DEPUTY, OFFICE
from tests.concurrency.together import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def act(by):
    for _ in range(20):
        services.record(by=by, at=AT, action="projects.project.moved", on=Subject("a.b", "1"))


def test_two_writers_make_one_chain():
    together(lambda: act(DEPUTY), lambda: act(OFFICE))

    report = selectors.verify_chain()
    assert report.whole
    assert report.rows == 40


def test_control_without_the_lock_writers_collide(monkeypatch):
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda self, **kwargs: self)
    ChainHead.objects.create(pk=1, seq=0, hash="0" * 64)

    errors = together(lambda: act(DEPUTY), lambda: act(OFFICE), may_fail=True)

    assert errors
