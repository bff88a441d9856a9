# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: its own data folder, a fixed instant, the fixed cast."""

import os
import tempfile
from datetime import UTC, datetime

os.environ["SHANHAI_DATA_DIR"] = tempfile.mkdtemp(prefix="shanhai-test-")
os.environ.setdefault("SHANHAI_SECRET_KEY", "only-for-tests-and-never-anywhere-else")
os.environ["SHANHAI_TESTING"] = "1"
os.environ.pop("SHANHAI_DEMO", None)

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
