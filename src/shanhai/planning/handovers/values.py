# SPDX-License-Identifier: Apache-2.0
"""What holds a batch back, before it is stored."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from shanhai.kernel.actors import Actor
from shanhai.kernel.registry import Registry


class ItemKind(StrEnum):
    """The kinds of thing that a batch does not leave behind, in the order in which a pack lists them."""

    OPEN_SETTLEMENT = "open_settlement"
    ASSET_NOT_TRANSFERRED = "asset_not_transferred"
    UNSIGNED_PAPER = "unsigned_paper"
    UNFINISHED_PROJECT = "unfinished_project"
    OPEN_ADJUSTMENT = "open_adjustment"
    OPEN_WARNING = "open_warning"
    OPEN_TASK = "open_task"
    OPEN_REPORT = "open_report"
    OPEN_PLAN = "open_plan"
    DOUBTED_RETURN = "doubted_return"
    OPEN_SECONDMENT = "open_secondment"
    UNCONFIRMED_TEACHING = "unconfirmed_teaching"


class ResponsibleKind(StrEnum):
    """Who answers for an item: a user (by reference), a work group or an organisation (by name), or the office."""

    PERSON = "person"
    GROUP = "group"
    ORGANISATION = "organisation"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class Responsible:
    """``name`` is a user's reference, the name of a group or of an organisation; "" for the office."""

    kind: ResponsibleKind
    name: str = ""


THE_OFFICE = Responsible(ResponsibleKind.OFFICE)


@dataclass(frozen=True, slots=True)
class Cause:
    """Something that is open in a lower app. ``subject_type``, ``subject_id`` and ``kind`` tell it from all others.

    ``url`` is the page on which it is brought to its end; ``place`` a GB/T 2260 code, "" for the whole programme;
    ``since`` the day from which it has been due or open, None where nobody knows.
    """

    kind: ItemKind
    subject_type: str
    subject_id: str
    label: str
    url: str
    responsible: Responsible
    place: str = ""
    since: date | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """By what an item and its cause find each other."""
        return self.kind.value, self.subject_type, self.subject_id


@runtime_checkable
class Owing(Protocol):
    """What an app above finds open that ought to be finished; who collects it holds ``permission`` in the programme."""

    key: str
    permission: str

    @abstractmethod
    def find(self, *, viewer: Actor, programme: str, until: date, at: datetime) -> Iterable[Cause]:
        """What is open in a programme and ought to be finished by the day ``until``."""


OWING: Registry[Owing] = Registry(Owing)
