# SPDX-License-Identifier: Apache-2.0
"""What a text, a code, a day and an amount must be before they are written down."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.kernel.money import Money

# Addresses hang below /programmes/: a programme of such a code could not be opened.
RESERVED = frozenset({"new", "tasks", "campaigns"})
FIRST_YEAR, LAST_YEAR = 1978, 2100

_CODE = re.compile(r"[a-z0-9][a-z0-9-]*")


def checked_text(text: str, what: Message, most: int, *, optional: bool = False) -> str:
    """``text`` without outer spaces. Raises BadInput when it is empty (unless ``optional``) or too long."""
    clean = text.strip()
    if not clean and not optional:
        raise BadInput(gettext_noop("“%(what)s”没有填。请填写后再保存。"), "programmes.text_not_accepted", what=what)
    # PostgreSQL cannot store NUL, and no database a lone surrogate, which a broken encoding leaves behind.
    broken = "\x00" in clean or any("\ud800" <= character <= "\udfff" for character in clean)
    if len(clean) > most or broken:
        raise BadInput(
            gettext_noop("“%(what)s”不能保存：它超过 %(most)s 个字，或含有不能保存的字符。请改正后再保存。"),
            "programmes.text_not_accepted",
            what=what,
            most=most,
        )
    return clean


def checked_code(code: str, what: Message) -> str:
    """``code`` as it is. Raises BadInput unless it is 1 to 40 small letters, digits and inner hyphens."""
    if len(code) > 40 or not _CODE.fullmatch(code):
        raise BadInput(
            gettext_noop("“%(what)s”只能用小写字母、数字和连字符，最多 40 个，现在是“%(code)s”。"),
            "programmes.code_not_accepted",
            what=what,
            code=code[:60],
        )
    return code


def checked_programme_code(code: str, what: Message) -> str:
    """``code`` as it is. Raises BadInput as ``checked_code``, and for a word that addresses need."""
    checked_code(code, what)
    if code in RESERVED:
        raise BadInput(
            gettext_noop("编号不能用“%(code)s”，系统要用它作网址。请换一个编号。"),
            "programmes.code_reserved",
            code=code,
        )
    return code


def check_term(starts_on: date, ends_on: date) -> None:
    """Raise BadInput for days out of order, or outside the years that can be planned."""
    check_days(starts_on, ends_on)
    if starts_on.year < FIRST_YEAR or ends_on.year > LAST_YEAR:
        raise BadInput(
            gettext_noop("期限应在 %(first)s 至 %(last)s 年之内。请改正日期。"),
            "programmes.term_not_possible",
            first=str(FIRST_YEAR),
            last=str(LAST_YEAR),
        )


def check_days(starts_on: date, ends_on: date) -> None:
    """Raise BadInput when the last day comes before the first."""
    if ends_on < starts_on:
        raise BadInput(
            gettext_noop("结束日期 %(ends_on)s 早于开始日期 %(starts_on)s。请改正其中一个。"),
            "programmes.dates_out_of_order",
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


def check_task_days(campaign_starts_on: date, starts_on: date | None, due_on: date | None) -> None:
    """Raise BadInput when a task would be due before it starts, or before its campaign does."""
    first = max(starts_on, campaign_starts_on) if starts_on else campaign_starts_on
    if due_on is not None and due_on < first:
        raise BadInput(
            gettext_noop("期限 %(due_on)s 早于开始日期 %(starts_on)s。请改正其中一个。"),
            "programmes.due_before_start",
            due_on=due_on.isoformat(),
            starts_on=first.isoformat(),
        )


def check_amount(amount: Money, currency: str, *, zero: bool = False) -> None:
    """Raise BadInput unless ``amount`` is positive (or zero, where that is allowed) and in ``currency``."""
    if amount.currency != currency:
        raise BadInput(
            gettext_noop("这项对口支援用 %(currency)s 记账，不能记 %(other)s。请换算后再填。"),
            "programmes.amount_not_accepted",
            currency=currency,
            other=amount.currency,
        )
    if amount.fen < 0 or (amount.fen == 0 and not zero):
        raise BadInput(
            gettext_noop("金额 %(amount)s 元不对：应大于零。"),
            "programmes.amount_not_accepted",
            amount=f"{amount.yuan:,.2f}",
        )


def check_reserve(amount: Money, reserve: Money, source: str) -> None:
    """Raise BadInput when a fund source would keep back more than it gives."""
    if reserve > amount:
        raise BadInput(
            gettext_noop("“%(source)s”的预备费 %(reserve)s 元多于计划 %(amount)s 元。请改正其中一个。"),
            "programmes.reserve_over_amount",
            source=source[:60],
            reserve=f"{reserve.yuan:,.2f}",
            amount=f"{amount.yuan:,.2f}",
        )


def check_year(year: int, starts_on: date, ends_on: date) -> None:
    """Raise BadInput unless the programme runs in ``year``."""
    if not starts_on.year <= year <= ends_on.year:
        raise BadInput(
            gettext_noop("%(year)s 年不在这项对口支援的期限内（%(first)s 至 %(last)s 年）。请换一个年份。"),
            "programmes.year_outside",
            year=str(year),
            first=str(starts_on.year),
            last=str(ends_on.year),
        )


def checked_provenance(provenance: str, known: Collection[str]) -> str:
    """``provenance`` as it is. Raises BadInput for one that is not ``known``."""
    if provenance not in known:
        raise BadInput(
            gettext_noop("来源标记“%(provenance)s”不认识。"),
            "programmes.provenance_unknown",
            provenance=provenance[:60],
        )
    return provenance
