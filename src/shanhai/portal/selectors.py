# SPDX-License-Identifier: Apache-2.0
"""What waits for somebody, over all apps and programmes, and which of it comes next."""

from __future__ import annotations

from datetime import datetime

from shanhai.kernel.actors import Actor
from shanhai.kernel.page_memory import remembered
from shanhai.kernel.registry import Todo, registries


@remembered
def list_todos(*, viewer: Actor, at: datetime) -> tuple[tuple[str, tuple[Todo, ...]], ...]:
    """What waits for the viewer in all programmes, by the key of its source, in the order of the sources."""
    found = ((source.key, source.find(viewer=viewer, programme=None, at=at)) for source in registries.todos)
    return tuple((key, todos) for key, todos in found if todos)


def next_todo(*, viewer: Actor, at: datetime, opened: str, number: int) -> tuple[Todo, int] | None:
    """What comes after the to-do of the address ``opened``, the ``number``-th of its list, with its own number.

    That is the opened one itself, as long as it still waits; None when nothing does.
    """
    todos = [todo for _key, found in list_todos(viewer=viewer, at=at) for todo in found]
    still = next((at for at, todo in enumerate(todos) if todo.url == opened), None)
    if still is None:
        still = number if number < len(todos) else 0
    return (todos[still], still) if todos else None
