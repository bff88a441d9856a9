# SPDX-License-Identifier: Apache-2.0
"""Writing people. The audit trail gets references and the names of changed fields, never their values."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts import selectors as accounts
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.people.models import Person
from shanhai.registers.people.permissions import PersonPermission
from shanhai.registers.people.rules import check_person, ended_before
from shanhai.registers.people.selectors import get_person
from shanhai.registers.people.values import PersonFacts
from shanhai.registers.places.selectors import get_division

if TYPE_CHECKING:
    from shanhai.base.accounts.models import User

_FIELDS = ("name", "duty", "work_phone", "programme", "place", "valid_from", "organisation_id", "user_id")
_ERASED = {"name": "", "duty": "", "work_phone": "", "user": None, "organisation": None}
_BATCH = 500


class PostingAlreadyEnded(Conflict):
    """The posting has an end already."""

    code = "people.posting_already_ended"


class UserNotKnown(BadInput):
    """The account named for the person does not exist."""

    code = "people.user_not_known"


class EndsBeforeItStarts(Refused):
    """The end lies before the first day."""

    code = "people.ends_before_it_starts"


@transaction.atomic
def add_person(*, by: Actor, at: datetime, facts: PersonFacts, provenance: str = "") -> Person:
    """Keep a person in a duty.

    Raises NotAllowed, PersonNotUsable, DivisionNotFound, OrganisationNotFound, UserNotKnown.
    """
    by.require(PersonPermission.MANAGE, programme=facts.programme, place=facts.place or None)

    check_person(facts)

    person = Person(provenance=provenance)
    _fill(person, facts, by=by)
    person.save()

    _record(by=by, at=at, person=person, verb="added", changes={"valid_from": facts.valid_from.isoformat()})
    return person


@transaction.atomic
def correct_person(*, by: Actor, at: datetime, uuid: UUID, facts: PersonFacts, because: str = "") -> Person:
    """Replace what is kept of a person by ``facts``, whole; the end of the posting stays.

    Raises as ``add_person`` does, PersonNotFound, and EndsBeforeItStarts when the posting ended before the new start.
    """
    person = _locked(by=by, uuid=uuid)
    by.require(PersonPermission.MANAGE, programme=facts.programme, place=facts.place or None)

    check_person(facts)
    _require_order(facts.valid_from, person.valid_until)
    before = {field: getattr(person, field) for field in _FIELDS}

    _fill(person, facts, by=by)
    changed = sorted(field for field in _FIELDS if getattr(person, field) != before[field])
    if not changed:
        return person
    person.save()

    _record(by=by, at=at, person=person, verb="corrected", changes={"fields": changed}, because=because)
    return person


@transaction.atomic
def end_posting(*, by: Actor, at: datetime, uuid: UUID, until: date, because: str = "") -> Person:
    """End a posting: ``until`` is the first day on which the duty is no longer held.

    Raises PersonNotFound, NotAllowed, PostingAlreadyEnded, EndsBeforeItStarts.
    """
    person = _locked(by=by, uuid=uuid)

    if person.valid_until is not None:
        raise PostingAlreadyEnded(
            gettext_noop("这段任职已于 %(day)s 结束。如日期有误，请先核对。"), day=person.valid_until.isoformat()
        )
    _require_order(person.valid_from, until)

    person.valid_until = until
    person.save(update_fields=["valid_until"])

    changes = {"valid_until": [None, until.isoformat()]}
    _record(by=by, at=at, person=person, verb="posting_ended", changes=changes, because=because)
    return person


@transaction.atomic
def erase_person(*, by: Actor, at: datetime, uuid: UUID, because: str) -> None:
    """Erase a person now, on request or because the entry was a mistake. Raises PersonNotFound, NotAllowed."""
    person = _locked(by=by, uuid=uuid)

    _erase(person, at=at)
    person.save()

    _record(by=by, at=at, person=person, verb="erased", because=because)


def erase_due_people(*, by: Actor, at: datetime) -> int:
    """Erase everyone whose posting ended three years ago or earlier, and answer how many.

    In batches, each a transaction of its own: what is done stays done. Raises NotAllowed.
    """
    by.require(PersonPermission.MANAGE)

    count = 0
    while done := _erase_batch(by=by, at=at):
        count += done
    return count


@transaction.atomic
def _erase_batch(*, by: Actor, at: datetime) -> int:
    day = ended_before(clock.local_date(at))
    due = list(Person.objects.select_for_update().kept().filter(valid_until__lte=day).order_by("pk")[:_BATCH])
    for person in due:
        _erase(person, at=at)
    Person.objects.bulk_update(due, [*_ERASED, "erased_at"])
    acts = [
        audit.Act("people.person.erased", Subject("people.person", person.uuid, person.programme, person.place))
        for person in due
    ]
    audit.record_many(by=by, at=at, acts=acts)
    return len(due)


def _erase(person: Person, *, at: datetime) -> None:
    for field, empty in _ERASED.items():
        setattr(person, field, empty)
    person.erased_at = at


def _locked(*, by: Actor, uuid: UUID) -> Person:
    """The person, locked, whom ``by`` sees and manages."""
    person = Person.objects.select_for_update().get(pk=get_person(viewer=by, uuid=uuid).pk)
    by.require(PersonPermission.MANAGE, programme=person.programme, place=person.place or None)
    return person


def _fill(person: Person, facts: PersonFacts, *, by: Actor) -> None:
    person.name, person.duty, person.work_phone = facts.name.strip(), facts.duty.strip(), facts.work_phone.strip()
    person.programme, person.valid_from = facts.programme, facts.valid_from
    person.place = get_division(facts.place).code if facts.place else ""
    person.organisation = get_organisation(viewer=by, uuid=facts.organisation) if facts.organisation else None
    person.user = _user(facts.user) if facts.user else None


def _user(uuid: UUID) -> User:
    user = accounts.find_user(ref=accounts.user_ref(user=uuid))
    if user is None:
        raise UserNotKnown(gettext_noop("没有这个账号。请先建账号，或把这一项留空。"))
    return user


def _require_order(start: date, end: date | None) -> None:
    if end is not None and end < start:
        raise EndsBeforeItStarts(
            gettext_noop("结束日期 %(end)s 早于开始日期 %(start)s。请改正。"),
            end=end.isoformat(),
            start=start.isoformat(),
        )


def _record(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    verb: str,
    changes: dict[str, Any] | None = None,
    because: str = "",
) -> None:
    audit.record(
        by=by,
        at=at,
        action=f"people.person.{verb}",
        subject_type="people.person",
        subject_id=person.uuid,
        programme=person.programme,
        place=person.place,
        changes=changes,
        because=because,
    )
