# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: a fixed instant. The data folder of its own is in ``tests/settings.py``."""

from datetime import UTC, datetime

import pytest

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
