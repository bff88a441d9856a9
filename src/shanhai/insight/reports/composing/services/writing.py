# SPDX-License-Identifier: Apache-2.0
"""Bulletins as they are written: begun for a period, saved, given other figures, corrected by another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.insight.reports.composing.rules.citing import require_citable
from shanhai.insight.reports.composing.rules.kinds import SECTIONS, opening, period_of
from shanhai.insight.reports.composing.rules.taking import Taken, from_kept, to_kept
from shanhai.insight.reports.composing.selectors.taking import project_by_code, take
from shanhai.insight.reports.composing.services.moving import locked_bulletin, move
from shanhai.insight.reports.labels import KINDS
from shanhai.insight.reports.models import Bulletin, BulletinMove, Section
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.rules import cleaned
from shanhai.insight.reports.states import IN_HAND, BulletinState
from shanhai.insight.reports.values import Block, BulletinKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Faults, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.campaigns.selectors import get_campaign
from shanhai.planning.programmes.core.selectors.programmes import get_batch, get_programme
from shanhai.planning.projects.core.selectors import get_project

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

MOST_TITLE, MOST_UNIT, MOST_NUMBER, MOST_HEADING, MOST_TEXT, MOST_SECTIONS = 200, 100, 60, 100, 50_000, 30


@dataclass(frozen=True, slots=True)
class Said:
    """A section as it is written; one without a heading and a text is left out."""

    heading: str
    text: str = ""
    block: Block = Block.NONE


@transaction.atomic
def start_bulletin(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    kind: BulletinKind,
    cut_off: date,
    year: int | None = None,
    number: int | None = None,
    about: UUID | None = None,
    project_code: str = "",
    unit: str = "",
    provenance: str = "",
) -> Bulletin:
    """Begin a bulletin with the sections of its kind, its figures as of ``cut_off`` in the first of them.

    A month and a quarter are the ``number``-th of the ``year``, a campaign's bulletin one of its months; ``about`` is
    the campaign or the batch of those kinds, or the project, which may be named by its code.
    Raises BadInput, Conflict, NotAllowed, NotVisible.
    """
    by.require(ReportsPermission.WRITE, programme=programme)
    found = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("cut_off"):
        if cut_off > local_date(at):
            text = gettext_noop("%(day)s 还没有到。截止日请填今天或以前的日期。")
            raise BadInput(text, "reports.cut_off_not_accepted", day=cut_off.isoformat())
    name, starts_on, ends_on = "", cut_off, cut_off
    if kind is BulletinKind.PROJECT and project_code.strip():
        about = project_by_code(viewer=by, programme=programme, code=project_code.strip(), on=cut_off)
    with faults.of("about"):
        name, starts_on, ends_on = _about(by, found, kind, about, year, number, cut_off)
        if cut_off < starts_on:
            text = gettext_noop("截止日 %(day)s 早于报告期的第一天 %(first)s。请核对。")
            days = {"day": cut_off.isoformat(), "first": starts_on.isoformat()}
            raise BadInput(text, "reports.cut_off_not_accepted", field="cut_off", **days)
    with faults.of("unit"):
        unit = cleaned(unit, MOST_UNIT)
    faults.tell()
    period = {"programme": found, "kind": kind, "about": str(about or ""), "starts_on": starts_on, "ends_on": ends_on}
    if Bulletin.objects.filter(**period).exclude(state=BulletinState.DROPPED).exists():
        text = gettext_noop("这一期已经有报告。请在列表里打开它；定稿以后要改，从那一份出新的一版。")
        raise Conflict(text, "reports.already_there")

    made = Bulletin(
        **period, cut_off=cut_off, title=name, unit=unit, written_by=by.ref, edited_by=by.ref, moved_at=at, taken_at=at,
        provenance=provenance,
    )  # fmt: skip
    taken = take(viewer=by, bulletin=made)
    made.taken = to_kept(taken)
    labels = Counter(str(one.label) for one in taken.figures.values())
    names = {
        key: str(one.label) if labels[str(one.label)] == 1 else key
        for key, one in taken.figures.items()
        if one.value is not None
    }
    first = opening(names, cut_off) if kind in (BulletinKind.MONTH, BulletinKind.QUARTER, BulletinKind.BATCH) else ""
    _begin(by, at, made, [Said(heading, "", block) for heading, block in SECTIONS[kind]], first)
    return made


def _about(
    by: Actor, programme: Programme, kind: BulletinKind, about: UUID | None, year: int | None, number: int | None,
    cut_off: date,
) -> tuple[str, date, date]:  # fmt: skip
    """The title and the days of a bulletin."""
    if kind in (BulletinKind.MONTH, BulletinKind.QUARTER):
        starts_on, ends_on = period_of(kind, year=year, number=number)
        period = f"{year}年{number}月" if kind is BulletinKind.MONTH else f"{year}年第{number}季度"
        return f"{programme.name}{period}{KINDS[kind]}", starts_on, ends_on
    if about is None:
        text = gettext_noop("请选这份报告写的是哪个行动、哪一批或哪个项目。")
        raise BadInput(text, "reports.about_missing", field="about")
    if kind is BulletinKind.BATCH:
        batch = get_batch(viewer=by, programme=programme.code, uuid=about)
        return f"{programme.name}第{batch.number}批工作总结", batch.starts_on, batch.ends_on
    if kind is BulletinKind.PROJECT:
        project = get_project(viewer=by, uuid=about)
        _require_same(programme, project.programme)
        return f"{project.name}{KINDS[kind]}", min(project.since, cut_off), max(project.since, cut_off)
    campaign = get_campaign(viewer=by, uuid=about)
    _require_same(programme, campaign.programme)
    starts_on, ends_on = period_of(kind, year=campaign.year, number=number)
    return f"“{campaign.name}”{campaign.year}年{number}月{KINDS[kind]}", starts_on, ends_on


def _require_same(programme: Programme, other: Programme) -> None:
    if other != programme:
        raise BadInput(gettext_noop("选的这一项不属于“%(name)s”。"), "reports.about_missing", name=programme.name)


def _begin(by: Actor, at: datetime, made: Bulletin, sections: Sequence[Said], first: str = "") -> None:
    made.save()
    Section.objects.bulk_create(
        Section(
            bulletin=made,
            position=place,
            heading=one.heading,
            text=first if place == 1 and first else one.text,
            block=one.block,
        )
        for place, one in enumerate(sections, start=1)
    )
    BulletinMove.objects.create(bulletin=made, old="", new=BulletinState.DRAFT, at=at, by=by.ref)
    facts = {"title": made.title, "kind": made.kind, "cut_off": made.cut_off.isoformat(), "version": made.version}
    audit.record(by=by, at=at, action="bulletin.started", on=made.subject(), changes=facts)


@transaction.atomic
def save_bulletin(
    *,
    by: Actor,
    at: datetime,
    bulletin: UUID,
    revision: int,
    title: str,
    sections: Sequence[Said],
    unit: str = "",
    document_number: str = "",
) -> Bulletin:
    """Write a bulletin that is in hand, as a whole; ``revision`` is what it had when its writer was shown it.

    Raises BadInput naming the fields ("text-2" is the text of the third section), Conflict, NotAllowed, NotVisible.
    """
    found = _in_hand(by, bulletin)
    if revision != found.revision:
        text = gettext_noop("您打开以后，别人存过这份报告。请在另一个窗口看过他写的，再把您的内容填进去。")
        raise Conflict(text, "reports.written_meanwhile")
    faults, figures, said = Faults(), from_kept(found.taken).figures, []
    for name, text, most in (("title", title, MOST_TITLE), ("unit", unit, MOST_UNIT)):
        with faults.of(name):
            setattr(found, name, cleaned(text, most))
    with faults.of("document_number"):
        found.document_number = cleaned(document_number, MOST_NUMBER)
    with faults.of("title"):
        if not found.title:
            raise BadInput(gettext_noop("请写标题。"), "reports.title_missing")
    for place, one in enumerate(sections):
        heading, text = "", ""
        with faults.of(f"text-{place}"):
            text = cleaned(one.text, MOST_TEXT)
            require_citable(text, figures)
        with faults.of(f"heading-{place}"):
            heading = cleaned(one.heading, MOST_HEADING)
            if not heading and (text or one.block):
                raise BadInput(
                    gettext_noop("这一节没有标题。请写上，或者清空正文并选“不附表”。"), "reports.title_missing"
                )
        if heading:
            said.append(Said(heading, text, one.block))
    if len(said) > MOST_SECTIONS:
        text = gettext_noop("一份报告最多 %(most)s 节。")
        raise BadInput(text, "reports.too_long", most=MOST_SECTIONS)
    faults.tell()
    if not said:
        raise BadInput(gettext_noop("至少要写一节。"), "reports.title_missing", field="heading-0")

    found.revision, found.edited_by = found.revision + 1, by.ref
    found.save()
    found.sections.all().delete()
    Section.objects.bulk_create(
        Section(bulletin=found, position=place, heading=one.heading, text=one.text, block=one.block)
        for place, one in enumerate(said, start=1)
    )
    facts = {"title": found.title, "sections": len(said)}
    audit.record(by=by, at=at, action="bulletin.saved", on=found.subject(), changes=facts)
    return found


@transaction.atomic
def take_figures(*, by: Actor, at: datetime, bulletin: UUID) -> Bulletin:
    """Take the figures of a bulletin in hand anew. Raises Conflict, NotAllowed, NotVisible."""
    found = _in_hand(by, bulletin)
    taken = fresh(by=by, at=at, bulletin=found)
    found.save()
    facts = {"cut_off": found.cut_off.isoformat(), "figures": len(taken.figures)}
    audit.record(by=by, at=at, action="bulletin.figures_taken", on=found.subject(), changes=facts)
    return found


def fresh(*, by: Actor, at: datetime, bulletin: Bulletin) -> Taken:
    """Put the figures of this instant into a bulletin that is saved afterwards, and answer them."""
    taken = take(viewer=by, bulletin=bulletin)
    bulletin.taken, bulletin.taken_at = to_kept(taken), at
    return taken


@transaction.atomic
def start_correction(*, by: Actor, at: datetime, bulletin: UUID) -> Bulletin:
    """Begin the next version of a frozen bulletin with its sections and figures taken anew; both stay.

    Raises Refused, NotAllowed, NotVisible.
    """
    old = Bulletin.objects.one(by, bulletin, lock=True)
    by.require(ReportsPermission.WRITE, programme=old.programme.code)
    if not old.is_frozen:
        raise Refused(gettext_noop("还没有定稿的报告直接改就行，不用出新的一版。"), "reports.not_frozen")
    if hasattr(old, "replaced_by"):
        raise Refused(gettext_noop("新的一版已经在写了。请在列表里打开它。"), "reports.already_there")

    names = ("programme", "kind", "about", "starts_on", "ends_on", "cut_off", "title", "unit", "provenance")
    people = {"written_by": by.ref, "edited_by": by.ref, "moved_at": at, "taken_at": at}
    kept = {name: getattr(old, name) for name in names}
    made = Bulletin(**kept, **people, version=old.version + 1, replaces=old)
    fresh(by=by, at=at, bulletin=made)
    said = [Said(one.heading, one.text, Block(one.block)) for one in old.sections.order_by("position")]
    _begin(by, at, made, said)
    return made


@transaction.atomic
def drop_bulletin(*, by: Actor, at: datetime, bulletin: UUID, because: str) -> Bulletin:
    """Give up a bulletin that is in hand, for a reason; its period is free again. Raises BadInput, IllegalMove."""
    to, permission = BulletinState.DROPPED, ReportsPermission.WRITE
    found = locked_bulletin(by=by, at=at, bulletin=bulletin, permission=permission, to=to)
    because = checked_reason(because, gettext_noop("请写明为什么不再写。"), "reports")
    found.replaces = None
    move(by=by, at=at, bulletin=found, to=to, because=because)
    return found


def _in_hand(by: Actor, bulletin: UUID) -> Bulletin:
    found = Bulletin.objects.one(by, bulletin, lock=True)
    by.require(ReportsPermission.WRITE, programme=found.programme.code)
    if BulletinState(found.state) not in IN_HAND:
        text = gettext_noop("这份报告现在是“%(state)s”，不能改。要改，请审签人退回；定稿的，出新的一版。")
        raise Conflict(text, "reports.not_in_hand", state=BulletinState(found.state))
    return found
