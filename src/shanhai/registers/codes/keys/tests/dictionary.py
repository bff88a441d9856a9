# SPDX-License-Identifier: Apache-2.0
"""The official dictionary, which is no part of the project, read by itself; values that hold by it."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.architecture.tree import ROOT

NAME = "shared/vectors/gs1/gs1-syntax-dictionary.txt"
FILE = next((p / NAME for p in ROOT.parents if (p / NAME).is_file()), None)
needs_dictionary = pytest.mark.skipif(FILE is None, reason="../shared/vectors is not there: the dictionary of GS1")

# Of each check of the dictionary its name here, and what it takes and refuses.
LINTERS = {
    "csum": ("digit", (), ()),
    "csumalpha": ("pair", ("1987654Ad4X4bL5ttr2310c2K",), ("1987654Ad4X4bL5ttr2310c2L", "1")),
    "gcppos1": ("prefix", ("9506x",), ("950x", "x9506")),
    "gcppos2": ("prefix2", ("19506", "x9506"), ("1950x",)),
    "yymmdd": ("date", ("000229", "261130", "240229"), ("261131", "230229", "260100", "261301", "260001")),
    "yymmd0": ("date0", ("260200", "000229"), ("260230", "261300", "260000")),
    "yyyymmdd": ("day", ("20000229", "20261231"), ("19000229", "20261200")),
    "hhmi": ("time", ("0000", "2359"), ("2400", "2360")),
    "hh": ("hour", ("23",), ("24",)),
    "mi": ("sixty", ("59",), ("60",)),
    "ss": ("sixty", ("00",), ("99",)),
    "iso3166": ("country", ("156", "004"), ("999", "000")),
    "iso3166999": ("country999", ("156", "999"), ("998",)),
    "iso3166alpha2": ("letters", ("CN",), ("XX", "cn")),
    "iso4217": ("currency", ("156", "978"), ("001",)),
    "iso5218": ("sex", ("0", "9"), ("3",)),
    "pcenc": ("percent", ("A%20B", "50"), ("50%", "%2", "%G0")),
    "pieceoftotal": ("piece", ("0102", "0202"), ("0002", "0201", "0100")),
    "posinseqslash": ("place", ("1/2", "2/2"), ("2/1", "0/1", "1/0", "1//")),
    "iban": ("iban", ("GB82WEST12345698765432",), ("GB82WEST12345698765433", "XX82WEST12345698765432")),
    "winding": ("winding", ("0", "1", "9"), ("2",)),
    "nonzero": ("some", ("00010", "9"), ("0000",)),
    "zero": ("zero", ("0",), ("1",)),
    "yesno": ("yes", ("0", "1"), ("2",)),
    "latitude": ("latitude", ("1800000000",), ("1800000001",)),
    "longitude": ("longitude", ("3600000000",), ("3600000001",)),
    "hyphen": ("minus", ("-",), ("+",)),
    "importeridx": ("importer", ("_", "z"), ("/",)),
    "packagetype": ("package", ("BGE", "8"), ("ZZZ", "bge")),
    "mediatype": ("medium", ("01", "10", "80", "99"), ("00", "11", "79")),
    "nozeroprefix": ("natural", ("1", "10"), ("0", "01")),
    "hasnondigit": ("mixed", ("1a",), ("11",)),
}
# Coupons of North America are not judged.
UNJUDGED = {"couponcode", "couponposoffer"}


class Entry:
    """What the dictionary says of one identifier: components (sort, least, most, optional, checks), and conditions."""

    def __init__(self, ai: str, flags: str, words: list[str]) -> None:
        self.ai, self.fixed, self.attribute = ai, "*" in flags, "?" in flags
        self.components = [_component(word) for word in words if re.match(r"\[?[NXYZ][.\d]", word)]
        said = [word.partition("=")[::2] for word in words if re.match("req|ex|dlpkey", word)]
        self.needs = [[one.split("+") for one in value.split(",")] for name, value in said if name == "req"]
        self.excludes = [one for name, value in said if name == "ex" for one in value.split(",")]
        self.orders = [
            tuple(filter(None, one.split(","))) for name, value in said if name == "dlpkey" for one in value.split("|")
        ]


def _component(word: str):
    length, *checks = word.replace("]", "").strip("[").split(",")
    most = int(length[1:].lstrip("."))
    return length[0].lower(), 1 if ".." in length else most, most, word[0] == "[", checks


@cache
def entries() -> dict[str, Entry]:
    found = {}
    for line in FILE.read_text("utf-8").splitlines():
        said, _, _ = line.partition("#")
        if not said.strip():
            continue
        first, last, flags, rest = re.match(r"(\d+)(?:-(\d+))?\s+([*?]*)\s+(.*)", said).groups()
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            found[ai] = Entry(ai, flags, rest.split())
    return found


@cache
def expanded(pattern: str) -> frozenset[str]:
    """The identifiers of the dictionary that a pattern ("31nn") stands for."""
    return frozenset(ai for ai in entries() if re.fullmatch(pattern.replace("n", r"\d"), ai))


def sample(ai: str) -> str:
    """A value that holds by the dictionary, with all its optional parts."""
    value = ""
    for sort, least, most, _, checks in entries()[ai].components:
        part = next((LINTERS[one][1][0] for one in checks if one in LINTERS and LINTERS[one][1]), "")
        if not part or "csum" in checks or not least <= len(part) <= most or checks[0].startswith("gcp"):
            part = {"n": "9506000", "x": "9506A", "y": "9506A", "z": "9506A"}[sort][:most].ljust(least, "1")
        if "nonzero" in checks:
            part = part.zfill(least)[-least:]
        if "csum" in checks:
            total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(part[:-1] + "0")))
            part = part[:-1] + str(-total % 10)
        value += part
    return value


def companions(*ais: str) -> frozenset[str]:
    """These identifiers and what they need; empty where what they need is excluded."""
    present = frozenset(ais)
    if any(expanded(barred) & (present - {one}) for one in present for barred in entries()[one].excludes):
        return frozenset()
    for demand in (demand for one in sorted(present) for demand in entries()[one].needs):
        if not any(all(expanded(member) & present for member in group) for group in demand):
            grown = (companions(*present, *(min(expanded(member)) for member in group)) for group in demand)
            return next(filter(None, grown), frozenset())
    return present
