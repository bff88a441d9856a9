# SPDX-License-Identifier: Apache-2.0
"""What of an address is worth keeping."""

from __future__ import annotations

import re
from operator import itemgetter
from urllib.parse import parse_qsl, urlencode

MOST_NAME = 40
MOST_LETTERS = 1500
MOST_VIEWS = 30
# Where one stands, not what one looks for; the programme goes along from page to page by itself.
PASSING = frozenset({"page", "programme", "view", "csrfmiddlewaretoken"})
# The name of an address within an app, without arguments: no page of another place can be named by it.
_PAGE = re.compile(r"[a-z_]+:[a-z_-]+")


def kept(query: str) -> str:
    """The query as it is kept: by name, without what only passes and without what says nothing.

    >>> kept("?text=%E6%A0%A1&stage=ready&page=3&late=")
    'stage=ready&text=%E6%A0%A1'
    """
    asked = [(name, value.replace("\x00", "")) for name, value in parse_qsl(query.removeprefix("?"))]
    return urlencode(sorted((one for one in asked if one[0] not in PASSING and one[1]), key=itemgetter(0)))


def asks_nothing(query: str) -> bool:
    """Whether a page is opened from a menu: its address asks for no more than the programme."""
    return {name for name, _ in parse_qsl(query.removeprefix("?"), keep_blank_values=True)} <= {"programme"}


def names_a_page(page: str) -> bool:
    """Whether ``page`` may be the name of a page of rows: "projects:list"."""
    return len(page) <= 60 and _PAGE.fullmatch(page) is not None
