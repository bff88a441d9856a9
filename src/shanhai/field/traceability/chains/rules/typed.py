# SPDX-License-Identifier: Apache-2.0
"""What was typed into the fields of a step, read by their kinds. It is kept as text, so that it stays as it was."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal

from shanhai.field.traceability.chains.rules.limits import checked_tag, require_plain_words
from shanhai.field.traceability.chains.values import Definition, FieldFacts, FieldKind
from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import gettext_noop

MOST_TEXT = 500


def read_fields(
    fields: Iterable[FieldFacts], given: Mapping[str, str], *, product: Definition, on: date, before: str = ""
) -> dict[str, str]:
    """The values of ``fields`` as they are kept, without those left empty; ``on`` is the day of the step.

    Raises BadInput or Refused with all faults; each names the field, after ``before``.
    """
    faults, read = Faults(), {}
    for one in fields:
        with faults.of(before + one.key):
            text = given.get(one.key, "").replace("\x00", "").strip()
            if not text:
                if one.required:
                    raise BadInput(gettext_noop("这一项没有填。请填写。"), "traceability.field_missing")
                continue
            read[one.key] = _read(one, text, product, on)
    faults.tell()
    return read


def _read(one: FieldFacts, text: str, product: Definition, on: date) -> str:
    if one.kind is FieldKind.TAG:
        return checked_tag(text, species=product.species)
    if one.kind is FieldKind.CHOICE:
        if text not in {choice.key for choice in one.choices}:
            raise BadInput(gettext_noop("没有这一项可选。请重新选。"), "traceability.choice_unknown")
        return text
    if one.kind is FieldKind.DAY:
        return _day(text, on)
    if one.kind in {FieldKind.NUMBER, FieldKind.COUNT}:
        return _number(one, text)
    most = int(one.most or MOST_TEXT)
    if len(text) > most:
        told = gettext_noop("写了 %(count)s 个字，最多 %(most)s 个。请删短。")
        raise BadInput(told, "traceability.text_too_long", count=len(text), most=most)
    require_plain_words(text, product.forbidden)
    return text


def _number(one: FieldFacts, text: str) -> str:
    plain = text.translate(str.maketrans("０１２３４５６７８９．－−，", "0123456789.--,")).replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    whole = one.kind is FieldKind.COUNT
    if not re.fullmatch(r"\d{1,9}" if whole else r"-?\d{1,9}(\.\d{1,6})?", plain):
        told = (
            gettext_noop("“%(text)s”不是整数。请填整数。")
            if whole
            else gettext_noop("“%(text)s”不是数。请填数字，例如 4.5。")
        )
        raise BadInput(told, "traceability.number_unreadable", text=text[:40])
    found = Decimal(plain)
    if (one.least is not None and found < one.least) or (one.most is not None and found > one.most):
        told = gettext_noop("%(text)s 超出了 %(least)s 到 %(most)s。请核对。")
        ends = {
            "least": "…" if one.least is None else str(one.least),
            "most": "…" if one.most is None else str(one.most),
        }
        raise BadInput(told, "traceability.number_out_of_bounds", text=plain, **ends)
    return str(found)


def _day(text: str, on: date) -> str:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        told = gettext_noop("“%(text)s”不是日子。请写成 2026-05-20。")
        raise BadInput(told, "traceability.day_unreadable", text=text[:40]) from None
    if found > on:
        told = gettext_noop("%(day)s 晚于这一步的日子。请核对。")
        raise BadInput(told, "traceability.day_ahead", day=text)
    return found.isoformat()
