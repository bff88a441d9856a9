# SPDX-License-Identifier: Apache-2.0
"""Characters that a text lost on its way: they are marked, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A question mark in half width ends a question in many texts; between other Han characters it stands for lost bytes.
_LOST = re.compile(
    "[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff\ud800-\udfff]+"
    "|(?<=[\u4e00-\u9fff)])\\?(?=[\u4e00-\u9fff\ue000-\uf8ff\ufffd。，；！!;]|[a-zāáǎàēéěèīíǐìōóǒòūúǔù]{1,6}\\))"
    "|(?<=[’”])\\?(?=!)|(?<=[\u4e00-\u9fff])€(?=[\u4e00-\u9fff])"
)
_ASKS = re.compile("[吗嗎呢么麼何谁誰哪怎几幾否啥]")


def lost(text: str) -> Iterator[tuple[int, int]]:
    """Where something is missing: private-use characters, U+FFFD, lone surrogates, traces of lost bytes."""
    for found in _LOST.finditer(text):
        start, end = found.span()
        if text[start] != "?" or not _ASKS.search(text, max(0, start - 20), start):
            yield start, end
