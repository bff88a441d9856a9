# SPDX-License-Identifier: Apache-2.0
"""What apps have open pages hear of at once; a registry of its own holds them (``registry.registries.news``)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Mapping
from typing import Any, Protocol, runtime_checkable

from shanhai.kernel.actors import Actor


@runtime_checkable
class NewsSource(Protocol):
    """What open pages hear of at once, by keys of its own: numbers or texts, as its pages ask for them."""

    key: str

    @abstractmethod
    def may_hear(self, *, viewer: Actor, keys: Collection[Any]) -> bool:
        """Whether the viewer may see all that these keys stand for. Asked anew while the page is open."""

    @abstractmethod
    def states(self, *, keys: Collection[Any]) -> Mapping[Any, Any]:
        """How it is with each key, as JSON: pages that hear of it are told when it differs. Asked twice a second."""
