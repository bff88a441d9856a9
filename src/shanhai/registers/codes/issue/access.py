# SPDX-License-Identifier: Apache-2.0
"""Which batch and which run of it somebody may act on."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotAllowed, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.models import Code, CodeBatch
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import CodeState

# Labels in one file: about ten seconds.
MOST_PRINTED = 1000
MISSING = gettext_noop("没有找到这批码。请从“一码”页重新进入。")


def held_batch(*, by: Actor, batch: UUID, lock: bool = False) -> CodeBatch:
    """The batch that somebody acts on who may issue there. Raises NotAllowed, NotVisible."""
    rows = CodeBatch.objects.visible_to(by).select_related("organisation")
    found = row_of(rows, batch, MISSING, lock=lock)
    by.require(CodePermission.ISSUE, programme=found.programme, place=found.place or None)
    return found


def checked_run(batch: CodeBatch, first: int, last: int | None) -> tuple[int, int]:
    """The run with its end. Raises BadInput."""
    last = batch.count if last is None else last
    if not 1 <= first <= last <= batch.count:
        text = gettext_noop("这批码的编号是 1 到 %(count)s，“%(first)s 到 %(last)s”不在其中。请改编号。")
        raise BadInput(text, "codes.run", field="first", count=batch.count, first=first, last=last)
    return first, last


def run_to_print(*, batch: CodeBatch, first: int, last: int | None, by: Actor) -> list[Code]:
    """The codes of a run that are not revoked, for their labels. Raises BadInput, Refused, NotAllowed."""
    first, last = checked_run(batch, first, last)
    if last - first >= MOST_PRINTED:
        text = gettext_noop("一次可印 %(most)s 张标签，这一段有 %(count)s 张。请分几次印。")
        raise Refused(text, "codes.too_many_labels", field="last", most=MOST_PRINTED, count=last - first + 1)
    codes = list(handled(batch, by, first, last).exclude(state=CodeState.REVOKED).order_by("number"))
    if not codes:
        raise Refused(gettext_noop("这一段码都作废了，没有可印的。"), "codes.nothing_to_print", field="first")
    for code in codes:
        code.batch = batch
    return codes


def handled(batch: CodeBatch, by: Actor, first: int, last: int) -> QuerySet[Code]:
    """The codes of a run that are all in the hands of whoever acts. Raises NotAllowed."""
    codes = batch.codes.filter(number__range=(first, last))
    if codes.exclude(pk__in=codes.handled_by(by).values("pk")).exists():
        raise NotAllowed(gettext_noop("这一段里有别的单位手里的码。请只选本单位的编号，或请指挥部办公室办理。"))
    return codes
