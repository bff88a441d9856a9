# SPDX-License-Identifier: Apache-2.0
"""Linksets after RFC 9264, as GS1-conformant resolvers write them: of a code each level up to its key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shanhai.kernel.codes import CodeLink
from shanhai.registers.codes.resolver.rules.walking import default_for, plain_type
from shanhai.registers.codes.resolver.values import DEFAULT, DEFAULT_MULTI, VOCABULARY, Found

Say = Callable[[Any], str]
Address = Callable[[str], str]


def linkset(found: Found, *, say: Say, address: Address, same_as: str = "", edition: str = "") -> dict[str, Any]:
    """The linkset of a code; ``say`` puts words into a language, ``address`` makes a whole address of a path.

    ``edition`` is how the description is named: ``itemDescription``, as up to 1.1 of the standard, or ``description``.
    ``same_as`` is the address of a compressed link, uncompressed.
    """
    rows = []
    for at, level in enumerate(found.levels):
        default = default_for(found.levels[at:], ())
        if not level.links and not default:
            continue
        row: dict[str, Any] = {"anchor": address(level.anchor), edition or "itemDescription": say(found.description)}
        if default:
            # Without language and media type: it is what is there for everybody who does not say.
            row[VOCABULARY + DEFAULT] = [{"href": address(default.href), "title": say(default.title)}]
            several = [one for one in level.links if (one.type, one.audience) == (default.type, default.audience)]
            if len({one.language for one in several}) > 1:
                row[VOCABULARY + DEFAULT_MULTI] = [_target(one, say, address) for one in several]
        for one in level.links:
            row.setdefault(_relation(one.type), []).append(_target(one, say, address))
        if at == 0 and same_as:
            row["http://www.w3.org/2002/07/owl#sameAs"] = [{"href": same_as, "title": say(found.description)}]
        rows.append(row)
    return {"linkset": rows}


def choices(links: Sequence[CodeLink], *, anchor: str, relation: str, say: Say, address: Address) -> dict[str, Any]:
    """The links of one relation, of which whoever asks is to choose one."""
    targets = [_target(one, say, address) for one in links]
    return {"linkset": [{"anchor": address(anchor), "itemDescription": "", _relation(relation): targets}]}


def _target(link: CodeLink, say: Say, address: Address) -> dict[str, Any]:
    target: dict[str, Any] = {"href": address(link.href), "title": say(link.title), "type": link.media_type}
    if link.language:
        target["hreflang"] = [link.language]
    return target


def _relation(type_: str) -> str:
    return plain_type(type_).replace("gs1:", VOCABULARY, 1)
