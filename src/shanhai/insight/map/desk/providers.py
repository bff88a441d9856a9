# SPDX-License-Identifier: Apache-2.0
"""What the desk offers the registries: news of what has changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit.selectors import latest_act
from shanhai.insight.map.desk.selectors import NEWS
from shanhai.kernel.actors import Actor
from shanhai.kernel.news import NewsSource
from shanhai.kernel.registry import registries


class News(NewsSource):
    """The map of a programme, by its code: layers are asked again, each with its ETag."""

    key = NEWS

    def may_hear(self, *, viewer: Actor, keys: Collection[Any]) -> bool:
        """Who sees the programmes."""
        return all(viewer.may_somewhere(Permission.PROGRAMME_VIEW, programme=one) for one in keys)

    def states(self, *, keys: Collection[Any]) -> Mapping[Any, Any]:
        """The latest act in each, and what else changes layers."""
        others = [one.changed() for one in registries.layers]
        return {one: [latest_act(programmes=[one]), *others] for one in keys}
