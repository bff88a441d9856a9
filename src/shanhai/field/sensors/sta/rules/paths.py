# SPDX-License-Identifier: Apache-2.0
"""Resource paths (18-088, clause 9.2): /Things(1)/Datastreams(2)/Observations, /Things(1)/name/$value, /Things/$ref."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shanhai.field.sensors.sta.values import EntityType, Link, Property
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop

MOST_HOPS = 10
# As many digits as a stored id can have.
_SEGMENT = re.compile(r"([A-Za-z]+)(?:\((\d{1,18})\))?", re.ASCII)


class NoSuchPath(NotVisible):
    """Nothing can ever be at this path."""

    code = "sta.no_such_path"


@dataclass(frozen=True, slots=True)
class Hop:
    """One step: to the rows of ``type`` by ``link`` (None for the first), or to the one of them that has ``id``."""

    type: EntityType
    link: Link | None = None
    id: int | None = None

    @property
    def many(self) -> bool:
        """Whether it leads to a set."""
        return self.id is None and (self.link is None or self.link.many)


@dataclass(frozen=True, slots=True)
class Resource:
    """What a path names: rows at the end of ``hops`` (none: the root), or a property of one.

    ``inside`` leads into the JSON of the one ``named``. ``ref`` asks for addresses alone, ``raw`` for the bare value.
    """

    hops: tuple[Hop, ...] = ()
    named: Property | None = None
    inside: tuple[str, ...] = ()
    ref: bool = False
    raw: bool = False

    @property
    def type(self) -> EntityType:
        """Of what the rows are."""
        return self.hops[-1].type


def parse_path(text: str, types: Mapping[str, EntityType]) -> Resource:
    """The resource at a decoded path below the root of the service. Raises NoSuchPath."""
    segments = [one for one in text.split("/") if one]
    ref, raw = segments[-1:] == ["$ref"], segments[-1:] == ["$value"]
    if ref or raw:
        segments.pop()
    hops: list[Hop] = []
    for at, segment in enumerate(segments):
        named = hops[-1].type.property(segment) if hops and not hops[-1].many else None
        if named is not None:
            inside = tuple(segments[at + 1 :])
            if ref or (inside and named.kind not in ("json", "geometry")):
                raise _nothing(text)
            return Resource(tuple(hops), named, inside, raw=raw)
        hops.append(_hop(segment, hops, types, text))
    if raw or (ref and not hops) or len(hops) > MOST_HOPS:
        raise _nothing(text)
    return Resource(tuple(hops), ref=ref)


def _hop(segment: str, before: list[Hop], types: Mapping[str, EntityType], text: str) -> Hop:
    match = _SEGMENT.fullmatch(segment)
    if match is None or (before and before[-1].many):
        raise _nothing(text)
    name, given = match[1], int(match[2]) if match[2] else None
    if not before:
        kind = next((one for one in types.values() if one.set_name == name), None)
        if kind is None:
            raise _nothing(text)
        return Hop(kind, id=given)
    link = before[-1].type.link(name)
    if link is None or (given is not None and not link.many):
        raise _nothing(text)
    return Hop(types[link.target], link, given)


def _nothing(text: str) -> NoSuchPath:
    shown = gettext_noop("没有 %(path)s 这个地址。能读的集合列在服务的首页上。")
    return NoSuchPath(shown, path=text[:200])
