# SPDX-License-Identifier: Apache-2.0
"""What may be said about a project and about an allocation line, asked by forms, by services and by the import."""

from __future__ import annotations

from datetime import date

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.rules.dates import date_faults
from shanhai.planning.projects.values import LineFacts, ProjectFacts, Standing

# Ten trillion yuan: a hundred times this still fits the 64-bit product of an amount and a percentage.
MAX_FEN = 10**15

# The field, the code of the problem, and the sentence.
Fault = tuple[str, str, Message]


def project_faults(facts: ProjectFacts, standing: Standing, *, today: date, currency: str) -> tuple[Fault, ...]:
    """Everything that cannot be so about a project; empty when all is well."""
    amounts = (
        ("total_investment", facts.total_investment),
        ("other_sources", facts.other_sources),
        ("completed_investment", standing.completed_investment),
    )
    return (
        *_text_fault("code", facts.code, 40),
        *_text_fault("name", facts.name, 200),
        *(fault for field, money in amounts for fault in amount_faults(field, money, currency)),
        *_percent_fault("progress_percent", standing.progress_percent),
        *_altitude_fault(facts.altitude_m),
        *date_faults(standing.stage, facts.dates, today=today),
    )


def line_faults(facts: LineFacts, *, currency: str) -> tuple[Fault, ...]:
    """Everything that cannot be so about an allocation line; empty when all is well."""
    return (
        *amount_faults("amount", facts.amount, currency),
        *_percent_fault("livelihood_percent", facts.livelihood_percent),
    )


def amount_faults(field: str, amount: Money, currency: str) -> tuple[Fault, ...]:
    """An amount is not negative, not beyond any plan, and in the programme's currency."""
    if amount.currency != currency:
        text = gettext_noop("这项对口支援用 %(currency)s 记账，不能填 %(other)s。请换算后再填。")
        return ((field, "other_currency", message(text, currency=currency, other=amount.currency)),)
    if amount.fen < 0:
        return ((field, "negative", message(gettext_noop("金额不能是负数（%(amount)s）。"), amount=amount)),)
    if amount.fen > MAX_FEN:
        return ((field, "too_large", message(gettext_noop("金额过大。请检查单位是元还是万元。"))),)
    return ()


def _text_fault(field: str, text: str, most: int) -> tuple[Fault, ...]:
    if not text.strip():
        return ((field, "empty", message(gettext_noop("这一格不能空着。请填写后再保存。"))),)
    if len(text) > most or not text.isprintable():
        sentence = gettext_noop("最多 %(most)s 个字，不能有换行和控制符。请缩短后再保存。")
        return ((field, "too_long", message(sentence, most=most)),)
    return ()


def _percent_fault(field: str, percent: int) -> tuple[Fault, ...]:
    if 0 <= percent <= 100:
        return ()
    text = gettext_noop("百分比应在 0 到 100 之间，现在是 %(percent)s。")
    return ((field, "not_a_percentage", message(text, percent=percent)),)


def _altitude_fault(altitude: int | None) -> tuple[Fault, ...]:
    if altitude is None or -200 <= altitude <= 9000:
        return ()
    text = gettext_noop("海拔 %(altitude)s 米不可能。请填 -200 到 9000 之间的数。")
    return (("altitude_m", "impossible_altitude", message(text, altitude=altitude)),)
