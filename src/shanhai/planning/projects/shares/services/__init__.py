# SPDX-License-Identifier: Apache-2.0
"""Money for allocation lines: each act posts through the chain and brings the line's totals up to the ledger's.

The totals are never counted up here: after every posting they are read back from the ledger, the only truth.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.outbox import services as outbox
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.money import services as chain
from shanhai.planning.programmes.values import Step, StepKind
from shanhai.planning.projects import events
from shanhai.planning.projects.ceilings.rules import asked_of
from shanhai.planning.projects.ceilings.selectors import excesses
from shanhai.planning.projects.ceilings.services import keep_ceilings
from shanhai.planning.projects.core.selectors import get_line, ledger_funds
from shanhai.planning.projects.models import AllocationLine, Project
from shanhai.planning.projects.rules import require_open
from shanhai.planning.projects.shares.rules.money import OF_ARRIVED, refusal
from shanhai.planning.projects.shares.rules.reversals import (
    BELOW,
    GIVEN_BACK_OF,
    OF_LINE,
    OF_PLAN,
    SPENT,
    StoodUpon,
    newest,
    standing,
    standing_on,
)
from shanhai.planning.projects.shares.selectors.idle import beyond_arrived
from shanhai.planning.projects.shares.selectors.what_if import broken_by_allotting
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.values import Funds
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.postings import get_entry, list_postings
from shanhai.registers.ledger.services.entries import reverse_entry
from shanhai.registers.ledger.services.writing import FundsInsufficient
from shanhai.registers.ledger.values import AccountKind, EntryDetail, EntryRef, PostingRow, Source

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

BATCH = 500
# As many postings as the ledger lets one entry have.
MAX_POSTINGS = 1000


# What each step of a line lets go out of it, if anything; other steps are not taken for single lines here.
GOES_OUT = {
    StepKind.ARRIVE: "", StepKind.ALLOT: "allotted", StepKind.PAY: "paid", StepKind.RETURN: "", StepKind.HAND_BACK: "",
}  # fmt: skip
GIVEN_BACK = frozenset({StepKind.RETURN, StepKind.HAND_BACK})


@transaction.atomic
def take_step(
    *,
    by: Actor,
    at: datetime,
    kind: StepKind,
    line: UUID,
    amount: Money,
    on_date: date,
    source: Source,
    memo: str = "",
    because: str = "",
) -> EntryRef:
    """Record that money of the line has arrived, was allotted, paid out or given back; the same source twice once.

    What goes out and takes one of the two 80 % shares out of reach of its floor (``rules.money.broken_by``), or passes
    a ceiling (``ceilings.rules``), is refused; with ``because`` whoever holds fund.override may do it all the
    same, without fund.post, and the trail keeps the numbers.

    Raises NotVisible, NotAllowed, Refused, and what ``chain.take_step`` raises (more goes out than came in).
    """
    found, because, what = get_line(viewer=by, uuid=line, lock=True), because.strip(), GOES_OUT[kind]
    programme, place = found.project.programme.code, found.project.place.code
    if found.project.stage == Stage.CANCELLED and kind not in GIVEN_BACK:
        raise Refused(
            gettext_noop("项目已取消，不能再记到位、核拨和支付，只能交回。请核对项目。"), "projects.project_cancelled"
        )
    overrides = what and because and by.may(FundPermission.OVERRIDE, programme=programme, place=place)
    step = Step(
        kind,
        programme=programme,
        fund_source=found.fund_source.code,
        amount=amount,
        on_date=on_date,
        source=source,
        subject=str(found.uuid),
        place=place,
        memo=memo,
    )
    gone = what and getattr(found, f"{what}_fen")
    ref = chain.take_step(by=by, at=at, step=step, under=FundPermission.OVERRIDE if overrides else FundPermission.POST)
    bring_up_to_date([found], on_date)
    _keep_given_back(kind, programme, [found.uuid])
    _tell_of(found.project, by, at)
    # Where the voucher stood already, nothing was added that could break a share or pass a ceiling.
    if what and getattr(found, f"{what}_fen") != gone:
        _keep_limits(by, at, found, what, amount, ref, because if overrides else "")
    return ref


@transaction.atomic
def attach_given(*, by: Actor, at: datetime, entry: UUID, file: UploadedFile[Any] | None) -> None:
    """Keep a file that came with a voucher, where one did, as its paper: for who keeps the books.

    Raises NotVisible, NotAllowed, BadInput.
    """
    if file is None:
        return
    found = get_entry(viewer=by, uuid=entry)
    places = {posting.place for posting in found.postings}
    place = places.pop() if len(places) == 1 else ""
    if not by.may(FundPermission.OVERRIDE, programme=found.programme, place=place or None):
        by.require(FundPermission.POST, programme=found.programme, place=place or None)
    given: dict[str, Any] = {"by": by, "at": at, "programme": found.programme, "place": place}
    document = store_document(file=file, name=file.name or "", **given)
    attach_proof(document=document, subject_type="ledger.entry", subject_id=entry, label=file.name or "", **given)


@transaction.atomic
def reverse(*, by: Actor, at: datetime, entry: UUID, because: str, on_date: date | None = None) -> EntryRef:
    """Take back an entry and bring the lines it concerns up to the ledger's totals.

    Raises what ``ledger.reverse_entry`` raises, StoodUpon where what is left would be less than what has gone on from
    it, and Refused for what was issued with a plan or a line that stands.
    """
    found = get_entry(viewer=by, uuid=entry)
    subjects = {posting.subject for posting in found.postings if posting.subject}
    rows = AllocationLine.objects.filter(uuid__in=[uuid for subject in subjects if (uuid := _uuid(subject))])
    rows = rows.select_related("project__programme").select_for_update(of=("self",))
    lines = list(rows.order_by("pk"))

    try:
        reversal = reverse_entry(by=by, at=at, entry=entry, because=because, on_date=on_date)
    except FundsInsufficient as short:
        if vouchers := _standing_on(by, found, _allotted(lines), short.message):
            said = message(SPENT, **{**short.message.params, "on": short.message.params["on"].isoformat()})
            raise StoodUpon(said, vouchers) from short
        raise
    bring_up_to_date(lines, reversal.on_date)
    _keep_what_stands(by, found, lines)
    for project in {line.project for line in lines}:
        _tell_of(project, by, at)
    return reversal


def _keep_what_stands(by: Actor, entry: EntryDetail, lines: Sequence[AllocationLine]) -> None:
    """Refuse that an entry, reversed just now, leaves a ceiling, a plan or a line without it. Raises Refused."""
    stations = {posting.to_kind for posting in entry.postings}
    if AccountKind.ISSUED in stations:
        if entry.source.kind.startswith("programmes."):
            raise Refused(OF_PLAN, "projects.issued_with_plan")
        known = ledger_funds(
            programme=entry.programme,
            currency=entry.postings[0].amount.currency,
            kinds=[AccountKind.ISSUED],
            subjects=[str(line.uuid) for line in lines],
        )
        for line in lines:
            if known.get(str(line.uuid), Funds()).issued < line.amount_fen:
                raise Refused(OF_LINE, "projects.issued_with_line", project=line.project.name, amount=line.amount)
    projects = {line.project.uuid for line in lines}
    fallen = asked_of(fallen={station.value for station in stations})
    for one in excesses(ceilings=fallen, lines=[line.uuid for line in lines], projects=projects):
        vouchers = _standing_on(by, entry, _allotted(lines))
        raise StoodUpon(one.said(BELOW), vouchers) if vouchers else one.refusal(())
    if AccountKind.ARRIVED in stations:
        for line, over in beyond_arrived(programme=entry.programme, lines=[line.uuid for line in lines]):
            said = message(GIVEN_BACK_OF, project=line.project.name, over=over)
            raise StoodUpon(said, _standing_on(by, entry, [line]))


def _allotted(lines: Sequence[AllocationLine]) -> list[AllocationLine]:
    return [line for line in lines if line.allotted_fen]


def _standing_on(
    by: Actor, entry: EntryDetail, lines: Sequence[AllocationLine], short: Message | None = None
) -> list[PostingRow]:
    """The vouchers to take back before ``entry``, newest first: of ``lines``, else of what has used its money up."""

    def posted(subject: str | None = None) -> list[PostingRow]:
        rows = list_postings(viewer=by, programme=entry.programme, subject=subject, offset=0, limit=MAX_POSTINGS)[1]
        return [row for row in rows if row.entry != entry.uuid]

    found = [row for line in lines for row in standing_on(posted(str(line.uuid)))]
    if not found and short is not None:
        station, missing = entry.postings[0].to_kind, short.params["asked"] - short.params["available"]
        going = [row for row in standing(posted()) if row.from_kind is station and row.fund_source == entry.fund_source]
        found = newest(going, missing.fen)
    found.sort(key=attrgetter("on_date"), reverse=True)
    return list({row.entry: row for row in found}.values())


@transaction.atomic
def take_steps(
    *,
    by: Actor,
    at: datetime,
    lines: Sequence[AllocationLine],
    steps: Sequence[Step],
    under: str,
    on: date,
    because: str = "",
    progress: Callable[[int], None] | None = None,
) -> int:
    """Post many steps for ``lines`` of one programme at once, and bring those lines up to the ledger's totals.

    Answers how many entries are new. Lines that are not stored yet only get their totals; who made them stores them,
    and asks ``keep_outflow`` then. ``under`` is the permission whose act the steps are part of; ``progress`` is told
    now and then how many steps have been taken. Raises Refused, unless ``because`` says why to who may override.
    """
    result = chain.take_steps(by=by, at=at, under=under, steps=steps, progress=progress)
    bring_up_to_date(lines, on, first=min((step.on_date for step in steps), default=date.max))
    projects = {str(line.uuid): line.project.uuid for line in lines}
    keep_outflow(by=by, at=at, steps=steps, projects=projects, because=because)
    return result.posted


def keep_outflow(
    *, by: Actor, at: datetime, steps: Sequence[Step], projects: Mapping[str, UUID], because: str = ""
) -> None:
    """Refuse what passes a ceiling once ``steps`` are posted and the lines hold their totals.

    ``projects`` are those of the lines by subject. Raises as ``keep_ceilings`` does.
    """
    for kind, what in GOES_OUT.items():
        lines = dict.fromkeys(step.subject for step in steps if step.kind is kind and what)
        uuids = [UUID(line) for line in lines]
        _keep_given_back(kind, steps[0].programme if lines else "", uuids)
        keep_ceilings(
            by=by,
            at=at,
            lines=uuids,
            projects={projects[line] for line in lines},
            grown={what},
            because=because,
        )


def _keep_given_back(kind: StepKind, programme: str, lines: Collection[UUID]) -> None:
    """Refuse to take arrived money of lines that was given back, or to give back what is not there."""
    for line, over in beyond_arrived(programme=programme, lines=lines) if kind in OF_ARRIVED else ():
        code, text = OF_ARRIVED[kind]
        raise Refused(text, code, project=line.project.name, over=over)


def _keep_limits(
    by: Actor, at: datetime, found: AllocationLine, what: str, amount: Money, ref: EntryRef, because: str
) -> None:
    """Refuse what breaks a limit unless ``because`` overrides it; what breaks none is for those who post.

    Asked of what stands after posting, when whoever allots at the same time has waited for the ledger.
    """
    programme, place, allots = found.project.programme.code, found.project.place.code, what == "allotted"
    if allots:
        require_open(state=found.yearly_plan.state, year=found.yearly_plan.year)
    of_entry = {"amount_fen": amount.fen, "entry": str(ref.uuid)}
    beyond = keep_ceilings(
        by=by, at=at, lines=[found.uuid], projects=[found.project.uuid], grown={what}, because=because, facts=of_entry
    )
    broken = broken_by_allotting(found) if allots else None
    if not beyond and broken is None:
        by.require(FundPermission.POST, programme=programme, place=place)
    if broken is not None:
        if not because:
            raise refusal(broken)
        changes = {
            "share": broken.key,
            "percent": str(broken.share.percent(2)),
            "missing_fen": broken.missing.fen,
            "allotted_fen": amount.fen,
            "entry": str(ref.uuid),
        }
        below, line = "projects.line.allotted_below_floor", Subject("projects.line", found.uuid, programme, place)
        audit.record(by=by, at=at, action=below, on=line, changes=changes, because=because)


def _tell_of(project: Project, by: Actor, at: datetime) -> None:
    news = {"programme": project.programme.code, "project": str(project.uuid)}
    outbox.publish(by=by, at=at, name=events.PROJECT_CHANGED, payload=news)


def bring_up_to_date(lines: Sequence[AllocationLine], on_date: date, first: date | None = None) -> None:
    """Read the lines' totals back from the ledger, after what was posted for them on a day."""
    if not lines:
        return
    programme = lines[0].project.programme
    subjects = [str(line.uuid) for line in lines]
    known = ledger_funds(programme=programme.code, currency=programme.currency, subjects=subjects)
    for line in lines:
        funds = known.get(str(line.uuid), Funds())
        line.arrived_fen, line.allotted_fen, line.paid_fen = funds.arrived, funds.allotted, funds.paid
        line.funds_changed_on = max(line.funds_changed_on or on_date, on_date)
        line.since = min(line.since, first or on_date)
    columns = ["arrived_fen", "allotted_fen", "paid_fen", "funds_changed_on", "since"]
    stored = [line for line in lines if line.pk is not None]
    AllocationLine.objects.bulk_update(stored, columns, batch_size=BATCH)
    if any(line.since < line.project.since for line in stored):
        Project.objects.filter(pk__in={line.project_id for line in stored}).begin_with_lines()


def _uuid(subject: str) -> UUID | None:
    # The ledger's subjects may be those of other apps, in any form.
    try:
        return UUID(subject)
    except ValueError:
        return None
