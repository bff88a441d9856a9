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


class TextNotAccepted(BadInput):
    """A text that is missing or too long."""

    code = "programmes.text_not_accepted"


class CodeNotAccepted(BadInput):
    """A code with other signs than small letters, digits and hyphens, or too long."""

    code = "programmes.code_not_accepted"


class CodeReserved(BadInput):
    """A code that the address of another page needs."""

    code = "programmes.code_reserved"


class TermNotPossible(BadInput):
    """A programme that would start or end in another age."""

    code = "programmes.term_not_possible"


class DatesOutOfOrder(BadInput):
    """A last day before the first."""

    code = "programmes.dates_out_of_order"


class DueBeforeStart(BadInput):
    """A task that would be due before it, or its campaign, starts."""

    code = "programmes.due_before_start"


class AmountNotAccepted(BadInput):
    """An amount that is negative, zero where it may not be, or in another currency."""

    code = "programmes.amount_not_accepted"


class ReserveOverAmount(BadInput):
    """More is to be kept in reserve than a fund source gives."""

    code = "programmes.reserve_over_amount"


class YearOutside(BadInput):
    """A year in which the programme does not run."""

    code = "programmes.year_outside"


class ProvenanceUnknown(BadInput):
    """A provenance that is not one of ours."""

    code = "programmes.provenance_unknown"


def checked_text(text: str, what: Message, most: int, *, optional: bool = False) -> str:
    """``text`` without outer spaces. Raises TextNotAccepted when it is empty (unless ``optional``) or too long."""
    clean = text.strip()
    if not clean and not optional:
        raise TextNotAccepted(gettext_noop("“%(what)s”没有填。请填写后再保存。"), what=what)
    # PostgreSQL cannot store NUL, and no database a lone surrogate, which a broken encoding leaves behind.
    broken = "\x00" in clean or any("\ud800" <= character <= "\udfff" for character in clean)
    if len(clean) > most or broken:
        raise TextNotAccepted(
            gettext_noop("“%(what)s”不能保存：它超过 %(most)s 个字，或含有不能保存的字符。请改正后再保存。"),
            what=what,
            most=most,
        )
    return clean


def checked_code(code: str, what: Message) -> str:
    """``code`` as it is. Raises CodeNotAccepted unless it is 1 to 40 small letters, digits and inner hyphens."""
    if len(code) > 40 or not _CODE.fullmatch(code):
        raise CodeNotAccepted(
            gettext_noop("“%(what)s”只能用小写字母、数字和连字符，最多 40 个，现在是“%(code)s”。"),
            what=what,
            code=code[:60],
        )
    return code


def checked_programme_code(code: str, what: Message) -> str:
    """``code`` as it is. Raises CodeNotAccepted as ``checked_code``, CodeReserved for a word that addresses need."""
    checked_code(code, what)
    if code in RESERVED:
        raise CodeReserved(gettext_noop("编号不能用“%(code)s”，系统要用它作网址。请换一个编号。"), code=code)
    return code


def check_term(starts_on: date, ends_on: date) -> None:
    """Raise DatesOutOfOrder, or TermNotPossible for days outside the years that can be planned."""
    check_days(starts_on, ends_on)
    if starts_on.year < FIRST_YEAR or ends_on.year > LAST_YEAR:
        raise TermNotPossible(
            gettext_noop("期限应在 %(first)s 至 %(last)s 年之内。请改正日期。"),
            first=str(FIRST_YEAR),
            last=str(LAST_YEAR),
        )


def check_days(starts_on: date, ends_on: date) -> None:
    """Raise DatesOutOfOrder when the last day comes before the first."""
    if ends_on < starts_on:
        raise DatesOutOfOrder(
            gettext_noop("结束日期 %(ends_on)s 早于开始日期 %(starts_on)s。请改正其中一个。"),
            starts_on=starts_on.isoformat(),
            ends_on=ends_on.isoformat(),
        )


def check_task_days(campaign_starts_on: date, starts_on: date | None, due_on: date | None) -> None:
    """Raise DueBeforeStart when a task would be due before it starts, or before its campaign does."""
    first = max(starts_on, campaign_starts_on) if starts_on else campaign_starts_on
    if due_on is not None and due_on < first:
        raise DueBeforeStart(
            gettext_noop("期限 %(due_on)s 早于开始日期 %(starts_on)s。请改正其中一个。"),
            due_on=due_on.isoformat(),
            starts_on=first.isoformat(),
        )


def check_amount(amount: Money, currency: str, *, zero: bool = False) -> None:
    """Raise AmountNotAccepted unless ``amount`` is positive (or zero, where that is allowed) and in ``currency``."""
    if amount.currency != currency:
        raise AmountNotAccepted(
            gettext_noop("这项对口支援用 %(currency)s 记账，不能记 %(other)s。请换算后再填。"),
            currency=currency,
            other=amount.currency,
        )
    if amount.fen < 0 or (amount.fen == 0 and not zero):
        raise AmountNotAccepted(gettext_noop("金额 %(amount)s 元不对：应大于零。"), amount=f"{amount.yuan:,.2f}")


def check_reserve(amount: Money, reserve: Money, source: str) -> None:
    """Raise ReserveOverAmount when a fund source would keep back more than it gives."""
    if reserve > amount:
        raise ReserveOverAmount(
            gettext_noop("“%(source)s”的预备费 %(reserve)s 元多于计划 %(amount)s 元。请改正其中一个。"),
            source=source[:60],
            reserve=f"{reserve.yuan:,.2f}",
            amount=f"{amount.yuan:,.2f}",
        )


def check_year(year: int, starts_on: date, ends_on: date) -> None:
    """Raise YearOutside unless the programme runs in ``year``."""
    if not starts_on.year <= year <= ends_on.year:
        raise YearOutside(
            gettext_noop("%(year)s 年不在这项对口支援的期限内（%(first)s 至 %(last)s 年）。请换一个年份。"),
            year=str(year),
            first=str(starts_on.year),
            last=str(ends_on.year),
        )


def checked_provenance(provenance: str, known: Collection[str]) -> str:
    """``provenance`` as it is. Raises ProvenanceUnknown for one that is not ``known``."""
    if provenance not in known:
        raise ProvenanceUnknown(gettext_noop("来源标记“%(provenance)s”不认识。"), provenance=provenance[:60])
    return provenance
