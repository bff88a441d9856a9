# SPDX-License-Identifier: Apache-2.0
"""The two scripts of Chinese: what is looked for in one is found in the other."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _converter() -> Any:
    # Loading its tables takes a while: only a process that keeps or looks for a text pays for it.
    from opencc import OpenCC  # noqa: PLC0415

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """The text in Simplified characters (OpenCC, t2s): for looking up, never for showing or keeping."""
    return text if text.isascii() else str(_converter().convert(text))


@cache
def letters() -> dict[int, str]:
    """The Simplified character of each Traditional one by itself, for a text that has to keep its length."""
    known = [chr(code) for code in range(0x4E00, 0xA000)]
    # In one go, for each call costs more than the whole; no phrase reaches across a line.
    plain = simplified("\n".join(known)).split("\n")
    return {ord(one): other for one, other in zip(known, plain, strict=True) if one != other}
