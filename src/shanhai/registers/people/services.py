# SPDX-License-Identifier: Apache-2.0
"""Writing people. The audit trail gets references and the names of changed fields, never their values."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts import selectors as accounts
from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.organisations.selectors import get_organisation
from shanhai.registers.people.models import Person
from shanhai.registers.people.permissions import PersonPermission
from shanhai.registers.people.rules import check_person
from shanhai.registers.people.selectors import get_person
from shanhai.registers.people.values import PersonFacts, ended_before
from shanhai.registers.places.selectors import get_division

_FIELDS = ("name", "duty", "work_phone", "programme", "place", "valid_from", "organisation_id", "user_id")
_ERASED = {"name": "", "duty": "", "work_phone": "", "user": None, "organisation": None}
_BATCH = 500


@transaction.atomic
def add_person(*, by: Actor, at: datetime, facts: PersonFacts, provenance: str = "") -> Person:
    """Keep a person in a duty.

    Raises NotAllowed, NotVisible for an organisation that is none, and BadInput for what cannot be kept, a place or an
    account that is none.
    """
    person = Person(provenance=provenance)
    _fill(person, facts, by=by)
    person.save()

    changes = {"valid_from": facts.valid_from.isoformat()}
    audit.record(by=by, at=at, action="people.person.added", on=person.subject(), changes=changes)
    return person


@transaction.atomic
def correct_person(*, by: Actor, at: datetime, uuid: UUID, facts: PersonFacts, because: str = "") -> Person:
    """Replace what is kept of a person by ``facts``, whole; the end of the posting stays.

    Raises as ``add_person`` does, NotVisible, and Refused when the posting ended before the new start.
    """
    person = _locked(by=by, uuid=uuid)
    _require_order(facts.valid_from, person.valid_until)
    before = {field: getattr(person, field) for field in _FIELDS}

    _fill(person, facts, by=by)
    changed = sorted(field for field in _FIELDS if getattr(person, field) != before[field])
    if not changed:
        return person
    person.save()

    act, on = "people.person.corrected", person.subject()
    audit.record(by=by, at=at, action=act, on=on, changes={"fields": changed}, because=because)
    return person


@transaction.atomic
def end_posting(*, by: Actor, at: datetime, uuid: UUID, until: date, because: str = "") -> Person:
    """End a posting: ``until`` is the first day on which the duty is no longer held.

    Raises NotVisible, NotAllowed, Conflict for one that has ended, Refused for an end before the start.
    """
    person = _locked(by=by, uuid=uuid)
    if person.valid_until is not None:
        text = gettext_noop("这段任职已于 %(day)s 结束。如日期有误，请先核对。")
        raise Conflict(text, "people.posting_already_ended", day=person.valid_until.isoformat())
    _require_order(person.valid_from, until)

    person.valid_until = until
    person.save(update_fields=["valid_until"])

    act, changes = "people.person.posting_ended", {"valid_until": [None, until.isoformat()]}
    audit.record(by=by, at=at, action=act, on=person.subject(), changes=changes, because=because)
    return person


@transaction.atomic
def erase_person(*, by: Actor, at: datetime, uuid: UUID, because: str) -> Person:
    """Erase a person now, on request or because the entry was a mistake.

    Raises NotVisible, NotAllowed, and BadInput without a reason.
    """
    person = _locked(by=by, uuid=uuid)
    because = checked_reason(because, gettext_noop("请写明为什么清除。"), "people")

    _erase(person, at=at)
    person.save()

    audit.record(by=by, at=at, action="people.person.erased", on=person.subject(), because=because)
    return person


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
    acts = [audit.Act("people.person.erased", person.subject()) for person in due]
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
    # What is stored keeps the code of its day; another one means what is in force.
    place = get_division(facts.place).code if facts.place not in ("", person.place) else facts.place
    by.require(PersonPermission.MANAGE, programme=facts.programme, place=place or None)
    check_person(facts)
    person.name, person.duty, person.work_phone = facts.name.strip(), facts.duty.strip(), facts.work_phone.strip()
    person.programme, person.valid_from, person.place = facts.programme, facts.valid_from, place
    person.organisation = get_organisation(viewer=by, uuid=facts.organisation) if facts.organisation else None
    person.user = accounts.find_user(ref=accounts.user_ref(user=facts.user)) if facts.user else None
    if facts.user and person.user is None:
        raise BadInput(gettext_noop("没有这个账号。请先建账号，或把这一项留空。"), "people.user_not_known")


def _require_order(start: date, end: date | None) -> None:
    if end is not None and end < start:
        text = gettext_noop("结束日期 %(end)s 早于开始日期 %(start)s。请改正。")
        raise Refused(text, "people.ends_before_it_starts", end=end.isoformat(), start=start.isoformat())
