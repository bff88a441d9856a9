# SPDX-License-Identifier: Apache-2.0
"""What other apps ask of a code that somebody scanned or typed."""

from __future__ import annotations

from shanhai.registers.codes.keys.rules.reading import parse


def address_of(*, text: str) -> str:
    """The canonical address of the thing that a code says in any spelling; that of an own code without host is a path.

    Raises BadInput.
    """
    return parse(text).thing
