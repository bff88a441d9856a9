# SPDX-License-Identifier: Apache-2.0
"""What apps answer for as figures; a registry of its own holds them (``registry.registries.figures``)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import EvidencePage, Figure, FigureScope

SharedPage = Literal["today", "funds"]  # Those that several apps fill.


@dataclass(frozen=True, slots=True)
class Headline:
    """A figure that a page shows first, at its place; it stands in for the one ``instead_of`` which has no value."""

    key: str
    order: int = 0
    page: SharedPage = "today"
    instead_of: str = ""


@runtime_checkable
class FigureFamily(Protocol):
    """Figures an app computes together, so that a page of them asks the database once.

    ``keys`` are the figures it answers for; one that ends in a colon stands for all that begin so ("statement:").
    ``by_place`` are those that counties have, in the same way: they shade a map.
    """

    key: str
    keys: tuple[str, ...]
    headlines: tuple[Headline, ...] = ()
    order: int = 100
    by_place: tuple[str, ...] = ()

    @abstractmethod
    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """All of them, in order, with what the viewer may see."""

    def list_by_place(
        self, *, viewer: Actor, scope: FigureScope, key: str, places: Collection[str]
    ) -> Mapping[str, Figure]:
        """A figure for each of the places that has one for this viewer: those of their own pages."""
        found: dict[str, Figure] = {}
        for place in places:
            with suppress(NotVisible):
                every = self.list_figures(viewer=viewer, scope=replace(scope, place=place))
                found.update((place, figure) for figure in every if figure.key == key)
        return found

    @abstractmethod
    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """A page of the rows behind the "part" or the "whole" of one. Raises NotVisible."""
