# SPDX-License-Identifier: Apache-2.0
"""The levels of a code, and which of its links one is led to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from shanhai.kernel.codes import CodeLink
from shanhai.kernel.errors import BadInput
from shanhai.registers.codes.keys.rules.elements import in_order
from shanhai.registers.codes.keys.rules.table import IDENTIFIERS
from shanhai.registers.codes.keys.values import Identifier
from shanhai.registers.codes.resolver.values import VOCABULARY, Level

_PREFIXES = ("gs1:", VOCABULARY, "https://www.gs1.org/voc/", "https://ref.gs1.org/voc/", "http://gs1.org/voc/")
PAGE = "gs1:pip"


def anchors(identifier: Identifier) -> list[str]:
    """The paths of a code, from the finest to its key; a level that is no code by itself, as /415/ alone, is none."""
    if identifier.kind:
        return [identifier.path]
    path = [identifier.key, *identifier.qualifiers]
    found = []
    for end in range(len(path), 0, -1):
        try:
            found.append(in_order(path[:end], ()).path)
        except BadInput:
            continue
    return found


def rejoined(path: str) -> str:
    """A path in which slashes within values were decoded by the server, as ``%2F`` again: to be read if it is no code.

    >>> rejoined("/01/09506000134376/10/A/B/21/1")
    '/01/09506000134376/10/A%2FB/21/1'
    """
    key, *segments = path.strip("/").split("/")
    known = IDENTIFIERS.get(key)
    qualifiers = {ai for order in known.orders for ai in order} if known else set()
    pairs: list[tuple[str, list[str]]] = [(key, [])]
    for at, segment in enumerate(segments):
        if segment in qualifiers and pairs[-1][1] and at < len(segments) - 1:
            qualifiers.remove(segment)
            pairs.append((segment, []))
        else:
            pairs[-1][1].append(segment)
    return "".join(f"/{ai}/{'%2F'.join(values)}" for ai, values in pairs)


def plain_type(asked: str) -> str:
    """A link type as it is kept: ``gs1:pip`` for each spelling of it, another address as it stands.

    >>> plain_type("https://ref.gs1.org/voc/pip")
    'gs1:pip'
    """
    for prefix in _PREFIXES:
        if asked.startswith(prefix):
            return f"gs1:{asked.removeprefix(prefix)}"
    return asked


def default_of(level: Level, languages: Sequence[str]) -> CodeLink | None:
    """Where a scan of a level leads: the one marked so, of the first audience that has one; else its page.

    Of several pages that in the language that is read best. None where the level leads nowhere.
    """
    marked = [one for one in level.links if one.default]
    same = [one for one in level.links if marked and (one.type, one.audience) == (marked[0].type, marked[0].audience)]
    pages = same or [one for one in level.links if one.type == PAGE]
    if not pages:
        return None
    pages = [one for one in pages if one.audience == pages[0].audience]
    fitting = in_language(pages, languages)
    return marked[0] if marked and marked[0] in fitting else fitting[0]


def default_for(levels: Iterable[Level], languages: Sequence[str]) -> CodeLink | None:
    """The default link of the finest level that has one."""
    return next((one for level in levels if (one := default_of(level, languages))), None)


def of_type(levels: Iterable[Level], asked: str, languages: Sequence[str]) -> list[CodeLink]:
    """The links of a type at the finest level that has any: several, where audience and language leave the choice."""
    kind = plain_type(asked)
    for level in levels:
        if fitting := [one for one in level.links if plain_type(one.type) == kind]:
            return in_language([one for one in fitting if one.audience == fitting[0].audience], languages)
    return []


def in_language(links: Sequence[CodeLink], languages: Sequence[str]) -> list[CodeLink]:
    """Those in the first of ``languages`` (as browsers name them, best first) that any is in; else all of them."""
    for language in languages:
        for part in (language.lower(), language.lower().partition("-")[0]):
            if fitting := [one for one in links if one.language.lower() == part]:
                return fitting
            if fitting := [one for one in links if one.language.lower().partition("-")[0] == part]:
                return fitting
    return list(links)


def passed_on(href: str, query: str) -> str:
    """The target with the query of the scan, before its fragment; what the resolver itself was asked is left out."""
    kept = "&".join(one for one in query.split("&") if one and one.partition("=")[0].lower() not in ("linktype",))
    if not kept:
        return href
    target, mark, fragment = href.partition("#")
    return f"{target}{'&' if '?' in target else '?'}{kept}{mark}{fragment}"


def for_audiences(links: Iterable[CodeLink], audiences: Sequence[str]) -> tuple[CodeLink, ...]:
    """Those that are for one of ``audiences``, the best first; others are not shown."""
    rank: Mapping[str, int] = {one: at for at, one in enumerate(audiences)}
    return tuple(sorted((one for one in links if one.audience in rank), key=lambda one: rank[one.audience]))
