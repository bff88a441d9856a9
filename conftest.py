# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: a fixed instant, somebody signed in. The data folder is in ``tests/settings.py``."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from shanhai.kernel import clock

AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def at() -> datetime:
    """Sunday 22 November 2026, 10:00 in Shanghai."""
    return AT


@pytest.fixture
def frozen_clock(at: datetime):
    """The clock stands at ``at`` for entry points that read it."""
    with clock.frozen(at):
        yield at


@pytest.fixture
def sign_in():
    """Somebody of that role, signed in."""
    from tests.cast import a_user  # noqa: PLC0415 - models, which need the settings first

    def as_role(role, **scope):
        client = Client()
        client.force_login(a_user(role, **scope), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_role
