# SPDX-License-Identifier: Apache-2.0
"""Pictures as a decoder of symbols takes them: rows of grey, without a library for pictures."""

from __future__ import annotations

import re
import subprocess
import zlib
from pathlib import Path

import numpy as np
import zxingcpp


def read(grey: np.ndarray) -> list[str]:
    """The texts of the symbols in a picture."""
    return [one.text for one in zxingcpp.read_barcodes(np.ascontiguousarray(grey))]


def pages_of(pdf: bytes, folder: Path) -> list[np.ndarray]:
    """The pages of a PDF at 300 dots an inch."""
    (folder / "made.pdf").write_bytes(pdf)
    subprocess.run(["pdftoppm", "-r", "300", "-gray", folder / "made.pdf", folder / "page"], check=True)
    return [_from_pgm(page.read_bytes()) for page in sorted(folder.glob("page*.pgm"))]


def from_png(content: bytes) -> np.ndarray:
    """The red of a PNG of eight bits."""
    width, height = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    bands = {2: 3, 6: 4}[content[25]]
    packed, at = b"", 8
    while at < len(content):
        size, kind = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        packed += content[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += 12 + size
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + width * bands)
    above, made = [0] * width, []
    for filter_, line in zip(rows[:, 0].tolist(), rows[:, 1::bands].tolist(), strict=True):
        left = corner = 0
        here = []
        for one, up in zip(line, above, strict=True):
            left = (one + _guess(filter_, left, up, corner)) & 255
            corner = up
            here.append(left)
        above = here
        made.append(here)
    return np.array(made, np.uint8)


def _guess(filter_: int, left: int, up: int, corner: int) -> int:
    if filter_ == 4:
        return min((left, up, corner), key=lambda one: abs(one - (left + up - corner)))
    return (0, left, up, (left + up) // 2)[filter_]


def _from_pgm(content: bytes) -> np.ndarray:
    head = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", content)
    assert head
    return np.frombuffer(content[head.end() :], np.uint8).reshape(int(head[2]), int(head[1]))
