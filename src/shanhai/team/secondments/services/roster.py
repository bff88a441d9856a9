# SPDX-License-Identifier: Apache-2.0
"""Taking in a roster that was kept elsewhere: all rows or none; the same table twice changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_TEXT, BadInput, DomainError, Faults, Problem, Refused, checked_text
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme, hold_programme, list_batches
from shanhai.registers.organisations.selectors import named_organisation
from shanhai.registers.people.selectors import list_people
from shanhai.registers.people.services import add_person, end_posting
from shanhai.registers.people.values import PersonFacts
from shanhai.registers.places.selectors import PlaceWords
from shanhai.registers.tables.services import keep_import
from shanhai.registers.tables.values import Traced, columns_of
from shanhai.team.secondments.models import Post, Secondment
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.rules import checked_span
from shanhai.team.secondments.selectors.posts import span_of
from shanhai.team.secondments.selectors.roster import require_free
from shanhai.team.secondments.services.posts import MOST_TITLE
from shanhai.team.secondments.states import PostState
from shanhai.team.secondments.values import RosterRow

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Batch, Programme
    from shanhai.registers.organisations.models import Organisation
    from shanhai.registers.people.models import Person

# While a table is taken in, all else that is written on SQLite waits.
MOST_ROWS = 1000
_EMPTY = gettext_noop("这一格要填。")
_ERASED = gettext_noop("同一岗位、单位和日期有一个已经清除的人，这一行没有登记。确实是另一个人的，请从岗位推荐和派出。")
_KEPT = ("person_id", "post_id", "sender_id", "since", "until")
_PERSON = ("programme", "place", "valid_from")
_POST = ("title", "place", "receiver_id", "since", "until")


@transaction.atomic
def import_roster(
    *,
    by: Actor,
    at: datetime,
    rows: Sequence[RosterRow],
    programme: str = "",
    provenance: str = "",
    dry_run: bool = False,
) -> ImportReport:
    """Register who is or was in which post: a person who is not in the register yet, the post, the secondment.

    A row that stands already, by name, unit, post, county and first day, changes nothing: what it says otherwise is
    remarked. When a problem blocks, nothing is written and the report lists every one. Raises NotAllowed, NotVisible,
    and BadInput for more rows than ``MOST_ROWS``.
    """
    of = get_programme(viewer=by, code=programme)
    by.require(SecondmentPermission.MANAGE, programme=of.code)
    if len(rows) > MOST_ROWS:
        text = gettext_noop("一份表最多 %(most)s 行，这份有 %(count)s 行。请分成几份。")
        raise BadInput(text, "secondments.roster_too_long", most=MOST_ROWS, count=len(rows))
    # Of two tables the second finds what the first has made.
    hold_programme(code=of.code)
    roster = _Roster(by, at, of, provenance)
    problems: list[Problem] = []
    with transaction.atomic():
        for row in rows:
            try:
                problems += filter(None, [roster.take(row)])
            except DomainError as error:
                problems += [
                    Problem(one.code, one.message, row.row, one.field or "name") for one in (error, *error.others)
                ]
        roster.end_who_left()
        report = ImportReport("roster", len(rows), problems=tuple(problems)).counted(roster.made, [])
        if report.blocked or dry_run:
            transaction.set_rollback(True)
            return report
    if roster.made:
        on = Subject("secondments.secondment", "import", of.code)
        audit.record(by=by, at=at, action="secondments.roster.imported", on=on, changes={"created": len(roster.made)})
    posts = [one.post for one in roster.made]
    people = [one.person for one in {held.person_id: held for held in roster.made}.values()]
    added = [one for one in people if one.pk in roster.added]
    # Undone, what was made last goes first: secondments before their posts and people. No name is kept a second time.
    made = ((added, _PERSON), (posts, _POST), (roster.made, _KEPT))
    beside = [
        Traced(records[0]._meta.label_lower, key, None, now)
        for records, names in made
        if records
        for key, now in columns_of(records, names).items()
    ]
    return keep_import(by=by, at=at, report=report, records=[], names=(), before={}, beside=beside)


class _Roster:
    """A programme's people, posts and places while rows are brought to them."""

    def __init__(self, by: Actor, at: datetime, programme: Programme, provenance: str) -> None:
        self.by, self.at, self.programme, self.provenance = by, at, programme, provenance
        self.batches = list_batches(viewer=by, programme=programme.code)
        self.words = PlaceWords(programme.recipient)
        people = list_people(viewer=by, programme=programme.code)
        self.people = {(one.name, one.organisation_id): one for one in people}
        stored = Secondment.objects.filter(programme=programme).select_related("person", "post").order_by("pk")
        self.known = {(one.person.name, one.post.title, one.place, one.since, one.sender_id): one for one in stored}
        self.made: list[Secondment] = []
        self.added: set[int] = set()

    def take(self, row: RosterRow) -> Problem | None:
        """Bring one row; what stands already and differs is remarked. Raises DomainError with all that is wrong."""
        faults = Faults()
        with faults.of("name"):
            if not row.name.strip():
                raise BadInput(_EMPTY, "secondments.cell_empty")
        with faults.of("title"):
            title = checked_text(row.title, NO_TEXT, "secondments.text_not_usable", most=MOST_TITLE)
        with faults.of("place"):
            place = self._place(row.place)
        with faults.of("receiver"):
            receiver = self._unit(row.receiver)
        with faults.of("sender"):
            sender = self._unit(row.sender)
        for field in ("since", "until"):
            with faults.of(field):
                if getattr(row, field) is None:
                    raise BadInput(_EMPTY, "secondments.cell_empty")
        faults.tell()
        assert row.since is not None
        assert row.until is not None
        with faults.of("until"):
            span = checked_span(row.since, row.until, within=span_of(self.programme))
        with faults.of("since"):
            batch = self._batch(row.since)
        faults.tell()

        stands = self.known.get((row.name, title, place, span.since, sender.pk))
        if stands is not None:
            return self._differs(row, stands)
        if ("", title, place, span.since, sender.pk) in self.known:
            # Who was erased has no name left to be known by: the post, the unit and the day are theirs.
            return Problem("secondments.perhaps_erased", message(_ERASED), row.row, "name", blocking=False)
        person = self.people.get((row.name, sender.pk)) or self.people.get((row.name, None))
        person = person or self._add(row, place, sender.uuid, span.since)
        self.people[row.name, sender.pk] = person
        shared = {
            "programme": self.programme, "place": place, "kind": row.kind, "full_time": row.full_time,
            "since": span.since, "until": span.until, "provenance": self.provenance,
        }  # fmt: skip
        post = Post.objects.create(
            **shared, batch=batch, receiver=receiver, title=title, state=PostState.OPEN.value, asked_by=self.by.ref,
            moved_at=self.at, altitude_m=row.altitude_m,
        )  # fmt: skip
        # A row that is refused here keeps the whole table out.
        require_free(post=post, person=person, span=span)
        made = Secondment.objects.create(**shared, post=post, person=person, sender=sender)
        self.made.append(made)
        self.known[row.name, title, place, span.since, sender.pk] = made
        return None

    def _differs(self, row: RosterRow, stands: Secondment) -> Problem | None:
        """That a row says otherwise than what stands, which a table does not change."""
        if stands.until == row.until and stands.kind == row.kind:
            return None
        text = gettext_noop("这一段已经登记（到 %(until)s），表里不一样的没有改。要改请打开那一段派驻。")
        told = message(text, until=stands.until.isoformat())
        return Problem("secondments.stands_otherwise", told, row.row, "until", blocking=False)

    def _unit(self, name: str) -> Organisation:
        if not name.strip():
            raise BadInput(_EMPTY, "secondments.cell_empty")
        return named_organisation(viewer=self.by, name=name)

    def _add(self, row: RosterRow, place: str, sender: UUID, since: date) -> Person:
        facts = PersonFacts(row.name, row.title, self.programme.code, since, place=place, organisation=sender)
        person = add_person(by=self.by, at=self.at, facts=facts, provenance=self.provenance)
        self.added.add(person.pk)
        return person

    def end_who_left(self) -> None:
        """Of those who were not in the register before, who has left again is in no duty any more."""
        last: dict[Person, date] = {}
        for one in self.made:
            if one.person.pk in self.added:
                last[one.person] = max(one.until, last.get(one.person, one.until))
        for person, until in last.items():
            if until <= clock.local_date(self.at):
                end_posting(by=self.by, at=self.at, uuid=person.uuid, until=until)

    def _place(self, written: str) -> str:
        if not written.strip():
            raise BadInput(_EMPTY, "secondments.cell_empty")
        found = self.words.find(written)
        if len(found) != 1 or found[0] == self.programme.recipient.code:
            text = gettext_noop("“%(text)s”不是这里的一个县。请写县名或代码。")
            raise BadInput(text, "secondments.not_a_county", text=written[:40])
        return found[0]

    def _batch(self, since: date) -> Batch:
        """The last batch that had begun; who comes late or stays on belongs to it all the same."""
        found = [one for one in self.batches if one.starts_on <= since]
        if not found:
            text = gettext_noop("%(day)s 以前还没有批次。请先在计划里登记批次。")
            raise Refused(text, "secondments.no_batch", day=since.isoformat())
        return found[-1]
