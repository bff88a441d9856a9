# SPDX-License-Identifier: Apache-2.0
"""Digital Links made short, after the compression of the GS1 Digital Link standard 1.1: bits, as base64url.

An identifier is its digits, four bits each, or one of the pairs below; then its value: digits as a number of as many
bits as the largest of that length needs, signs of variable length with their encoding and their number. Digits keep
their leading zeros: their number is known. What is compressed here is bit for bit what GS1's own toolkit makes.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import groupby
from urllib.parse import quote

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.rules.elements import arranged, judge
from shanhai.registers.codes.keys.rules.table import IDENTIFIERS, KEYS, LENGTHS
from shanhai.registers.codes.keys.values import Element, Identifier

_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_HEX = "0123456789ABCDEF"
# Identifiers that often stand together have one code.
_TOGETHER = {
    "0A": ("01", "22"), "0B": ("01", "10"), "0C": ("01", "21"), "0D": ("01", "17"), "0E": ("01", "7003"),
    "0F": ("01", "30"), "1A": ("01", "10", "21", "17"), "1B": ("01", "15"), "1C": ("01", "11"), "1D": ("01", "16"),
    "1E": ("01", "91"), "1F": ("01", "10", "15"),
    **{f"2{_HEX[10 + n]}": ("01", f"310{n}") for n in range(6)},
    **{f"3{_HEX[10 + n]}": ("01", f"320{n}") for n in range(6)},
    "9A": ("8010", "8011"), "9B": ("8017", "8019"), "9C": ("8018", "8019"), "9D": ("414", "254"),
    **{f"A{n}": ("01", f"392{n}") for n in range(10)},
    **{f"C{n}": ("255", f"390{n}") for n in range(10)},
    **{f"C{_HEX[10 + n]}": ("255", f"394{n}") for n in range(4)},
}  # fmt: skip
# Of an encoding its signs and the bits of each; 0 is for digits alone.
_ENCODINGS = {
    1: ("0123456789abcdef", 4),
    2: (_HEX, 4),
    3: (_BASE64, 6),
    4: ("".join(map(chr, range(128))), 7),
}
_FITS = ((0, "[0-9]+"), (2, "[0-9A-F]+"), (1, "[0-9a-f]+"), (3, "[0-9A-Za-z_-]+"))


def compress(identifier: Identifier) -> str:
    """The path of a code of GS1: one segment; where another key is an attribute, the key and its value before it."""
    values = {one.ai: one.value for one in identifier}
    before = ""
    if any(one.ai in KEYS for one in identifier.attributes):
        # Within, their order would be lost.
        before = f"/{identifier.key.ai}/{quote(values.pop(identifier.key.ai), safe='')}"
    left, bits = sorted(values), []
    while fitting := [code for code, ais in _TOGETHER.items() if set(ais) <= set(left)]:
        code = max(fitting, key=lambda one: len("".join(_TOGETHER[one])))
        left = [ai for ai in left if ai not in _TOGETHER[code]]
        bits += [_hex_bits(code), *(_packed(ai, values[ai]) for ai in _TOGETHER[code])]
    bits += [_hex_bits(ai) + _packed(ai, values[ai]) for ai in left]
    whole = "".join(bits)
    whole += "0" * (-len(whole) % 6)
    return f"{before}/" + "".join(_BASE64[int(whole[at : at + 6], 2)] for at in range(0, len(whole), 6))


def decompress(segment: str, *, before: tuple[Element, ...] = (), rest: tuple[Element, ...] = ()) -> Identifier:
    """The identifier of a compressed segment; ``before`` is the key where it stands uncompressed, ``rest`` the query.

    Raises BadInput where the segment is none, or what it says is wrong.
    """
    reader = _Reader("".join(f"{_BASE64.index(one):06b}" for one in segment))
    pairs: list[tuple[str, str]] = []
    other: list[tuple[str, str]] = []
    while reader.left() >= 8:
        reader.element(pairs, other)
    if not pairs or reader.left() > 5 or "1" in reader.bits[reader.place :]:
        raise _unreadable()
    return replace(
        arranged([*before, *(judge(ai, value) for ai, value in pairs), *rest]),
        other=tuple(other),
    )


class _Reader:
    """Bits, and how far they are read."""

    def __init__(self, bits: str) -> None:
        self.bits, self.place = bits, 0

    def left(self) -> int:
        return len(self.bits) - self.place

    def number(self, bits: int) -> int:
        if self.left() < bits:
            raise _unreadable()
        self.place += bits
        return int(self.bits[self.place - bits : self.place] or "0", 2)

    def element(self, pairs: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
        """Read one element, or several of one code, to the end of ``pairs``; a parameter to that of ``other``."""
        code = f"{self.number(8):02X}"
        if code[0] == "F":
            self.place -= 4
            name = self.signs(3, self.number(7))
            encoding = self.number(3)
            other.append((name, self.signs(encoding, self.number(7))))
            return
        for ai in _TOGETHER.get(code) or (self.identifier(code),):
            pairs.append((ai, "".join(self.piece(*one) for one in _pieces(ai))))

    def identifier(self, code: str) -> str:
        while len(code) < LENGTHS.get(code[:2], 2):
            code += _HEX[self.number(4)]
        if code not in IDENTIFIERS:
            raise _unreadable()
        return code

    def piece(self, digits: bool, length: int, most: int) -> str:
        encoding = 0 if digits else self.number(3)
        return self.signs(encoding, length or self.number(_length_bits(most)))

    def signs(self, encoding: int, length: int) -> str:
        if encoding == 0:
            found = str(self.number(_digit_bits(length))).zfill(length)
            if len(found) > max(length, 1):
                raise _unreadable()
            return found if length else ""
        if encoding not in _ENCODINGS:
            raise _unreadable()
        signs, bits = _ENCODINGS[encoding]
        return "".join(signs[self.number(bits)] for _ in range(length))


def _pieces(ai: str) -> list[tuple[bool, int, int]]:
    """The parts of a value as they are packed: (digits or signs, length or 0, most): like ones beside one another."""
    found: list[tuple[bool, int, int]] = []
    parts = IDENTIFIERS[ai].parts
    for (digits, _), same in groupby(parts, key=lambda one: (one.sort == "n", one.optional)):
        lengths = [(one.least == one.most and not one.optional, one.most) for one in same]
        # Signs of known length before others of no known length are one run.
        if not digits and not all(fixed for fixed, _ in lengths):
            lengths = [(False, sum(most for _, most in lengths))]
        for fixed, run in groupby(lengths, key=lambda one: one[0]):
            most = sum(length for _, length in run)
            found.append((digits, most if fixed else 0, most))
    return found


def _packed(ai: str, value: str) -> str:
    bits = ""
    for digits, length, most in _pieces(ai):
        part, value = (value[:length], value[length:]) if length else (value, "")
        size = "" if length else f"{len(part):0{_length_bits(most)}b}"
        encoding = 0 if digits else next((code for code, fits in _FITS if re.fullmatch(fits, part)), 4)
        bits += size if digits else f"{encoding:03b}{size}"
        if encoding == 0:
            bits += f"{int(part or '0'):0{_digit_bits(len(part))}b}"
        else:
            signs, width = _ENCODINGS[encoding]
            bits += "".join(f"{signs.index(one):0{width}b}" for one in part)
    return bits


def _hex_bits(code: str) -> str:
    return "".join(f"{int(one, 16):04b}" for one in code)


def _digit_bits(digits: int) -> int:
    return math.ceil(digits * math.log2(10) + 0.01)


def _length_bits(most: int) -> int:
    return math.ceil(math.log2(most) + 0.01)


def _unreadable() -> BadInput:
    text = gettext_noop("链接的最后一段不是 GS1 压缩链接。请核对原码，或改用未压缩的链接。")
    return BadInput(text, "codes.not_compressed", field="path")
