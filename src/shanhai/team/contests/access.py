# SPDX-License-Identifier: Apache-2.0
"""What a page of contests, inspections and honours is asked about, and how the three lead to one another."""

from __future__ import annotations

from collections.abc import Iterator

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.programmes.core.selectors.scopes import address_in

PAGES: dict[str, Message] = {
    "contests:home": message(gettext_noop("竞赛")),
    "inspections:home": message(gettext_noop("自查互检")),
    "honours:home": message(gettext_noop("荣誉")),
}


def ways(programme: str, here: str) -> Iterator[tuple[str, Message, bool]]:
    """The three pages: address, words, whether it is this one."""
    return ((address_in(programme, name), words, name == here) for name, words in PAGES.items())
