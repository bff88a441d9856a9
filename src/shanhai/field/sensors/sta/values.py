# SPDX-License-Identifier: Apache-2.0
"""What is in a question and an answer of the API, and how the names of the standard stand for what is stored."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

VERSION = "v1.1"
# What is served of 18-088, below the address of its requirements; each has a test.
REQUIREMENTS = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CONFORMANCE = (
    "datamodel",
    "resource-path/resource-path-to-entities",
    *(
        f"request-data/{one}"
        for one in (
            "order",
            "select",
            "expand",
            "orderby",
            "skip",
            "top",
            "filter",
            "built-in-filter-operations",
            "built-in-query-functions",
            "count",
            "pagination",
            "status-code",
            "query-status-code",
        )
    ),
    "multi-datastream/properties",
    "multi-datastream/relations",
    "multi-datastream/constraints",
    *(
        f"create-update-delete/{one}"
        for one in (
            "create-entity",
            "link-to-existing-entities",
            "deep-insert",
            "deep-insert-status-code",
            "update-entity",
            "update-entity-put",
            "update-entity-jsonpatch",
            "delete-entity",
            "historical-location-auto-creation",
            "historical-location-manual-creation",
        )
    ),
    "batch-request/batch-request",
    "data-array/data-array",
)


class Kind(StrEnum):
    """What a property holds, which says how it is read, compared and written."""

    ID = "id"
    TEXT = "text"
    JSON = "json"  # any JSON value; in filters a path leads into it: properties/height
    GEOMETRY = "geometry"  # GeoJSON beside a bounding box: west, south, east, north of the same row
    TIME = "time"  # one column of microseconds
    PERIOD = "period"  # two columns of microseconds, begin and end; an instant where the end is null
    SPAN = "span"  # the same as it is answered, under its name in a column of JSON
    RESULT = "result"  # number, or value where number is null


@dataclass(frozen=True, slots=True)
class Property:
    """A property by its ``name`` on the wire; ``columns`` are attributes of the model (two for a period or result)."""

    name: str
    kind: Kind
    columns: tuple[str, ...]
    required: bool = False
    # The server works it out: what a client gives for it is passed over.
    computed: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A navigation property: ``target`` is the key of an entity type.

    ``paths`` are lookups from this model to the target's rows: of several, the first that is not null counts.
    ``back`` is the lookup from the target's model to this one, of the same alternatives.
    """

    name: str
    target: str
    paths: tuple[str, ...]
    back: tuple[str, ...]
    many: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class EntityType:
    """An entity type of 18-088, clause 8: ``key`` is its name ("Thing"), ``set_name`` that of its set ("Things")."""

    key: str
    set_name: str
    properties: tuple[Property, ...]
    links: tuple[Link, ...]

    def property(self, name: str) -> Property | None:
        """The property of that name."""
        return next((one for one in self.properties if one.name == name), None)

    def link(self, name: str) -> Link | None:
        """The navigation property of that name."""
        return next((one for one in self.links if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Options:
    """What a question asks of a set (18-088, clause 9.3). ``top`` None is as many as a page holds."""

    select: tuple[str, ...] = ()
    expand: tuple[Expansion, ...] = ()
    filter: str = ""
    # Each an expression, and whether the greatest comes first.
    orderby: tuple[tuple[str, bool], ...] = ()
    top: int | None = None
    skip: int = 0
    count: bool = False
    # Where the page before has ended.
    after: str = ""
    format: str = ""


@dataclass(frozen=True, slots=True)
class Expansion:
    """A link whose rows come along, with what is asked of them."""

    name: str
    options: Options = Options()


@dataclass(frozen=True, slots=True)
class Under:
    """The entity whose set something is posted to: its kind, its id, and the link that leads to the set."""

    kind: str
    id: int
    link: Link
