# SPDX-License-Identifier: Apache-2.0
"""What a test expects to be refused: of which kind, and with which code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from shanhai.kernel.errors import DomainError


@contextmanager
def refused(
    kind: type[Exception] | tuple[type[DomainError], str], code: str = "", match: str | None = None
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """``pytest.raises`` for an error of that kind, which carries ``code``; kind and code may come as a pair."""
    if isinstance(kind, tuple):
        kind, code = kind
    with pytest.raises(kind, match=match) as caught:
        yield caught
    if code:
        assert getattr(caught.value, "code", "") == code
