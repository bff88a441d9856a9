# SPDX-License-Identifier: Apache-2.0
"""Integrity as people see it: the year's letter and who has not signed, declarations, trips, cases, days without."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import in_programme, own, row_of, visible
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop
from shanhai.team.conduct.models import CaseFile, Declaration, ExchangeTrip, Letter, Signature, TripMember
from shanhai.team.conduct.permissions import IntegrityPermission
from shanhai.team.conduct.states import CaseState, TripState
from shanhai.team.secondments.selectors.roster import list_roster

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme
    from shanhai.team.secondments.models import Secondment

# Who leads, and discipline.
MANAGES_TRIPS = (IntegrityPermission.COUNTERSIGN, IntegrityPermission.DISCIPLINE)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of who is here on a day: whose letter of the year is signed by both sides, by one alone, by nobody."""

    letter: Letter | None
    whole: tuple[Signature, ...]
    waiting: tuple[Signature, ...]
    missing: tuple[Secondment, ...]

    @property
    def members(self) -> int:
        """How many people are here."""
        return len(self.whole) + len(self.waiting) + len(self.missing)


def letter_of(*, programme: str, year: int) -> Letter | None:
    """The letter of a year, for who has any part in integrity there."""
    return Letter.objects.filter(in_programme(programme), year=year).select_related("programme").first()


def get_letter(*, viewer: Actor, uuid: UUID) -> Letter:
    """A letter. Raises NotVisible."""
    rows = Letter.objects.visible_to(viewer).select_related("programme")
    return row_of(rows, uuid, gettext_noop("没有找到这份责任书。请从廉洁页进入。"), "conduct.letter_not_found")


def coverage(*, viewer: Actor, programme: str, on: date) -> Coverage:
    """Who of those in a post on a day, whom the viewer sees, has signed the letter of its year. Three queries."""
    letter = letter_of(programme=programme, year=on.year)
    here = {one.person_id: one for one in list_roster(viewer=viewer, programme=programme, on=on)}
    signed = Signature.objects.filter(letter=letter, signed_at__isnull=False) if letter else Signature.objects.none()
    rows = signed.select_related("person", "secondment__post").order_by("signed_at", "pk")
    found = [one for one in rows if one.person_id in here]
    known = {one.person_id for one in found}
    return Coverage(
        letter,
        tuple(one for one in found if one.countersigned_at),
        tuple(one for one in found if not one.countersigned_at),
        tuple(one for person, one in here.items() if person not in known),
    )


def count_signed(*, viewer: Actor, letter: Letter, on: date) -> tuple[int, int]:
    """How many people are in a post on a day, and of how many both sides signed the letter. Two queries."""
    here = list_roster(viewer=viewer, programme=letter.programme.code, on=on).order_by().values("person").distinct()
    return here.count(), letter.signatures.filter(countersigned_at__isnull=False, person__in=here).count()


def own_signature(*, viewer: Actor, letter: Letter) -> Signature | None:
    """The viewer's own signature under a letter."""
    return letter.signatures.filter(own(viewer, "person__user")).first()


def list_to_countersign(*, viewer: Actor, programme: str | None) -> QuerySet[Signature]:
    """Signatures of others that wait for the viewer's, the longest first. One query."""
    where = visible(
        viewer, IntegrityPermission.COUNTERSIGN, programme="letter__programme__code", place="secondment__place"
    )
    rows = Signature.objects.filter(where, in_programme(programme, "letter__programme"), countersigned_at=None)
    rows = rows.exclude(own(viewer, "person__user"))
    return rows.select_related("letter__programme", "person", "secondment__post").order_by("signed_at", "pk")


def get_declaration(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Declaration:
    """The declaration. ``lock`` holds its row. Raises NotVisible, for all but the person and discipline."""
    rows = Declaration.objects.visible_to(viewer).select_related("programme", "secondment__post", "person")
    if not lock:
        rows = rows.select_related("person__user")
    missing = gettext_noop("没有找到这份报告。请从廉洁页进入。")
    return row_of(rows, uuid, missing, "conduct.declaration_not_found", lock=lock)


def list_own_declarations(*, viewer: Actor) -> QuerySet[Declaration]:
    """The viewer's own, the latest first."""
    return Declaration.objects.filter(own(viewer, "person__user")).order_by("-declared_at", "-pk")


def list_unread(*, viewer: Actor, programme: str | None) -> QuerySet[Declaration]:
    """Declarations that discipline has not read, the longest first, not one's own. One query."""
    where = visible(viewer, IntegrityPermission.DISCIPLINE, programme="programme__code")
    rows = Declaration.objects.filter(where, in_programme(programme), read_at=None, erased_at=None)
    rows = rows.exclude(own(viewer, "person__user"))
    return rows.select_related("programme", "person").order_by("declared_at", "pk")


def list_undeclared(*, viewer: Actor, programme: str, on: date) -> list[Secondment]:
    """Who of those in a post on a day has not declared anything in its year. Two queries."""
    declared = Declaration.objects.filter(in_programme(programme), year=on.year).values_list("person_id", flat=True)
    said = set(declared)
    return [one for one in list_roster(viewer=viewer, programme=programme, on=on) if one.person_id not in said]


def get_trip(*, viewer: Actor, uuid: UUID, lock: bool = False) -> ExchangeTrip:
    """The trip. ``lock`` holds its row. Raises NotVisible."""
    rows = ExchangeTrip.objects.visible_to(viewer).select_related("programme")
    missing = gettext_noop("没有找到这次出行。请从廉洁页进入。")
    return row_of(rows, uuid, missing, "conduct.trip_not_found", lock=lock)


def list_trips(*, viewer: Actor, programme: str | None) -> QuerySet[ExchangeTrip]:
    """Trips, those to come and under way first."""
    rows = ExchangeTrip.objects.visible_to(viewer).filter(in_programme(programme)).select_related("programme")
    return rows.order_by("-since", "-pk")


def manages_trips(viewer: Actor, programme: str) -> bool:
    """Whether the viewer plans trips and lets them begin."""
    return any(viewer.may_somewhere(one, programme=programme) for one in MANAGES_TRIPS)


def list_trips_due(*, viewer: Actor, programme: str | None, on: date) -> QuerySet[ExchangeTrip]:
    """Trips whose first day has come and that have not begun, and those that should have ended. One query."""
    rows = list_trips(viewer=viewer, programme=programme)
    late = rows.filter(state=TripState.BEGUN, until__lte=on) | rows.filter(state=TripState.PLANNED, since__lte=on)
    return late.order_by("since", "pk")


def members_of(trip: ExchangeTrip) -> QuerySet[TripMember]:
    """Who goes on a trip that the viewer was given, by name."""
    return trip.members.select_related("person__user", "secondment__post").order_by("person__name", "pk")


def get_case(*, viewer: Actor, uuid: UUID, lock: bool = False) -> CaseFile:
    """The case. ``lock`` holds its row. Raises NotVisible, for all but discipline, and for whom it concerns."""
    rows = CaseFile.objects.visible_to(viewer).select_related("programme")
    missing = gettext_noop("没有找到这件事。请从廉洁页进入。")
    return row_of(rows, uuid, missing, "conduct.case_not_found", lock=lock)


def list_cases(*, viewer: Actor, programme: str | None) -> QuerySet[CaseFile]:
    """Cases, the open ones first, the latest first."""
    rows = CaseFile.objects.visible_to(viewer).filter(in_programme(programme)).select_related("programme")
    return rows.order_by("found_on", "-happened_on", "-pk")


def list_open_cases(*, viewer: Actor, programme: str | None) -> QuerySet[CaseFile]:
    """Cases that are not found out, the longest first; not those that the viewer reported. One query."""
    rows = CaseFile.objects.visible_to(viewer).filter(in_programme(programme)).exclude(reported_by=viewer.ref)
    rows = rows.filter(state__in=[CaseState.REPORTED, CaseState.INQUIRY]).select_related("programme")
    return rows.order_by("reported_at", "pk")


def has_case(*, programme: str, person: int, year: int) -> bool:
    """Whether an open or confirmed case of that year concerns somebody, whoever asks: yes or no, nothing else."""
    rows = CaseFile.objects.filter(in_programme(programme), parties__person=person, happened_on__year=year)
    return rows.exclude(state=CaseState.UNFOUNDED).exists()


def last_confirmed(*, programme: Programme, on: date) -> CaseFile | None:
    """The latest incident that was confirmed by a day, whoever asks: its day and kind alone are for figures."""
    rows = CaseFile.objects.filter(programme=programme, state=CaseState.CONFIRMED, found_on__lte=on)
    return rows.order_by("-happened_on", "-pk").first()
