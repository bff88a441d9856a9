# SPDX-License-Identifier: Apache-2.0
"""Ear tags and papers that a step brings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from shanhai.field.traceability.chains.values import Step
from shanhai.field.traceability.models import EarTag, Lot, Record, TestReport
from shanhai.field.traceability.states import ReportKind
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import Conflict, Refused
from shanhai.kernel.messages import gettext_noop


def keep_papers(
    *, record: Record, step: Step, made: Sequence[Lot], named: Sequence[Lot], by: Actor, at: datetime
) -> None:
    """Keep the ear tag of an animal that is registered or tagged anew, and the paper that a step brings.

    Raises Conflict for a number that any animal ever wore, Refused for a certificate that quotes another tag.
    """
    tag, day = record.fields.get("tag", ""), local_date(record.happened_at)
    if step.brings == ReportKind.QUARANTINE:
        _require_quoted(tag, named)
    elif tag and made:
        _fit(tag, made[0], day)
    elif tag and step.retags:
        because = record.fields.get("because") or "—"
        EarTag.objects.filter(animal=named[0], removed_on=None).update(removed_on=day, because=because)
        _fit(tag, named[0], day)
        named[0].facts = {**named[0].facts, "tag": tag}
        named[0].save(update_fields=["facts"])
    if step.brings:
        measured = {one.key for one in step.fields if one.measured}
        TestReport.objects.bulk_create(
            TestReport(
                record=record,
                lot=lot,
                kind=step.brings,
                number=record.fields.get("number", ""),
                issuer=record.fields.get("issuer", ""),
                issued_on=date.fromisoformat(record.fields.get("issued_on") or day.isoformat()),
                values={key: value for key, value in record.fields.items() if key in measured},
                passed=record.fields.get("verdict") != "fail",
            )
            for lot in named
        )


def _fit(number: str, animal: Lot, day: date) -> None:
    try:
        with transaction.atomic():
            EarTag.objects.create(number=number, animal=animal, fitted_on=day)
    except IntegrityError:
        text = gettext_noop("耳标号 %(number)s 已经用过，一个号只给一头牲畜。请对照耳标重录。")
        raise Conflict(text, "traceability.tag_used", field="tag", number=number) from None


def _require_quoted(tag: str, named: Sequence[Lot]) -> None:
    for lot in named:
        worn = EarTag.objects.filter(animal=lot, removed_on=None).first()
        if worn is None or worn.number != tag:
            text = gettext_noop("检疫证明写的耳标是 %(quoted)s，这头戴的是 %(worn)s。请核对证明和耳标。")
            numbers = {"quoted": tag, "worn": worn.number if worn else "—"}
            raise Refused(text, "traceability.tag_not_quoted", field="tag", **numbers)
