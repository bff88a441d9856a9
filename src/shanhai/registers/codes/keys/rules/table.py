# SPDX-License-Identifier: Apache-2.0
"""The application identifiers of GS1, as facts: form, order, company.

After the GS1 General Specifications; held against the GS1 Barcode Syntax Dictionary, release 2026-01-27, in a test.

A row: identifiers (``31[0-6][0-5]`` stands for all of them) | flags | form | conditions.
Flags: ``f`` has a length known beforehand, so that no separator follows; ``q`` may be an attribute of a Digital Link.
Form: parts, each ``n`` digits, ``x`` GS1's 82 signs, ``y`` its 39, ``z`` base64url, then the length or ``..most``, then
``/check`` (``checks.py``); in brackets, it may be missing.
Conditions: ``with=01,02`` needs one of these (``01+10`` both), ``not=`` stands with none of these (``n`` any digit,
``@`` another of its own ten), ``key`` begins a Digital Link, ``key=22,10|235`` with qualifiers in one of these orders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

_ROWS = """
00                | fq | n18/digit/prefix2                       | key
01                | fq | n14/digit/prefix2                       | key=22,10,21|235 not=255,37
02                | fq | n14/digit/prefix2                       | with=37 not=01,03
03                | f  | n14/digit/prefix2                       | not=01,02,37
10                | q  | x..20                                   | with=01,02,03,8006,8026
11 13 15 16       | fq | n6/date0                                | with=01,02,03,8006,8026
12                | fq | n6/date0                                | with=8020
17                | fq | n6/date0                                | with=01,02,03,255,8006,8026
20                | fq | n2                                      | with=01,02,8006,8026
21                |    | x..20                                   | with=01,03,8006 not=235
22                |    | x..20                                   | with=01
235               |    | x..28                                   | with=01
240 241           | q  | x..30                                   | with=01,02,8006,8026
242               | q  | n..6                                    | with=01,02,8006,8026
243 71[0-7]       | q  | x..20                                   | with=01
250               | q  | x..30                                   | with=01,8006 with=21
251               | q  | x..30                                   | with=01,8006
253               | q  | n13/digit/prefix [x..17]                | key
254               |    | x..20                                   | with=414
255               | q  | n13/digit/prefix [n..12]                | key not=01,02,415,8006,8020,8026
30                | q  | n..8                                    | with=01,02
31[0-6][0-5]      | fq | n6                                      | with=01,02 not=@
32[0-9][0-5]      | fq | n6                                      | with=01,02 not=@
33[0-6][0-5]      | fq | n6                                      | with=00,01 not=@
337[0-5]          | fq | n6                                      | with=01 not=@
34[0-9][0-5]      | fq | n6                                      | with=00,01 not=@
35[01267][0-5]    | fq | n6                                      | with=01,02 not=@
35[345][0-5]      | fq | n6                                      | with=00,01 not=@
36[014-6][0-5]    | fq | n6                                      | with=01,02 not=@
36[237-9][0-5]    | fq | n6                                      | with=00,01 not=@
37                | q  | n..8                                    | with=00 with=02,8026
390[0-9]          | q  | n..15                                   | with=255,8020 not=@,391n,394n,8111
391[0-9]          | q  | n3/currency n..15                       | with=8020 not=@
392[0-9]          | q  | n..15                                   | with=01 with=30,31nn,32nn,35nn,36nn not=@,393n
393[0-9]          | q  | n3/currency n..15                       | with=30,31nn,32nn,35nn,36nn not=@
394[0-3]          | q  | n4                                      | with=255 not=@,8111
395[0-5]          | q  | n6                                      | with=30,31nn,32nn,35nn,36nn not=@,392n,393n,8005
400 90            | q  | x..30                                   |
401               | q  | x..30/prefix                            | key
402               | q  | n17/digit/prefix                        | key
403 4308 4319     | q  | x..30                                   | with=00
41[0-36]          | fq | n13/digit/prefix                        |
414               | fq | n13/digit/prefix                        | key=254|7040
415               | fq | n13/digit/prefix                        | key=8020 with=8020
417               | fq | n13/digit/prefix                        | key=7040
420               | q  | x..20                                   | not=421
421               | q  | n3/country x..9                         | not=4307
422               | q  | n3/country                              | with=01,02,8006,8026 not=426
423 425           | q  | n3/country [n3/country] [n3/country] [n3/country] [n3/country] | with=01,02 not=426
424               | q  | n3/country                              | with=01,02 not=426
426               | q  | n3/country                              | with=01,02
427               | q  | x..3                                    | with=01,02 with=422
43[01][01] 4320   | q  | x..35/percent                           | with=00
43[01][2456]      | q  | x..70/percent                           | with=00
4303              | q  | x..70/percent                           | with=4302
4307 4317         | q  | x2/letters                              | with=00
4309              | q  | n10/latitude n10/longitude              | with=00
4313              | q  | x..70/percent                           | with=4312
4318              | q  | x..20                                   | with=00
432[1-3]          | q  | n1/yes                                  | with=00
432[45]           | q  | n6/date0 n4/time                        | with=00
4326              | q  | n6/date                                 | with=00
4330              | q  | n6 [x1/minus]                           | with=00 not=4331
4331              | q  | n6 [x1/minus]                           | with=00 not=4330
4332              | q  | n6 [x1/minus]                           | with=00 not=4333
4333              | q  | n6 [x1/minus]                           | with=00 not=4332
7001              | q  | n13                                     | with=01,02,8006,8026
7002              | q  | x..30                                   | with=01,02
7003              | q  | n6/date n4/time                         | with=01,02
7004              | q  | n..4                                    | with=01+10
7005              | q  | x..12                                   | with=01,02
7006              | q  | n6/date                                 | with=01,02
7007              | q  | n6/date [n6/date]                       | with=01,02
7008              | q  | x..3                                    | with=01,02
7009              | q  | x..10                                   | with=01,02
7010              | q  | x..2                                    | with=01,02
7011              | q  | n6/date [n4/time]                       | with=01,02
7020              | q  | x..20                                   | with=01,8006 with=416
7021 7240 8012    | q  | x..20                                   | with=01,8006
7022              | q  | x..20                                   | with=7021
7023              | q  | x..30/prefix                            |
703[0-9]          | q  | n3/country999 x..27                     | with=01,02
7040              |    | n1 x1 x1 x1/importer                    |
7041              |    | x..4/package                            | with=00
723[0-9]          | q  | x2 x..28                                | with=01,8004
7241              | q  | n2/medium                               | with=8017,8018
7242              | q  | x..25                                   | with=8017,8018
7250              | q  | n8/day                                  | with=8018 not=7251
7251              | q  | n8/day n4/time                          | with=8018 not=7250
7252              | q  | n1/sex                                  | with=8018
725[34]           | q  | x..40/percent                           | with=8017,8018 not=7256,7259
7255              | q  | x..10                                   | with=8017,8018 not=7256,7259
7256              | q  | x..90/percent                           | with=8017,8018
7257              | q  | x..70/percent                           | with=8018
7258              | q  | x3/place                                | with=8018+7259
7259              | q  | x..40/percent                           | with=8018 not=7256
8001              | q  | n4/some n5/some n3/some n1/winding n1   | with=01
8002              | q  | x..20                                   |
8003              | q  | n1/zero n13/digit/prefix [x..16]        | key
8004              | q  | x..30/prefix                            | key=7040
8005              | q  | n6                                      | with=01,02
8006              | q  | n14/digit/prefix2 n4/piece              | key=22,10,21 not=01,37
8007              | q  | x..34/iban                              | with=415
8008              | q  | n6/date n2/hour [n2/sixty] [n2/sixty]   | with=01,02
8009              | q  | x..50                                   | with=00,01
8010              | q  | y..30/prefix                            | key=8011
8011              |    | n..12/natural                           | with=8010
8013              | q  | x..25/pair/prefix                       | key
8014              |    | x..25/pair/prefix/mixed                 | with=01
8017              | q  | n18/digit/prefix                        | key=8019 not=8018
8018              | q  | n18/digit/prefix                        | key=8019 not=8017
8019              |    | n..10                                   | with=8017,8018
8020              |    | x..25                                   | with=415
8026              | q  | n14/digit/prefix2 n4/piece              | with=37 not=02,8006
8030              | q  | z..90 | with=00,01+21,253,255,8003,8004,8006+21,8010+8011,8017,8018
8040              |    | n15                                     | with=01+21
8041              |    | n15                                     | with=01+21+8040
8042              |    | n32                                     | with=01+21+8040
8043              |    | n18 [n..2]                              | with=01+21+8040
8110 8112         | q  | x..70                                   |
8111              | q  | n4                                      | with=255
8200              |    | x..70                                   | with=01
9[1-9]            | q  | x..90                                   |
"""

_SIGNS = {
    "n": "[0-9]",
    "x": r"[!\"%&'()*+,\-./0-9:;<=>?A-Z_a-z]",
    "y": r"[#\-/0-9A-Z]",
    # At most two signs of padding, at the end.
    "z": r"(?:[0-9A-Za-z_\-]|=(?==?$))",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a value: signs of one sort (``n``, ``x``, ``y``, ``z``), ``least`` to ``most`` of them, its checks."""

    sort: str
    least: int
    most: int
    checks: tuple[str, ...]
    optional: bool


@dataclass(frozen=True, slots=True)
class ApplicationIdentifier:
    """What is known of one identifier. ``needs`` are demands, each met by one of its groups, whose members all stand;
    ``orders`` are the orders of qualifiers of a key, none for what is no key."""

    code: str
    form: str
    parts: tuple[Part, ...]
    pattern: re.Pattern[str]
    fixed: bool
    attribute: bool
    needs: tuple[tuple[tuple[frozenset[str], ...], ...], ...] = ()
    excludes: frozenset[str] = frozenset()
    orders: tuple[tuple[str, ...], ...] = ()


def _codes(text: str) -> list[str]:
    """``31[0-6]n`` → 3100, 3101 …, whether there is such an identifier or not."""
    pieces = re.findall(r"\[.+?\]|.", text.replace("n", "[0-9]"))
    return ["".join(one) for one in product(*([d for d in "0123456789" if re.match(p, d)] for p in pieces))]


def _part(text: str) -> Part:
    length, *checks = text.strip("[]").split("/")
    most = int(length[1:].lstrip("."))
    return Part(length[0], 1 if ".." in length else most, most, tuple(checks), text[0] == "[")


def _demand(value: str) -> tuple[tuple[frozenset[str], ...], ...]:
    return tuple(tuple(frozenset(_codes(one)) for one in group.split("+")) for group in value.split(","))


def _read(row: str) -> Iterator[ApplicationIdentifier]:
    codes, flags, form, conditions = re.split(r" *\| *", row, maxsplit=3)
    parts = tuple(_part(one) for one in form.split())
    signs = [f"({_SIGNS[one.sort]}{{{one.least},{one.most}}}){'?' * one.optional}" for one in parts]
    said = [one.partition("=")[::2] for one in conditions.split()]
    orders = [order for word, value in said if word == "key" for order in value.split("|")]
    excluded = [one for word, value in said if word == "not" for one in value.split(",")]
    for code in (code for text in codes.split() for code in _codes(text)):
        others = {other for one in excluded for other in _codes(one.replace("@", f"{code[:3]}n"))}
        yield ApplicationIdentifier(
            code,
            " ".join(one.split("/")[0] + "]" * one.endswith("]") for one in form.split()).replace("]]", "]"),
            parts,
            re.compile("".join(signs)),
            fixed="f" in flags,
            attribute="q" in flags,
            needs=tuple(_demand(value) for word, value in said if word == "with"),
            excludes=frozenset(others - {code}),
            orders=tuple(tuple(filter(None, order.split(","))) for order in orders),
        )


IDENTIFIERS = {one.code: one for row in _ROWS.strip().splitlines() for one in _read(row)}
KEYS = frozenset(code for code, one in IDENTIFIERS.items() if one.orders)
# How long an identifier is, by its first two digits.
LENGTHS = {code[:2]: len(code) for code in IDENTIFIERS}
