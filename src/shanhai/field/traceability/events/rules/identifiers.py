# SPDX-License-Identifier: Apache-2.0
"""The one spelling of an identifier: an EPC URN, or a Digital Link of any domain, as a Digital Link of id.gs1.org.

Of a Digital Link only the finest level stays: a serial, else a lot, else the key.
"""

from __future__ import annotations

import re
from functools import lru_cache

DOMAIN = "https://id.gs1.org/"
# Digits of the key, then what may follow within it, and the qualifiers that count, the finest first.
_KEYS: dict[str, tuple[str, tuple[str, ...]]] = {
    "00": (r"\d{18}", ()),
    "01": (r"\d{14}|\d{13}|\d{12}|\d{8}", ("21", "235", "10")),
    "253": (r"\d{13}.{0,17}", ()),
    "255": (r"\d{13}\d{0,12}", ()),
    "401": (r".{1,30}", ()),
    "402": (r"\d{17}", ()),
    "414": (r"\d{13}", ("254",)),
    "417": (r"\d{13}", ()),
    "8003": (r"0\d{13}.{0,16}", ()),
    "8004": (r"\d{4}.{0,26}", ()),
    "8006": (r"\d{18}", ("21", "10")),
    "8010": (r"\d{4}.{0,26}", ("8011",)),
    "8017": (r"\d{18}", ()),
    "8018": (r"\d{18}", ()),
}
_FITS = {key: re.compile(fits, re.ASCII) for key, (fits, _) in _KEYS.items()}
# How many digits from the left the check digit closes.
_CHECKED = {"00": 18, "01": 14, "253": 13, "255": 13, "402": 17, "414": 13, "417": 13, "8003": 14, "8006": 14}
_CHECKED |= {"8017": 18, "8018": 18}
# By the scheme of a URN: key, digits of prefix and reference together, whether the first of the reference leads,
# what stands before them, whether a check digit follows, the qualifier that the rest is ("" is joined to the key).
_SCHEMES: dict[str, tuple[str, int, bool, str, bool, str | None]] = {
    "sgtin": ("01", 13, True, "", True, "21"),
    "lgtin": ("01", 13, True, "", True, "10"),
    "upui": ("01", 13, True, "", True, "235"),
    "itip": ("8006", 13, True, "", True, "21"),
    "sscc": ("00", 17, True, "", True, None),
    "sgln": ("414", 12, False, "", True, "254"),
    "pgln": ("417", 12, False, "", True, None),
    "grai": ("8003", 12, False, "0", True, ""),
    "gdti": ("253", 12, False, "", True, ""),
    "sgcn": ("255", 12, False, "", True, ""),
    "gsrn": ("8018", 17, False, "", True, None),
    "gsrnp": ("8017", 17, False, "", True, None),
    "gsin": ("402", 16, False, "", True, None),
    "giai": ("8004", 0, False, "", False, None),
    "ginc": ("401", 0, False, "", False, None),
    "cpi": ("8010", 0, False, "", False, "8011"),
}
_PERCENT = {ord(sign): f"%{ord(sign):02X}" for sign in "!()*+,:"}
_SHORT = {"gtin": "01", "itip": "8006", "cpid": "8010", "gln": "414", "party": "417", "gsrnp": "8017", "gsrn": "8018"}
_SHORT |= {"gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402", "grai": "8003", "giai": "8004"}
_SHORT |= {"lot": "10", "ser": "21", "cpv": "22", "cpsn": "8011", "glnx": "254"}


def check_digit(digits: str) -> str:
    """The check digit of GS1 that follows these digits."""
    return str(-(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10)


def wrong_check_digit(link: str) -> str:
    """The check digit that a canonical Digital Link should have where it has another; "" where all is well."""
    key, _, rest = link.removeprefix(DOMAIN).partition("/")
    length = _CHECKED.get(key) if link.startswith(DOMAIN) else None
    right = check_digit(rest[: length - 1]) if length else ""
    return right if length and rest[length - 1 : length] != right else ""


def misspelt(text: str) -> bool:
    """Whether it is a URN of a known scheme, or a link of id.gs1.org, that says no identifier."""
    if text.startswith("urn:epc:"):
        parts = text.split(":", 4)
        return len(parts) == 5 and parts[3] in _SCHEMES and canonical(text) == text
    return text.startswith(DOMAIN) and canonical(text) == text and _of_link(text) is None


@lru_cache(1 << 16)
def canonical(text: str) -> str:
    """The one spelling of an identifier; what is none, as it is."""
    if text.startswith("urn:epc:"):
        return _of_urn(text) or text
    if text.startswith(("https://", "http://")):
        return _of_link(text) or text
    return text


@lru_cache(1 << 12)
def _key_of(scheme: str, prefix: str, reference: str) -> str | None:
    key, length, leads, before, checked, _ = _SCHEMES[scheme]
    if not 6 <= len(prefix) <= 12 or not (prefix.isascii() and prefix.isdigit()):
        return None
    if length and (len(prefix) + len(reference) != length or not (reference + "0").isdigit()):
        return None
    if not length and (not reference or len(prefix) + len(reference) > 30):
        return None
    digits = reference[:1] + prefix + reference[1:] if leads else prefix + reference
    digits = before + digits
    return f"{DOMAIN}{key}/{digits}{check_digit(digits) if checked else ''}".translate(_PERCENT | {58: ":"})


def _of_urn(text: str) -> str | None:
    """A pattern (``*`` for the serial) is the class itself."""
    _, _, kind, scheme, rest = [*text.split(":", 4), "", ""][:5]
    if scheme not in _SCHEMES or (kind, scheme == "lgtin") not in {("id", False), ("idpat", False), ("class", True)}:
        return None
    prefix, _, rest = rest.partition(".")
    qualifier = _SCHEMES[scheme][5]
    if qualifier is None:
        return _key_of(scheme, prefix, rest)
    # The reference of a component may hold points itself.
    reference, point, rest = rest.rpartition(".") if scheme == "cpi" else rest.partition(".")
    link = _key_of(scheme, prefix, reference)
    if link is None or not point or not rest:
        return None
    if scheme == "itip":
        piece, _, rest = rest.partition(".")
        total, _, rest = rest.partition(".")
        link += piece + total
        if len(piece + total) != 4 or not (piece + total).isdigit() or not rest:
            return None
    if (rest == "*" and kind == "idpat") or (scheme == "sgln" and rest == "0"):
        return link
    value = rest.translate(_PERCENT)
    return f"{link}/{qualifier}/{value}" if qualifier else link + value


def _of_link(text: str) -> str | None:
    parts = text.partition("#")[0].partition("?")[0].rstrip("/").split("/")
    for at in range(3, len(parts) - 1):
        key, value = _SHORT.get(parts[at], parts[at]), parts[at + 1]
        if key not in _KEYS or not value or _FITS[key].fullmatch(value) is None:
            continue
        if key == "01":
            value = value.rjust(14, "0")
        after = [_SHORT.get(one, one) for one in parts[at + 2 :: 2]]
        qualifiers = dict(zip(after, parts[at + 3 :: 2], strict=False))
        finest = next((one for one in _KEYS[key][1] if qualifiers.get(one)), None)
        tail = f"/{finest}/{qualifiers[finest].translate(_PERCENT)}" if finest else ""
        return f"{DOMAIN}{key}/{value.translate(_PERCENT)}{tail}"
    return None
