# SPDX-License-Identifier: Apache-2.0
"""Asking once what several parts of one page ask for: answers that last as long as the reading of one page.

Outside ``remembering`` nothing is kept. Entry points open it only around what does not write.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("shanhai_kept", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Within the block each remembered question of one viewer is asked once."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def remembered(ask: Callable[P, R]) -> Callable[P, R]:
    """A selector whose answer nobody changes, called with ``viewer`` and otherwise hashable values."""

    question = signature(ask)

    @wraps(ask)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        kept = _kept.get()
        if kept is None:
            return ask(*args, **kwargs)
        bound = question.bind(*args, **kwargs)
        bound.apply_defaults()
        # The same person with the same roles is one viewer, however often looked up.
        key = (ask, *(value.ref if name == "viewer" else value for name, value in bound.arguments.items()))
        if key not in kept:
            kept[key] = ask(*args, **kwargs)
        answer: R = kept[key]
        return answer

    return asked
