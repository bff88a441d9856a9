# SPDX-License-Identifier: Apache-2.0
from shanhai.base.passages.selectors import find_passages
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import SearchHit, SearchSource


class Passages(SearchSource):
    """What stands in texts: the title, and the words around what was found."""

    key = "passages"
    order = 90

    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """The newest first."""
        kind = message(gettext_noop("文中"))
        return tuple(
            SearchHit(
                f"{one.passage.title}：{one.excerpt}" if one.excerpt else one.passage.title, kind, one.passage.url
            )
            for one in find_passages(viewer=viewer, text=text, limit=limit)
        )
