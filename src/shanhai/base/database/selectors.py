# SPDX-License-Identifier: Apache-2.0
"""What every list asks for, made SQL here and nowhere else: where a viewer holds a permission, and words to be found.

For a row with its place the answer of ``visible`` is that of ``Actor.may``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BigIntegerField, CharField, Lookup, Model, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from shanhai.kernel.actors import NOBODY, Actor, Scope, place_prefix
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Source
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.registry import ThingKind

MOST_WORDS = 8
# How an actor names a user; this app knows no accounts.
_USER = "user:"
M = TypeVar("M", bound=Model)


@CharField.register_lookup
@BigIntegerField.register_lookup
class AnyOf(Lookup):
    """``subject__any_of=values``: as ``in``, however many values, for they are one parameter.

    With ten thousand parameters the driver takes longer to write the statement than the database to answer it.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """The values as a JSON array."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*params, json.dumps(self.rhs)]  # noqa: S608 - from the model

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, list[Any]]:
        """The values as an array."""
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*params, self.rhs]


class Unplaced(StrEnum):
    """What a row without a place means."""

    # Only a scope without a place sees it, as ``Actor.may`` has it.
    HIDDEN = "hidden"
    # It belongs to the whole programme: whoever sees the programme sees it.
    SHARED = "shared"


def visible(
    viewer: Actor,
    permission: str,
    *,
    programme: str = "programme",
    place: str | None = "place",
    unplaced: Unplaced = Unplaced.HIDDEN,
    recipient: str | None = None,
) -> Q:
    """Rows that lie in a scope in which the viewer holds ``permission``.

    ``programme``, ``place`` and ``recipient`` are paths to the programme's code, to the row's division code (None for
    rows without one) and to the code of the division that the programme supports. A scope that names a place and no
    programme sees a programme's shared rows when its recipient lies in the place or around it.
    """
    seen = _none()
    for scope in viewer.scopes(permission):
        part = _all() if scope.programme is None else Q(**{programme: scope.programme})
        if scope.place is not None:
            inside = within(scope.place, place) if place else _none()
            if unplaced is Unplaced.SHARED:
                inside |= _without(place) & _supports(scope, recipient)
            part &= inside
        seen |= part
    return seen


def around(viewer: Actor, permission: str, *, programme: str = "programme__") -> Q:
    """Rows whose programme (at the path ``programme``) the viewer sees, if only from a place inside it.

    A scope that names a programme shows it; one that names only a place shows the programmes whose recipient lies in it
    or around it, so that a county's staff see the programme that supports their county.
    """
    return visible(
        viewer,
        permission,
        programme=f"{programme}code",
        place=None,
        unplaced=Unplaced.SHARED,
        recipient=f"{programme}recipient__code",
    )


def within(division: str | None, path: str = "place") -> Q:
    """Rows whose code at ``path`` lies in the division; all of them for None.

    A range of digits uses the index on every database and in every collation, which LIKE does not.
    """
    if not division:
        return _all()
    prefix = place_prefix(division)
    return Q(**{f"{path}__range": (prefix, prefix.ljust(12, "9"))})


def own(viewer: Actor, path: str) -> Q:
    """Rows of who looks: ``path`` leads to the user they are of."""
    ref = viewer.ref.removeprefix(_USER)
    return Q(**{f"{path}__uuid": ref}) if viewer.ref.startswith(_USER) and _is_uuid(ref) else _none()


def in_programme(code: str | None, path: str = "programme") -> Q:
    """Rows whose programme (at ``path``) has that code; all of them for None."""
    return _all() if code is None else Q(**{f"{path}__code": code})


def holding(text: str, *paths: str, initials: str = "", whole: str = "") -> Q:
    """Rows in which each word of ``text`` is found by itself; all of them for no word.

    A word is found in one of ``paths``, in what ``kernel.pinyin`` made of a name (at ``initials``), or is ``whole``.
    """
    words = text.replace("\x00", " ").split()[:MOST_WORDS]
    found = _all()
    for word in words:
        either = Q(**{f"{initials}__contains": word.lower()}) if initials else _none()
        for path in paths:
            either |= Q(**{f"{path}__icontains": word})
        found &= either | Q(**{whole: word.upper()}) if whole else either
    return found


def row_of(rows: QuerySet[M], uuid: UUID, missing: str, code: str = "", /, *, lock: bool = False) -> M:
    """The row of that uuid; ``lock`` holds it until the transaction ends. Raises NotVisible, which says ``missing``."""
    found = (rows.select_for_update(of=("self",), no_key=True) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(missing, code)
    return found


_ALL = "*"


def readership_of(layer: MapLayer, viewer: Actor) -> str:
    """All who see the same rows, as a text: the scopes of its permission; "" for who sees none."""
    if not layer.permission:
        return "" if viewer.ref == NOBODY.ref else f"{_ALL}@{_ALL}"
    held = viewer.scopes(layer.permission)
    if held and (layer.everywhere or Scope() in held):
        return f"{_ALL}@{_ALL}"
    return ";".join(sorted({f"{one.programme or _ALL}@{one.place or _ALL}" for one in held}))


def member_of(layer: MapLayer, readership: str) -> Actor:
    """Somebody of that readership, who may see these rows and nothing else."""
    pairs = (one.split("@") for one in readership.split(";"))
    scopes = tuple(Scope(*(None if part == _ALL else part for part in pair)) for pair in pairs)
    return Actor("system:map", name="map", grants={layer.permission: scopes} if layer.permission else {})


@dataclass(frozen=True)
class Things(ThingKind):
    """The rows of a model as things of the trail: ``rows`` are those a viewer may see, ``by`` the column of their id.

    ``name`` and ``url`` are read off a row; ``texts`` are the paths that hold the words by which people search.
    """

    key: str
    rows: Callable[[Actor], QuerySet[Any]]
    name: Callable[[Any], str] = str
    url: Callable[[Any], str] | None = None
    texts: tuple[str, ...] = ()
    by: str = "uuid"

    def named(self, *, viewer: Actor, ids: Collection[str]) -> dict[str, Source]:
        """By id as the trail writes it."""
        fits = {"uuid": _is_uuid, "pk": _is_key}.get(self.by)
        known = [one for one in ids if fits is None or fits(one)]
        found = self.rows(viewer).filter(**{f"{self.by}__in": known}) if known else ()
        url = self.url or (lambda _row: "")
        return {str(getattr(row, self.by)): Source(self.name(row), url(row)) for row in found}

    def find(self, *, viewer: Actor, text: str, limit: int) -> Sequence[str]:
        """Those that hold every word."""
        found = self.rows(viewer).filter(holding(text, *self.texts)) if self.texts else self.rows(viewer).none()
        return [str(one) for one in found.values_list(self.by, flat=True)[:limit]]


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _is_key(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) < 19


def _supports(scope: Scope, recipient: str | None) -> Q:
    if scope.programme is not None or scope.place is None:
        return _all()
    if recipient is None:
        return _none()
    ancestors = [scope.place[:2] + "0000", scope.place[:4] + "00", scope.place]
    return within(scope.place, recipient) | Q(**{f"{recipient}__in": ancestors})


def _without(place: str | None) -> Q:
    return _all() if place is None else Q(**{place: ""}) | Q(**{f"{place}__isnull": True})


# Not an empty Q, which would vanish beside another one.
def _all() -> Q:
    return ~_none()


def _none() -> Q:
    return Q(pk__in=[])
