# SPDX-License-Identifier: Apache-2.0
"""What apps offer to the layers above them, registered in each ``AppConfig.ready()``.

A registry knows the type it holds and refuses anything else, and a key it already has, at start-up, not on a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import EvidencePage, Figure, FigureScope
from shanhai.kernel.messages import Message


class Keyed(Protocol):
    """Anything with a unique ``key``."""

    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=Keyed)


class Registry(Generic[T]):
    """An ordered set of items of one type, by key."""

    def __init__(self, holds: type[T]) -> None:
        self._holds = holds
        self._items: dict[str, T] = {}

    def add(self, *items: T) -> None:
        """Register ``items``. Raises TypeError for a wrong type, ValueError for a key already taken."""
        for item in items:
            if not isinstance(item, self._holds):
                raise TypeError(f"this registry holds {self._holds.__name__}, not {type(item).__name__}")
            if item.key in self._items:
                raise ValueError(f"{self._holds.__name__} {item.key!r} is registered twice")
            self._items[item.key] = item

    def get(self, key: str) -> T | None:
        """The item of that key, or None."""
        return self._items.get(key)

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._items.values(), key=lambda item: (getattr(item, "order", 0), item.key)))

    def __len__(self) -> int:
        return len(self._items)


@dataclass(frozen=True, slots=True)
class FigureFamily:
    """Figures an app computes together, so that a page of them asks the database once.

    ``keys`` are the figures it answers for; one that ends in a colon stands for all that begin so ("statement:").
    ``list_figures(viewer, scope)`` answers all of them, in order, with what the viewer may see.
    ``evidence(viewer, scope, key, part, offset, limit)`` pages through the rows of the "part" or the "whole" of one.
    """

    key: str
    keys: tuple[str, ...]
    list_figures: Callable[[Actor, FigureScope], tuple[Figure, ...]]
    evidence: Callable[[Actor, FigureScope, str, str, int, int], EvidencePage]
    order: int = 100

    def answers(self, key: str) -> bool:
        """Whether the figure of that key is one of this family."""
        return any(key == own or (own.endswith(":") and key.startswith(own)) for own in self.keys)


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the main menu; shown to viewers who hold ``permission`` somewhere."""

    key: str
    label: Message
    url_name: str
    permission: str
    order: int


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing found by the search box."""

    label: str
    kind: Message
    url: str


@dataclass(frozen=True, slots=True)
class SearchSource:
    """``find(viewer, text, limit)`` answers what matches and the viewer may see."""

    key: str
    find: Callable[[Actor, str, int], tuple[SearchHit, ...]]
    order: int = 100


@dataclass(frozen=True, slots=True)
class Importer:
    """A kind of file the console and the import page take in: ``shanhai import <key> FILE``.

    ``run(path, options, by, at, dry_run)`` answers a JSON-ready report with "kind", "rows", "problems" and "applied".
    ``recognises(path)`` says whether a file is of this kind, where that can be told from its header. Large files of a
    kind ``in_background`` are taken in by a job; its ``run`` takes ``progress(done, total)``, too.
    """

    key: str
    label: Message
    run: Callable[..., dict[str, Any]]
    recognises: Callable[[Path], bool] | None = None
    in_background: bool = False


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of long work: ``run(arguments, job, by, at, progress)`` answers its outcome in plain JSON values.

    ``job`` is the job's uuid as text; ``progress(done, total)`` may be told as often as one likes. An outcome with
    "url" names the page that shows it. A worker may be killed within, so running it twice must do no harm.
    """

    key: str
    label: Message
    run: Callable[..., dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Daily:
    """Work of every day: the worker calls ``run(by, at)`` once after ``after`` (local time, "07:30").

    It answers a sentence on what was done. It may be called again on the same day when it failed or was killed.
    """

    key: str
    label: Message
    after: str
    run: Callable[..., str]


@dataclass(frozen=True, slots=True)
class Subscriber:
    """``handle(payload, event_id, at)`` reacts to an event; it must do no harm when run twice."""

    key: str
    event: str
    handle: Callable[..., None]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What a model with personal data owes: ``key`` is the model label ("people.Person")."""

    key: str
    fields: tuple[str, ...]
    purpose: Message
    keep_until: Message
    erase: Callable[..., int]


@dataclass(frozen=True, slots=True)
class IntegrityCheck:
    """``run()`` answers sentences about what does not add up, none when all is well; ``shanhai audit verify`` asks."""

    key: str
    label: Message
    run: Callable[[], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for the viewer: what, why, by when, where."""

    label: str
    why: Message
    url: str
    status: str = "wait"
    due: str = ""


@dataclass(frozen=True, slots=True)
class TodoSource:
    """``find(viewer, programme, at)`` answers what waits for this viewer, most urgent first."""

    key: str
    find: Callable[..., tuple[Todo, ...]]
    order: int = 100


@dataclass(slots=True)
class Registries:
    """All registries of the running product."""

    figures: Registry[FigureFamily] = field(default_factory=lambda: Registry(FigureFamily))
    menu: Registry[MenuItem] = field(default_factory=lambda: Registry(MenuItem))
    search: Registry[SearchSource] = field(default_factory=lambda: Registry(SearchSource))
    importers: Registry[Importer] = field(default_factory=lambda: Registry(Importer))
    jobs: Registry[JobKind] = field(default_factory=lambda: Registry(JobKind))
    daily: Registry[Daily] = field(default_factory=lambda: Registry(Daily))
    subscribers: Registry[Subscriber] = field(default_factory=lambda: Registry(Subscriber))
    personal_data: Registry[PersonalData] = field(default_factory=lambda: Registry(PersonalData))
    integrity: Registry[IntegrityCheck] = field(default_factory=lambda: Registry(IntegrityCheck))
    todos: Registry[TodoSource] = field(default_factory=lambda: Registry(TodoSource))


registries = Registries()
