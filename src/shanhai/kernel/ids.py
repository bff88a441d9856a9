# SPDX-License-Identifier: Apache-2.0
"""Identifiers shown outside: UUIDv7 (RFC 9562), ordered by the instant of making. Integer keys stay inside."""

from __future__ import annotations

from uuid import UUID

import uuid6

from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return UUID(int=uuid6.uuid7().int)


def parse_id(text: str) -> UUID:
    """Read an identifier from an address. A malformed one is answered like a missing one: NotVisible."""
    try:
        return UUID(text)
    except (ValueError, AttributeError, TypeError):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。")) from None
