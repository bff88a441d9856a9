# SPDX-License-Identifier: Apache-2.0
"""A program that is signed in sends everything the API's description allows, and much that it does not."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings


@pytest.fixture
def session(visit):
    """The headers of a browser in which the deputy commander is signed in."""
    page = visit("deputy")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    return {"Cookie": cookies, "User-Agent": page.evaluate("navigator.userAgent")}


@pytest.fixture
def api(demo, session):
    return schemathesis.openapi.from_url(f"{demo.url}/api/openapi.json", headers=session)


def test_the_api_keeps_its_promises_for_whatever_is_sent(api, session):
    operations = [result.ok() for result in api.get_all_operations()]

    for operation in operations:

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy())
        def ask(case):
            case.call_and_validate(headers=session)

        ask()
    assert len(operations) == 5
