# SPDX-License-Identifier: Apache-2.0
"""Exchange trips: planned, taught, begun, ended. A trip does not begin while one of its members was not taught."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, Conflict, Faults, NotAllowed, Refused, checked_text
from shanhai.kernel.messages import first_of, gettext_noop, message
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.conduct.integrity import selectors
from shanhai.team.conduct.models import ExchangeTrip, ExchangeTripMove, TripMember
from shanhai.team.conduct.states import TRIP_MOVES, TripState
from shanhai.team.conduct.values import MOST_PLACE, MOST_REASON
from shanhai.team.secondments.selectors.roster import list_roster

MOST_DAYS, MOST_NAMED = 366, 5
_CODE = "conduct.text_not_usable"


@transaction.atomic
def plan_trip(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    title: str,
    destination: str,
    since: date,
    until: date,
    members: Collection[UUID],
    provenance: str = "",
) -> ExchangeTrip:
    """Plan a trip from ``since`` until ``until`` (exclusive) of people in a post on its first day, by secondment.

    Raises NotAllowed, NotVisible, BadInput.
    """
    _require_manager(by, programme)
    of = get_programme(viewer=by, code=programme)
    faults = Faults()
    texts = {}
    for name, text in (("title", title), ("destination", destination)):
        with faults.of(name):
            texts[name] = checked_text(text, NO_TEXT, _CODE, most=MOST_PLACE)
    with faults.of("until"):
        if until <= since or (until - since).days > MOST_DAYS:
            text = gettext_noop("回来的日子要晚于 %(since)s，一次最多 %(most)s 天。")
            raise BadInput(text, "conduct.days_not_usable", since=since.isoformat(), most=MOST_DAYS)
    faults.tell()
    made = ExchangeTrip.objects.create(
        programme=of, since=since, until=until, planned_by=by.ref, provenance=provenance, **texts
    )
    _fill(made, members, by)
    ExchangeTripMove.objects.create(trip=made, new=TripState.PLANNED, at=at, by=by.ref)
    changes = {"since": since.isoformat(), "until": until.isoformat(), "people": len(members)}
    audit.record(by=by, at=at, action="conduct.trip.planned", on=made.subject(), changes=changes)
    return made


@transaction.atomic
def set_members(*, by: Actor, at: datetime, trip: UUID, members: Collection[UUID]) -> ExchangeTrip:
    """Say who goes, before it begins; who stays on keeps what they were taught. Raises as ``plan_trip``, Conflict."""
    found = _planned(by, trip)
    found.members.exclude(secondment__uuid__in=members).delete()
    _fill(found, members, by)
    audit.record(by=by, at=at, action="conduct.trip.members", on=found.subject(), changes={"people": len(members)})
    return found


@transaction.atomic
def teach(*, by: Actor, at: datetime, trip: UUID, about: str, on: date) -> ExchangeTrip:
    """Record that all who go and were not taught yet were taught on a day; not oneself, whom another one teaches.

    Raises NotVisible, NotAllowed, Conflict, BadInput.
    """
    found = _planned(by, trip)
    faults = Faults()
    with faults.of("about"):
        said = checked_text(about, NO_TEXT, _CODE, most=MOST_REASON)
    with faults.of("on"):
        if on > clock.local_date(at):
            raise BadInput(gettext_noop("日期不能晚于今天。"), "conduct.day_to_come")
    faults.tell()
    untaught = [one for one in selectors.members_of(found) if one.taught_on is None]
    taught = [one for one in untaught if not one.person.is_actor(by)]
    if not taught:
        raise Conflict(gettext_noop("没有要由您教育的人。自己的由别人登记。"), "conduct.nobody_to_teach")
    found.members.filter(pk__in=[one.pk for one in taught]).update(taught_on=on, taught_by=by.ref, about=said)
    audit.record(by=by, at=at, action="conduct.trip.taught", on=found.subject(), changes={"people": len(taught)})
    return found


@transaction.atomic
def begin_trip(*, by: Actor, at: datetime, trip: UUID) -> ExchangeTrip:
    """Set out: on its first day or later, all taught. Raises NotVisible, NotAllowed, Conflict, Refused."""
    found = _planned(by, trip)
    if clock.local_date(at) < found.since:
        raise Conflict(gettext_noop("还没有到出发的日子。"), "conduct.trip_not_due")
    members = list(selectors.members_of(found))
    missing = [one.person.name for one in members if one.taught_on is None]
    if missing:
        text = gettext_noop("还没有行前教育：%(names)s。教育登记以后才能出发。")
        raise Refused(text, "conduct.not_taught", names=first_of(missing, MOST_NAMED))
    return _move(found, TripState.BEGUN, by=by, at=at, act="conduct.trip.begun")


@transaction.atomic
def end_trip(*, by: Actor, at: datetime, trip: UUID) -> ExchangeTrip:
    """Say that everybody is back: who manages it, or who went. Raises NotVisible, NotAllowed, Conflict."""
    found = selectors.get_trip(viewer=by, uuid=trip, lock=True)
    if not selectors.manages_trips(by, found.programme.code) and not _goes(by, found):
        raise NotAllowed(gettext_noop("由组长、纪检或同行的人办。"))
    _require(found, TripState.BEGUN)
    found.ended_on = clock.local_date(at)
    return _move(found, TripState.ENDED, by=by, at=at, act="conduct.trip.ended")


@transaction.atomic
def cancel_trip(*, by: Actor, at: datetime, trip: UUID) -> ExchangeTrip:
    """Call a trip off before it begins. Raises NotVisible, NotAllowed, Conflict."""
    return _move(_planned(by, trip), TripState.CANCELLED, by=by, at=at, act="conduct.trip.cancelled")


def _fill(trip: ExchangeTrip, members: Collection[UUID], by: Actor) -> None:
    here = list_roster(viewer=by, programme=trip.programme.code, on=trip.since)
    found = {one.person_id: one for one in here.filter(uuid__in=members).order_by("-full_time", "pk")}
    if not members or len({one.uuid for one in found.values()}) != len(set(members)):
        text = gettext_noop("请至少选一个出发那天在岗的人，每人选一次。")
        raise BadInput(text, "conduct.members_not_usable", field="members")
    known = set(trip.members.values_list("person_id", flat=True))
    TripMember.objects.bulk_create(
        TripMember(trip=trip, secondment=one, person=one.person) for key, one in found.items() if key not in known
    )


def _require_manager(by: Actor, programme: str) -> None:
    if not selectors.manages_trips(by, programme):
        raise NotAllowed(gettext_noop("交流出行由组长或纪检安排。"))


def _goes(by: Actor, trip: ExchangeTrip) -> bool:
    return any(one.person.is_actor(by) for one in selectors.members_of(trip))


def _planned(by: Actor, trip: UUID) -> ExchangeTrip:
    found = selectors.get_trip(viewer=by, uuid=trip, lock=True)
    _require_manager(by, found.programme.code)
    _require(found, TripState.PLANNED)
    return found


def _require(trip: ExchangeTrip, state: TripState) -> None:
    if trip.state != state:
        text = gettext_noop("这次出行现在是“%(state)s”，不能这样办。请刷新后再看。")
        raise Conflict(text, "conduct.trip_moved_on", state=message(trip.status[1]))


def _move(trip: ExchangeTrip, to: TripState, *, by: Actor, at: datetime, act: str) -> ExchangeTrip:
    old = TripState(trip.state)
    require_move(TRIP_MOVES, old, to)
    trip.state = to.value
    trip.save(update_fields=["state", "ended_on"])
    ExchangeTripMove.objects.create(trip=trip, old=old, new=to, at=at, by=by.ref)
    audit.record(by=by, at=at, action=act, on=trip.subject(), changes={"state": [old.value, to.value]})
    return trip
