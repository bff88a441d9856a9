# SPDX-License-Identifier: Apache-2.0
"""Issue 7, "What needs me": as the one who has to act meets it, through services and pages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from shanhai.planning.adjustments.states import State
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.projects.tests.builders import a_programme as a_desk
from shanhai.planning.projects.tests.builders import a_project
from shanhai.planning.returns.models import Finding
from shanhai.planning.returns.tests.builders import a_return, ganzi_programme
from tests.cast import a_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(a_user(role), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_there_is_one_to_do_for_a_return_with_many_findings(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path, ("康定市", 1, 9, 8, 7, 9), ("泸定县", 1, 9, 10, 7, 9))
    assert Finding.objects.exclude(severity="note").count() > 1

    page = signed_in("office").get("/inbox/").content.decode()

    assert page.count(f"/returns/{report.uuid}/") == 1


def test_after_a_decision_the_next_one():
    a_desk()
    one, other = (an_adjustment(project=a_project(code=code), state=State.SUBMITTED) for code in ("GZ-1", "GZ-2"))
    client = signed_in("commander")
    opened = re.search(rf'"(/adjustments/{one.uuid}/\?todo=\d+)"', client.get("/inbox/").content.decode())
    assert opened is not None
    client.get(opened[1])

    answer = client.post(f"/adjustments/{one.uuid}/refuse", {"seen": "submitted", "words": "今年不办"}, follow=True)

    assert answer.request["PATH_INFO"] == f"/adjustments/{other.uuid}/"
    assert [word in answer.content.decode() for word in ("已记下：不同意。", "办完，下一件：")] == [True, True]
