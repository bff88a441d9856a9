# SPDX-License-Identifier: Apache-2.0
"""What became of divisions that are no more, over all changes on file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from shanhai.registers.places.values import ENDING, ONE_PLACE


class Succession:
    """What followed which code, from (kind, old code, new code) of each change, oldest first."""

    def __init__(self, changes: Iterable[tuple[str, str, str]]) -> None:
        self._next: dict[str, list[str]] = defaultdict(list)
        self._same: dict[str, set[str]] = defaultdict(set)
        for kind, old, new in changes:
            if not old or old == new or kind not in ENDING:
                continue
            self._next[old].append(new)
            if kind in ONE_PLACE:
                self._same[old].add(new)
                self._same[new].add(old)

    def of(self, code: str, _seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The codes in force today of what followed ``code``; itself when nothing did."""
        seen = _seen | {code}
        ahead = [new for new in self._next.get(code, ()) if new not in seen]
        return tuple(dict.fromkeys(last for new in ahead for last in self.of(new, seen))) or (code,)

    def one_place(self, code: str) -> tuple[str, ...]:
        """All codes, old and new, of the place that has ``code``: itself first."""
        found, ahead = {code: None}, [code]
        while ahead:
            new = sorted(self._same.get(ahead.pop(), set()) - found.keys())
            found |= dict.fromkeys(new)
            ahead += new
        return tuple(found)
