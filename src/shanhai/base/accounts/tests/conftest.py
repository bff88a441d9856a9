# SPDX-License-Identifier: Apache-2.0
import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def own_addresses(settings):
    settings.ROOT_URLCONF = "shanhai.base.accounts.tests.urls"


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()
