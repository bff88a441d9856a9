# SPDX-License-Identifier: Apache-2.0
"""Codes are given out, printed, activated, handed on and called back; runs of a batch at a time.

A run are the codes numbered ``first`` to ``last``, to the end of the batch where ``last`` is None.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from shanhai.base.audit import services as audit
from shanhai.base.database.services import insert_many
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotAllowed, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.registers.codes.issue.access import checked_run, handled, held_batch, run_to_print
from shanhai.registers.codes.issue.rules.serials import fresh
from shanhai.registers.codes.issue.selectors.keys import signs
from shanhai.registers.codes.issue.selectors.sheets import label_for, set_labels, size_named
from shanhai.registers.codes.keys.rules.own import make_own
from shanhai.registers.codes.models import Code, CodeBatch, CodeMove, CodeTransfer
from shanhai.registers.codes.models.batches import acted_for
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import CODE_MOVES, CodeState

if TYPE_CHECKING:
    from shanhai.registers.organisations.models import Organisation

MOST = 100_000


@transaction.atomic
def issue(
    *,
    kind: str,
    count: int,
    organisation: Organisation,
    programme: str,
    thing: str = "",
    signed: bool = False,
    covered: bool = False,
    by: Actor,
    at: datetime,
) -> CodeBatch:
    """Give out ``count`` own codes of a kind for an organisation, in ``batch.codes`` by number.

    ``programme`` is a code, ``thing`` what all of them stand for. They lie where the organisation does. A constant
    number of statements a thousand codes. Raises BadInput, Refused, NotAllowed.
    """
    place = organisation.division.code if organisation.division else by.files_under("code.issue", programme=programme)
    by.require(CodePermission.ISSUE, programme=programme, place=place or None)
    sees_all = by.may(CodePermission.VIEW, programme=programme, place=place or None)
    if not sees_all and organisation.pk not in acted_for(by):
        raise NotAllowed(gettext_noop("您只能给自己所在的单位发码。需要时请指挥部办公室办理。"))
    make_own(kind, "0")
    if not 1 <= count <= MOST:
        text = gettext_noop("一次可发 1 到 %(most)s 个码，这里是 %(count)s 个。请改数量，或分几次发。")
        raise BadInput(text, "codes.count", field="count", most=MOST, count=count)
    if signed and not signs():
        text = gettext_noop("这里还没有签名的钥匙，发不了带签名的码。请管理员设置 SHANHAI_CODES_KEY，或不带签名。")
        raise Refused(text, "codes.no_key_to_sign", field="signed")

    batch = CodeBatch.objects.create(
        kind=kind,
        organisation=organisation,
        programme=programme,
        place=place,
        thing=thing,
        stem=settings.CODES_STEM,
        count=count,
        signed=signed,
        covered=covered,
        issued_by=by.ref,
        issued_at=at,
    )
    insert_many(
        Code,
        ("batch_id", "number", "kind", "signs", "state", "holder_id"),
        [
            (batch.pk, number, kind, row, CodeState.ISSUED.value, organisation.pk)
            for number, row in enumerate(fresh(count), 1)
        ],
    )
    changes = {"count": count, "organisation": str(organisation.uuid)}
    audit.record(by=by, at=at, action="codes.batch.issued", on=batch.subject(), changes=changes)
    return batch


def sheet_pdf(*, batch: UUID, size: str, first: int = 1, last: int | None = None, by: Actor, at: datetime) -> bytes:
    """A run of labels on sheets of a size (``rules.labels.SIZES``), as PDF; from then on they are printed.

    Raises BadInput, Refused for covered codes, whose sheet ``covers`` makes, NotAllowed, NotVisible.
    """
    found = held_batch(by=by, batch=batch)
    if found.covered:
        text = gettext_noop("这批码带覆盖码，标签只能同覆盖码一起印一次。请用“印带覆盖码的标签”。")
        raise Refused(text, "codes.covered", field="size")
    codes = run_to_print(batch=found, first=first, last=last, by=by)
    made = set_labels([label_for(code) for code in codes], size=size_named(size))
    note_printed(batch=batch, codes=codes, by=by, at=at)
    return made


@transaction.atomic
def activate(*, batch: UUID, first: int = 1, last: int | None = None, by: Actor, at: datetime) -> int:
    """Put a run into use, and answer how many were not before. Raises BadInput, NotAllowed, IllegalMove, NotVisible."""
    return _move(by, at, batch, (first, last), CodeState.ACTIVE)


@transaction.atomic
def revoke(*, batch: UUID, first: int = 1, last: int | None = None, because: str, by: Actor, at: datetime) -> int:
    """Call a run back for good, with the reason; a scan says so from then on.

    Raises BadInput, NotAllowed, IllegalMove, NotVisible.
    """
    because = checked_reason(because, gettext_noop("作废要写明原因，例如标签损坏、印错。"), "codes")
    return _move(by, at, batch, (first, last), CodeState.REVOKED, because)


@transaction.atomic
def transfer(
    *,
    batch: UUID,
    taker: Organisation,
    first: int = 1,
    last: int | None = None,
    because: str = "",
    by: Actor,
    at: datetime,
) -> int:
    """Hand a run of codes to another organisation, which may use them from then on; answer how many it did not hold.

    Raises BadInput, Refused, NotAllowed, NotVisible.
    """
    found = held_batch(by=by, batch=batch, lock=True)
    first, last = checked_run(found, first, last)
    codes = handled(found, by, first, last).exclude(state=CodeState.REVOKED).exclude(holder=taker)
    givers = sorted(set(codes.values_list("holder", flat=True)))
    if not givers:
        text = gettext_noop("这一段码已经在“%(taker)s”手里，或者都作废了。请核对编号。")
        raise Refused(text, "codes.nothing_to_transfer", field="taker", taker=str(taker))

    count = codes.update(holder=taker)
    CodeTransfer.objects.bulk_create(
        CodeTransfer(
            batch=found, first=first, last=last, giver_id=giver, taker=taker, at=at, by=by.ref, because=because.strip()
        )
        for giver in givers
    )
    changes = {"count": count, "numbers": f"{first}-{last}", "organisation": str(taker.uuid)}
    audit.record(
        by=by, at=at, action="codes.batch.transferred", on=found.subject(), changes=changes, because=because.strip()
    )
    return count


@transaction.atomic
def note_printed(*, batch: UUID, codes: list[Code], by: Actor, at: datetime) -> None:
    """Note that labels of these codes are on paper. Those that were printed before stay as they are."""
    found = held_batch(by=by, batch=batch, lock=True)
    first, last = codes[0].number, codes[-1].number
    fresh_ones = found.codes.filter(number__range=(first, last), state=CodeState.ISSUED)
    if count := fresh_ones.update(state=CodeState.PRINTED):
        CodeMove.objects.create(
            batch=found, first=first, last=last, old=CodeState.ISSUED, new=CodeState.PRINTED, at=at, by=by.ref
        )
    changes = {"numbers": f"{first}-{last}", "count": count}
    audit.record(by=by, at=at, action="codes.batch.printed", on=found.subject(), changes=changes)


def _move(by: Actor, at: datetime, batch: UUID, run: tuple[int, int | None], new: CodeState, because: str = "") -> int:
    found = held_batch(by=by, batch=batch, lock=True)
    first, last = checked_run(found, *run)
    codes = handled(found, by, first, last)
    counted: dict[str, int] = dict(codes.order_by().values_list("state").annotate(Count("pk")))
    there = [state for state in CodeState if state in counted]
    olds = [state for state in there if new in CODE_MOVES[state]]
    if not olds:
        require_move(CODE_MOVES, there[0], new)

    codes.filter(state__in=olds).update(state=new)
    CodeMove.objects.bulk_create(
        CodeMove(batch=found, first=first, last=last, old=old, new=new, at=at, by=by.ref, because=because)
        for old in olds
    )
    count = sum(counted[old] for old in olds)
    act = "codes.batch.activated" if new == CodeState.ACTIVE else "codes.batch.revoked"
    changes = {"numbers": f"{first}-{last}", "count": count}
    audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=because)
    return count
