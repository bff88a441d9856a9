# SPDX-License-Identifier: Apache-2.0
"""Who looks and who acts. Built once per request from the signed-in user, or named for the system's own work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a permission holds. ``None`` means everywhere; a place is the significant prefix of its GB/T 2260 code.

    540000 covers 54…, 540600 covers 5406…, 540621 only itself.
    """

    programme: str | None = None
    place: str | None = None

    @property
    def place_prefix(self) -> str:
        """The leading digits that every code inside the place shares; empty for everywhere."""
        return "" if self.place is None else place_prefix(self.place)

    def covers(self, *, programme: str | None, place: str | None) -> bool:
        """Whether a thing of ``programme`` at ``place`` lies inside; an unplaced thing lies only in unplaced scopes."""
        if self.programme is not None and self.programme != programme:
            return False
        return self.place is None or (place is not None and place.startswith(self.place_prefix))

    def touches(self, *, programme: str | None, place: str | None) -> bool:
        """Whether anything of ``programme`` (of any for None) in ``place`` (anywhere for None) may lie inside."""
        asked = place_prefix(place or "")
        near = asked.startswith(self.place_prefix) or self.place_prefix.startswith(asked)
        return near and (programme is None or self.programme in (None, programme))


def place_prefix(code: str) -> str:
    """The part of a GB/T 2260 code that its subdivisions share: 54, 5406 or 540621."""
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code


@dataclass(frozen=True, slots=True)
class Actor:
    """``ref`` goes into the audit trail ("user:<uuid>", "system:worker"); names never do.

    ``grants`` maps a permission to the scopes it holds in. ``chosen`` is the programme that they last went to: what
    names none is about it.
    """

    ref: str
    name: str = ""
    grants: Mapping[str, tuple[Scope, ...]] = field(default_factory=dict)
    roles: tuple[str, ...] = ()
    chosen: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "grants", MappingProxyType(dict(self.grants)))

    def scopes(self, permission: str) -> tuple[Scope, ...]:
        """The scopes in which the actor holds ``permission``; empty when nowhere."""
        return self.grants.get(permission, ())

    def may(self, permission: str, *, programme: str | None = None, place: str | None = None) -> bool:
        """Whether the actor holds ``permission`` for a thing of ``programme`` at ``place``."""
        return any(scope.covers(programme=programme, place=place) for scope in self.scopes(permission))

    def may_somewhere(self, permission: str, *, programme: str | None = None, place: str | None = None) -> bool:
        """Whether the actor holds ``permission`` in any scope: for menus, never for a decision on one thing.

        With ``programme`` and ``place``: whether any scope touches them, as the place, a part of it or around it.
        """
        return any(scope.touches(programme=programme, place=place) for scope in self.scopes(permission))

    def scopes_within(self, permission: str, *, programme: str | None) -> tuple[Scope, ...]:
        """Where the actor holds ``permission`` within ``programme``; its scopes as they are for None."""
        held = (scope for scope in self.scopes(permission) if scope.touches(programme=programme, place=None))
        return tuple(Scope(scope.programme or programme, scope.place) for scope in held)

    def may_unplaced(self, permission: str) -> bool:
        """Whether the actor holds ``permission`` in some programme without being bound to a place."""
        return any(scope.place is None for scope in self.scopes(permission))

    def confined_to(self, permission: str, *, programme: str) -> str | None:
        """The one place in which the actor holds ``permission`` in ``programme``; None for none, several, or all."""
        held = self.scopes(permission)
        places = {scope.place for scope in held if scope.touches(programme=programme, place=None)}
        return places.pop() if len(places) == 1 else None

    def files_under(self, permission: str, *, programme: str) -> str:
        """The place that a thing of ``programme`` for which ``permission`` is held goes under, which names none itself.

        Nothing, for the whole programme, where that is theirs; else the first of their places by code.
        """
        if self.may(permission, programme=programme):
            return ""
        held = (scope for scope in self.scopes(permission) if scope.touches(programme=programme, place=None))
        return min((scope.place or "" for scope in held), default="")

    def lent(self, permission: str, *, programme: str | None, place: str | None) -> Actor:
        """The same actor who holds ``permission`` for a thing of ``programme`` at ``place``, too."""
        held = (*self.scopes(permission), Scope(programme, place))
        return replace(self, grants={**self.grants, permission: held})

    def require(self, permission: str, *, programme: str | None = None, place: str | None = None) -> None:
        """Raise NotAllowed unless ``may``."""
        if not self.may(permission, programme=programme, place=place):
            raise NotAllowed(gettext_noop("您的岗位不能做这件事。需要时请向指挥部办公室申请。"))


NOBODY = Actor("nobody")


def system(name: str, permissions: tuple[str, ...] = ()) -> Actor:
    """The product itself at work ("worker", "demo", "cli"), everywhere, with the permissions it is given."""
    return Actor(f"system:{name}", name=name, grants={permission: (Scope(),) for permission in permissions})
