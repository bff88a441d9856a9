# SPDX-License-Identifier: Apache-2.0
"""What ``make crawl`` would call wrong: the crawl itself takes minutes and is run by hand."""

import pytest

from tests.crawl import NOWHERE, STRANGER, faults

PAGE = f"/projects/{NOWHERE}/"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ({"/": {STRANGER: 302, "deputy": 200}, "/accounts/login/": {STRANGER: 200}}, 0),
        ({PAGE: {"kangding": 404}, f"{PAGE}funds": {"kangding": 404}}, 0),
        ({PAGE: {"kangding": 200}, f"{PAGE}edit": {"kangding": 403}}, 0),
        ({PAGE: {"kangding": 404}, f"{PAGE}move": {"kangding": 405}}, 0),
        ({"/": {"deputy": 500}}, 1),
        ({"/funds/": {STRANGER: 200}}, 1),
        ({"/trace/c/ABC/": {STRANGER: 200}, "/x/box/ABC": {STRANGER: 307}, "/reveal/?code=A": {STRANGER: 200}}, 0),
        ({"/trace/lots/ABC/": {STRANGER: 200}}, 1),
        ({PAGE: {"kangding": 404}, f"{PAGE}funds": {"kangding": 200}}, 1),
        ({PAGE: {"kangding": 404}, f"{PAGE}edit": {"kangding": 403}}, 1),
    ],
)
def test_what_nobody_may_be_answered_is_found(answers, expected):
    assert len(list(faults(answers))) == expected
