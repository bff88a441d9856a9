# SPDX-License-Identifier: Apache-2.0
"""What apps say of the codes that stand for their things: kinds, what stands behind a code, for whom people act."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message


@dataclass(frozen=True, slots=True)
class CodeLink:
    """Where a code leads: ``type`` is a link type ("gs1:pip") or an address, ``href`` a path of this site or https://…

    ``audience`` is whom it is for: "buyer", "inspector", "herder", "visitor", or "" for everybody; ``language`` a tag
    ("zh", "en") or "" for any. Of a code the one marked ``default`` is where a scan leads, else the first "gs1:pip".
    """

    type: str
    href: str
    title: Message | str
    language: str = ""
    media_type: str = "text/html"
    audience: str = ""
    default: bool = False


@dataclass(frozen=True, slots=True)
class CodeStanding:
    """What stands behind a code: its name for people, its links, and what a first reveal is held against.

    ``shipped_at`` is when it left the maker, None for not yet; ``not_for_sale`` is for what no buyer should hold.
    """

    title: Message | str
    links: tuple[CodeLink, ...] = ()
    shipped_at: datetime | None = None
    recalled: bool = False
    not_for_sale: bool = False


@runtime_checkable
class CodeKind(Protocol):
    """A kind of own codes, ``/x/{key}/…`` ("lot"); ``keys`` are keys of GS1 that it answers for besides ("01")."""

    key: str
    label: Message
    keys: tuple[str, ...] = ()

    @abstractmethod
    def standing(self, *, identifier: str, viewer: Actor, at: datetime) -> CodeStanding | None:
        """What stands behind the path of a code ("/x/lot/AB12…", "/01/…/10/…"); None for nothing. Few queries.

        Its links are those that the viewer may follow: whoever scans asks, a stranger too.
        """


@runtime_checkable
class ActsFor(Protocol):
    """For which organisations people act in an app, though no role shows them all of a programme."""

    key: str

    @abstractmethod
    def organisations(self, *, viewer: Actor) -> Collection[int]:
        """The primary keys of those for which the viewer acts. One query."""
