# SPDX-License-Identifier: Apache-2.0
"""Bulletins on their way: submitted, sent back with an opinion, approved by another, frozen whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts import selectors as accounts
from shanhai.base.passages import services as passages
from shanhai.insight.reports.composing.rules.citing import cited, pieces, require_citable
from shanhai.insight.reports.composing.rules.kinds import FAMILIES
from shanhai.insight.reports.composing.rules.taking import Taken, differing, from_kept, to_kept
from shanhai.insight.reports.composing.selectors.bulletins import digest_of, may_check, plain_content, text_of, wrote
from shanhai.insight.reports.composing.selectors.content import compose
from shanhai.insight.reports.composing.selectors.taking import evidence_of, take
from shanhai.insight.reports.composing.services.moving import locked_bulletin, move
from shanhai.insight.reports.composing.services.writing import MOST_NUMBER, fresh
from shanhai.insight.reports.models import Bulletin, Section
from shanhai.insight.reports.permissions import ReportsPermission
from shanhai.insight.reports.rules import cleaned
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.values import Block
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, Faults, NotAllowed, Refused, checked_reason
from shanhai.kernel.messages import first_of, gettext_noop

MOST_OPINION = 500


@transaction.atomic
def submit_bulletin(*, by: Actor, at: datetime, bulletin: UUID) -> Bulletin:
    """Hand a bulletin in, with its figures taken anew: what is judged is what stands in the ledger now.

    Raises BadInput where a cited figure is no more, Refused for one without text, IllegalMove, NotAllowed, NotVisible.
    """
    to, permission = BulletinState.SUBMITTED, ReportsPermission.WRITE
    found = locked_bulletin(by=by, at=at, bulletin=bulletin, permission=permission, to=to)
    sections = list(found.sections.order_by("position"))
    if not any(one.text for one in sections):
        raise Refused(gettext_noop("正文还是空的。请至少写一节再送审。"), "reports.nothing_written")
    taken, faults = fresh(by=by, at=at, bulletin=found), Faults()
    for place, one in enumerate(sections):
        with faults.of(f"text-{place}"):
            require_citable(one.text, taken.figures)
    faults.tell()

    found.edited_by = by.ref
    move(by=by, at=at, bulletin=found, to=to)
    return found


@transaction.atomic
def return_bulletin(*, by: Actor, at: datetime, bulletin: UUID, because: str) -> Bulletin:
    """Send a bulletin back with an opinion, also one that is approved and not frozen yet.

    Who may check it may send it back, too. Raises BadInput without an opinion, IllegalMove, NotAllowed, NotVisible.
    """
    to, found = BulletinState.RETURNED, Bulletin.objects.one(by, bulletin)
    permission = ReportsPermission.WRITE if may_check(by, found) else ReportsPermission.APPROVE
    found = locked_bulletin(by=by, at=at, bulletin=bulletin, permission=permission, to=to)
    because = checked_reason(because, gettext_noop("退回要写明意见，让起草的人知道改什么。"), "reports")
    found.checked_by = found.approved_by = ""
    move(by=by, at=at, bulletin=found, to=to, because=because)
    return found


@transaction.atomic
def check_bulletin(*, by: Actor, at: datetime, bulletin: UUID, because: str = "") -> Bulletin:
    """Sign that a bulletin was checked, as somebody who has not written it; another then approves it.

    Raises NotAllowed for one's own, IllegalMove, NotVisible.
    """
    to, permission = BulletinState.CHECKED, ReportsPermission.WRITE
    found = locked_bulletin(by=by, at=at, bulletin=bulletin, permission=permission, to=to)
    if wrote(by, found):
        raise NotAllowed(gettext_noop("自己写的报告，要由别人审核。"), "reports.own_bulletin")
    found.checked_by = by.ref
    move(by=by, at=at, bulletin=found, to=to, because=_opinion(because))
    return found


@transaction.atomic
def approve_bulletin(*, by: Actor, at: datetime, bulletin: UUID, because: str = "") -> Bulletin:
    """Approve a bulletin, with an opinion or without. Raises NotAllowed for one's own, IllegalMove, NotVisible."""
    to, permission = BulletinState.APPROVED, ReportsPermission.APPROVE
    found = locked_bulletin(by=by, at=at, bulletin=bulletin, permission=permission, to=to)
    if wrote(by, found):
        raise NotAllowed(gettext_noop("自己写的报告，要由别人审签。"), "reports.own_bulletin")
    if by.ref == found.checked_by:
        raise NotAllowed(gettext_noop("自己审核的报告，要由别人批准。"), "reports.own_bulletin")
    found.approved_by = by.ref
    move(by=by, at=at, bulletin=found, to=to, because=_opinion(because))
    return found


def _opinion(because: str) -> str:
    return checked_reason(because, "", "reports", most=MOST_OPINION) if because.strip() else ""


@transaction.atomic
def freeze_bulletin(*, by: Actor, at: datetime, bulletin: UUID, document_number: str = "") -> Bulletin:
    """Freeze an approved bulletin: its document, and its figures whole with the rows behind those that it shows.

    Raises Conflict naming figures that have changed since it was approved, IllegalMove, NotAllowed, NotVisible.
    """
    to = BulletinState.FROZEN
    found = Bulletin.objects.one(by, bulletin)
    may_write = by.may(ReportsPermission.WRITE, programme=found.programme.code)
    permission = ReportsPermission.WRITE if may_write else ReportsPermission.APPROVE
    found = locked_bulletin(by=by, at=at, bulletin=bulletin, permission=permission, to=to)
    faults, number = Faults(), ""
    with faults.of("document_number"):
        number = " ".join(cleaned(document_number, MOST_NUMBER).split())
    faults.tell()
    sections, approved = list(found.sections.order_by("position")), from_kept(found.taken)
    shown = _shown_keys(sections, approved)
    moved = [
        figure.label
        for ref, figure, _now in differing(approved, take(viewer=by, bulletin=found))
        if not ref.isdigit() or figure.key in shown
    ]
    if moved:
        text = gettext_noop("批准以后，这些数有变动：%(figures)s。请审签人退回，重新取数再送审。")
        raise Conflict(text, "reports.figures_moved", figures=first_of(moved, 5))

    found.document_number = number or found.document_number
    whole = replace(approved, evidence=evidence_of(viewer=by, bulletin=found, taken=approved, keys=shown))
    names = accounts.names_by_ref(viewer=by, refs={found.written_by, found.checked_by, found.approved_by})
    content = compose(bulletin=found, sections=sections, taken=whole, names=names)
    found.taken, found.content = to_kept(whole), plain_content(content)
    found.digest = digest_of(found.content, found.taken)
    changes = {"digest": found.digest, "figures": len(shown), "document_number": found.document_number}
    move(by=by, at=at, bulletin=found, to=to, changes=changes)
    passages.keep_text(
        by=by,
        at=at,
        of=found.subject(),
        title=found.title,
        url=f"/bulletins/{found.uuid}/",
        permission=ReportsPermission.VIEW,
        text=text_of(content),
        shared=True,
    )
    return found


def _shown_keys(sections: list[Section], taken: Taken) -> list[str]:
    """The figures of the registry that the blocks and the text of a bulletin show, each once."""
    keys = [
        key
        for one in sections
        for family in FAMILIES.get(Block(one.block), ())
        for key in taken.families.get(family, ())
    ]
    named = (name for one in sections for _plain, name in pieces(one.text) if name)
    return list(dict.fromkeys([*keys, *(cited(name, taken.figures).key for name in named)]))
