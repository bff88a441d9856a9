# SPDX-License-Identifier: Apache-2.0
"""The signs of own codes: at random, so that nobody comes to know one from another by counting."""

from __future__ import annotations

from collections.abc import Iterator
from random import SystemRandom

from shanhai.registers.codes.keys.rules.checks import check_character

# Without those that are taken for one another in print and by hand: 0 O Q, 1 I L, 2 Z, 5 S, 8 B, U V.
SIGNS = "0123456789ACDEFGHJKMNPRTVWXY"
# 28 signs: 57 bits. Of a thousand million codes, one guess in two hundred million finds one.
LENGTH = 12


def fresh(count: int) -> Iterator[str]:
    """So many different rows of signs, each with its check character, which is one of ``SIGNS``, too."""
    draw, given = SystemRandom().choices, set[str]()
    while len(given) < count:
        signs = "".join(draw(SIGNS, k=LENGTH))
        check = check_character(signs)
        if check in SIGNS and signs not in given:
            given.add(signs)
            yield signs + check
