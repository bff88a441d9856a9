# SPDX-License-Identifier: Apache-2.0
"""What apps offer to the layers above them, registered in each ``AppConfig.ready()``.

What does something is a Protocol: a provider names the one it fulfils as its base, so that mypy holds its methods
against it. A registry refuses what lacks a part, and a key it already has, at start-up, not on a page.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, runtime_checkable
from uuid import UUID

from shanhai.kernel.actors import Actor
from shanhai.kernel.beats import Beat, Daily
from shanhai.kernel.codes import ActsFor, CodeKind
from shanhai.kernel.families import FigureFamily, SharedPage
from shanhai.kernel.figures import FigureScope, Source
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.maps import MapLayer
from shanhai.kernel.messages import Message
from shanhai.kernel.news import NewsSource


class Keyed(Protocol):
    """Anything with a unique ``key``."""

    @property
    def key(self) -> str: ...


T = TypeVar("T", bound=Keyed)


class Registry(Generic[T]):
    """An ordered set of items of one type, by key."""

    def __init__(self, holds: type[Any]) -> None:
        self._holds = holds
        self._items: dict[str, T] = {}

    def add(self, *items: T) -> None:
        """Register ``items``. Raises TypeError for what lacks a part, ValueError for a key already taken."""
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
class Area:
    """What an app brings, with words: acts, whose codes begin with ``key``, permissions, fields that acts change.

    ``words`` are for members of enumerations by the field that holds one: to a word, or a mark and a word; ``things``
    the kinds of thing that a field names.
    """

    key: str
    label: Message
    acts: Mapping[str, str]
    permissions: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, tuple[Mapping[Any, Any], ...]] = field(default_factory=dict)
    things: Mapping[str, str] = field(default_factory=dict)


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


@runtime_checkable
class SearchSource(Protocol):
    """What the search box finds in an app."""

    key: str
    order: int = 100

    @abstractmethod
    def find(self, *, viewer: Actor, text: str, limit: int) -> tuple[SearchHit, ...]:
        """What matches and the viewer may see."""


@runtime_checkable
class ScopeKind(Protocol):
    """What a role may be bound to; its ``key`` is "programme" or "place"."""

    key: str

    @abstractmethod
    def list_choices(self) -> Sequence[tuple[str, str]]:
        """The code and the name, for the reader, of each there is, whoever asks. At most two queries."""


@runtime_checkable
class ThingKind(Protocol):
    """Things that acts are about or name; ``key`` is their type as a subject ("projects.project")."""

    key: str

    @abstractmethod
    def named(self, *, viewer: Actor, ids: Collection[str]) -> Mapping[str, Source]:
        """What those of ``ids`` that the viewer may see are called, and their pages. One query."""

    @abstractmethod
    def find(self, *, viewer: Actor, text: str, limit: int) -> Sequence[str]:
        """The ids of those that are called by ``text``, as a person would search for them. One query at most."""


class Progress(Protocol):
    """Told how far long work is, as often as one likes."""

    def __call__(self, done: int, total: int, /) -> None: ...


@runtime_checkable
class Importer(Protocol):
    """A kind of file that the console, the import page and the job take in: ``shanhai import <key> FILE``.

    One of ``permissions`` is needed somewhere to see it offered; its service asks for the file. ``options`` go beside
    it, large files ``in_background``: by a job. ``then`` is what comes next, and its page.
    """

    key: str
    label: Message
    permissions: frozenset[str]
    options: frozenset[str]
    in_background: bool
    then: tuple[Message, str] | None = None

    @abstractmethod
    def write_template(self, *, viewer: Actor, programme: str) -> bytes:
        """Its empty table, an .xlsx, for a programme. Raises NotVisible for what the viewer does not see."""

    @abstractmethod
    def recognises(self, file: TableFile) -> bool:
        """Whether the file is of this kind, as far as its content tells; False for one that cannot be read."""

    @abstractmethod
    def run(
        self,
        *,
        file: TableFile,
        options: Mapping[str, str],
        answers: Mapping[str, str],
        by: Actor,
        at: datetime,
        dry_run: bool,
        progress: Progress,
    ) -> ImportReport:
        """Check the file and, unless ``dry_run``, take it in whole, or nothing when something blocks; ``answers`` are
        what a person decided, by the key of the report's question."""


@dataclass(frozen=True, slots=True)
class JobOutcome:
    """What came of a job: its page, what its kind keeps (JSON), what is left to do: a sentence without placeholders."""

    url: str
    kept: Mapping[str, Any] = field(default_factory=dict)
    then: str = ""


@runtime_checkable
class JobKind(Protocol):
    """A kind of long work. A worker may be killed within, so running it twice must do no harm."""

    key: str
    label: Message

    @abstractmethod
    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Do it; ``arguments`` are the plain JSON values it was started with, ``by`` is who started it."""


@runtime_checkable
class Subscriber(Protocol):
    """What an app does when ``event`` has happened."""

    key: str
    event: str

    @abstractmethod
    def handle(self, *, payload: Mapping[str, str], event_id: UUID, at: datetime) -> None:
        """React to it; it must do no harm when run twice."""


@runtime_checkable
class PersonalData(Protocol):
    """What a model with personal data owes: ``key`` is the model label ("people.Person")."""

    key: str
    fields: tuple[str, ...]
    purpose: Message
    keep_until: Message

    @abstractmethod
    def erase(self, *, by: Actor, at: datetime) -> int:
        """Erase what is past its date, and answer of how many."""


@runtime_checkable
class IntegrityCheck(Protocol):
    """What ``shanhai audit verify`` asks of an app."""

    key: str
    label: Message

    @abstractmethod
    def run(self) -> tuple[str, ...]:
        """Sentences about what does not add up, none when all is well."""


MOST_TODOS = 100  # Of a kind at once: nobody reads more, and what is behind comes when these are done.


@dataclass(frozen=True, slots=True)
class Todo:
    """Something that waits for the viewer: what, why, by when, where, and in which programme ("" for none)."""

    label: Message | str
    why: Message
    url: str
    status: str = "wait"
    due: str = ""
    programme: str = ""


@runtime_checkable
class TodoSource(Protocol):
    """What waits for somebody in an app; every app whose things move from state to state has one."""

    key: str
    order: int = 100

    @abstractmethod
    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What waits for this viewer in the programme, in all that they see for None, most urgent first."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a shared ``page`` is asked for: by whom, about what, and the rest of its address's ``query``."""

    page: SharedPage
    viewer: Actor
    scope: FigureScope
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a panel shows: a template and its context, in so many of the page's twelve ``columns``."""

    template: str
    context: Mapping[str, Any]
    columns: int = 12


class Fill(Protocol):
    """Reads what a panel shows of what is asked; None where there is nothing for this viewer. It writes nothing."""

    def __call__(self, asked: Asked, /) -> Filled | None: ...


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a page that several apps fill, laid out by ``order``, for who holds ``permission`` in the programme."""

    key: str
    page: SharedPage
    order: int
    fill: Fill
    permission: str = ""


@dataclass(slots=True)
class Registries:
    """All registries of the running product."""

    areas: Registry[Area] = field(default_factory=lambda: Registry(Area))
    figures: Registry[FigureFamily] = field(default_factory=lambda: Registry(FigureFamily))
    menu: Registry[MenuItem] = field(default_factory=lambda: Registry(MenuItem))
    search: Registry[SearchSource] = field(default_factory=lambda: Registry(SearchSource))
    scopes: Registry[ScopeKind] = field(default_factory=lambda: Registry(ScopeKind))
    things: Registry[ThingKind] = field(default_factory=lambda: Registry(ThingKind))
    importers: Registry[Importer] = field(default_factory=lambda: Registry(Importer))
    jobs: Registry[JobKind] = field(default_factory=lambda: Registry(JobKind))
    daily: Registry[Daily] = field(default_factory=lambda: Registry(Daily))
    beats: Registry[Beat] = field(default_factory=lambda: Registry(Beat))
    subscribers: Registry[Subscriber] = field(default_factory=lambda: Registry(Subscriber))
    news: Registry[NewsSource] = field(default_factory=lambda: Registry(NewsSource))
    personal_data: Registry[PersonalData] = field(default_factory=lambda: Registry(PersonalData))
    integrity: Registry[IntegrityCheck] = field(default_factory=lambda: Registry(IntegrityCheck))
    todos: Registry[TodoSource] = field(default_factory=lambda: Registry(TodoSource))
    panels: Registry[Panel] = field(default_factory=lambda: Registry(Panel))
    codes: Registry[CodeKind] = field(default_factory=lambda: Registry(CodeKind))
    acting: Registry[ActsFor] = field(default_factory=lambda: Registry(ActsFor))
    layers: Registry[MapLayer] = field(default_factory=lambda: Registry(MapLayer))

    def area_of(self, code: str) -> Area:
        """The area of an act or of a source of to-dos, by how its code begins; a strange one gets one without words."""
        return self.areas.get(code.partition(".")[0]) or Area("", Message(""), {})

    @property
    def permissions(self) -> dict[str, str]:
        """The words for every permission there is, by its key ("project.view")."""
        return {key: words for area in self.areas for key, words in area.permissions.items()}

    def words_for(self, act: str) -> str:
        """What an act of the audit trail is called; "" for one that no app has registered."""
        return self.area_of(act).acts.get(act, "")

    def words_for_field(self, act: str, name: str) -> str:
        """What a field that an act changed is called, by its app or by the trail's own words; "" for a strange one."""
        return self.area_of(act).fields.get(name) or self.area_of("audit").fields.get(name, "")

    def words_for_values(self, act: str, name: str, values: Collection[str]) -> Mapping[Any, Any]:
        """The words for what a field was and is, the app's own before those of others; empty for no enumeration."""
        known = (words for area in (self.area_of(act), *self.areas) for words in area.words.get(name, ()))
        return next((words for words in known if all(value in words for value in values)), {})


registries = Registries()
