# SPDX-License-Identifier: Apache-2.0
"""What an entry must be before it may be posted, and when an account is overdrawn. Values in, value out."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.numerals import same_code
from shanhai.registers.ledger.values import AccountKind, NewEntry, NewPosting, Source

# The supporter's own account stands for the world outside, so it may owe without end.
UNLIMITED = frozenset({AccountKind.COMMITMENT})
# Money that has been given to one subject cannot make up for what another lacks.
BY_SUBJECT = frozenset({AccountKind.ALLOTTED, AccountKind.PAID})

FIRST_YEAR = 1978
MAX_POSTINGS = 1000
MAX_SOURCE_ID = 160
REVERSAL = "ledger.reversal"

_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_CURRENCY = re.compile(r"[A-Z]{3}")
# PostgreSQL cannot store NUL, and no database a lone surrogate, which a broken encoding leaves behind.
_NOT_STORABLE = re.compile("[\x00\ud800-\udfff]")
_PLACE = re.compile(r"[1-9][0-9]{5}", re.ASCII)

_SOURCE_KIND = message(gettext_noop("来源类别"))
_SOURCE_ID = message(gettext_noop("来源编号"))
_MEMO = message(gettext_noop("摘要"))
_SUBJECT = message(gettext_noop("事项编号"))
_REASON = message(gettext_noop("冲正理由"))


def require_postable(entry: NewEntry, *, today: date) -> None:
    """Raise the first thing that is wrong with ``entry`` by itself, whatever the ledger holds.

    Raises BadInput; CurrencyMismatch where postings differ in currency; TypeError where a value has the wrong type.
    """
    if not 1 <= len(entry.postings) <= MAX_POSTINGS:
        text = gettext_noop("一笔账要有 1 到 %(most)d 条分录，这里有 %(count)d 条。")
        raise BadInput(text, "ledger.postings_not_countable", most=MAX_POSTINGS, count=len(entry.postings))
    for posting in entry.postings:
        _require_posting(posting)
    if len(entry.postings) > 1:
        total((posting.amount for posting in entry.postings), entry.postings[0].amount.currency)
    require_day(entry.on_date, today=today)
    _require_text(_SOURCE_KIND, entry.source.kind, 60, needed=True)
    _require_text(_SOURCE_ID, entry.source.id, MAX_SOURCE_ID, needed=True, field="source")
    _require_text(_MEMO, entry.memo, 500, field="memo")
    require_codes(entry.programme, entry.fund_source, entry.postings[0].amount.currency)


def _require_posting(posting: NewPosting) -> None:
    if not isinstance(posting.amount, Money):
        raise TypeError(f"a posting moves Money, not {type(posting.amount).__name__}")
    if posting.amount.fen <= 0:
        text = gettext_noop("金额须大于零，这里是 %(amount)s。要退回已记的账，请用冲正。")
        raise BadInput(text, "ledger.amount_not_positive", field="amount", amount=posting.amount)
    if posting.from_kind == posting.to_kind:
        text = gettext_noop("钱要从一个环节到另一个环节，这里两头是同一个环节。")
        raise BadInput(text, "ledger.same_station_twice")
    if posting.place and not _PLACE.fullmatch(posting.place):
        text = gettext_noop("“%(place)s”不是行政区划代码。请填六位数字，例如 513301。")
        raise BadInput(text, "ledger.place_not_a_code", place=posting.place[:40])
    _require_text(_SUBJECT, posting.subject, 60)


def require_day(on_date: date, *, today: date) -> None:
    """Raise BadInput for a day after ``today`` or before 1978, TypeError for a datetime."""
    if isinstance(on_date, datetime):
        raise TypeError("an entry is dated by day, not by instant")
    if on_date > today:
        text = gettext_noop("日期 %(on)s 还没有到，今天是 %(today)s。请核对日期。")
        raise BadInput(text, "ledger.day_not_possible", field="on_date", on=on_date, today=today)
    if on_date.year < FIRST_YEAR:
        text = gettext_noop("日期 %(on)s 早于 1978 年。请核对日期。")
        raise BadInput(text, "ledger.day_not_possible", field="on_date", on=on_date)


def require_codes(programme: str, fund_source: str, currency: str) -> None:
    """Raise BadInput unless an account can be opened under these codes."""
    for code, pattern in ((programme, _CODE), (fund_source, _CODE), (currency, _CURRENCY)):
        if not pattern.fullmatch(code):
            text = gettext_noop("“%(code)s”不能用作项目、资金来源或币种的代码。")
            raise BadInput(text, "ledger.code_not_usable", code=code[:60])


def require_reason(because: str) -> None:
    """Raise BadInput unless a reason is given that can be stored."""
    _require_text(_REASON, because.strip() and because, 500, needed=True, field="because")


def _require_text(what: Message, text: str, most: int, *, needed: bool = False, field: str = "") -> None:
    if _NOT_STORABLE.search(text) or len(text) > most or (needed and not text):
        wrong = gettext_noop("“%(what)s”为空、超过 %(most)d 个字，或含有不能保存的字符。")
        raise BadInput(wrong, "ledger.text_not_storable", field=field, what=what, most=most)


def source_form(source_id: str) -> str:
    """What a source id has in common with its possible twins; two very long ones may share it by their beginnings."""
    return same_code(source_id)[:MAX_SOURCE_ID]


def content_digest(entry: NewEntry) -> str:
    """The SHA-256 of what an entry says, by which two posts of one source are compared, and damage is found.

    The order of postings counts; who posts and when does not.
    """
    content = [
        entry.source.kind,
        entry.source.id,
        entry.programme,
        entry.fund_source,
        entry.on_date.isoformat(),
        entry.memo,
        entry.strength,
        [[p.from_kind, p.to_kind, p.amount.fen, p.amount.currency, p.subject, p.place] for p in entry.postings],
    ]
    return hashlib.sha256(_AS_JSON.encode(content).encode()).hexdigest()


def taken(entry: NewEntry, kind: AccountKind, subject: str | None) -> int:
    """What ``entry`` takes from a station, in fen, less what it puts there; of one subject, or of all for None."""
    concerned = [posting for posting in entry.postings if subject is None or posting.subject == subject]
    gone_out = sum(posting.amount.fen for posting in concerned if posting.from_kind == kind)
    return gone_out - sum(posting.amount.fen for posting in concerned if posting.to_kind == kind)


def lowest(changes: Iterable[tuple[date, int]]) -> tuple[date, int]:
    """The first day on which the running sum of ``changes`` (in the order of days) is least, and that sum.

    Changes of one day count together. Raises ValueError when there are none.
    """
    by_day: dict[date, int] = {}
    for day, change in changes:
        by_day[day] = by_day.get(day, 0) + change
    running, worst = 0, None
    for day, change in by_day.items():
        running += change
        if worst is None or running < worst[1]:
            worst = (day, running)
    if worst is None:
        raise ValueError("an account without changes has no lowest day")
    return worst


def mirror_of(content: NewEntry, uuid: UUID, *, on_date: date, because: str) -> NewEntry:
    """The entry that takes back the one of that uuid and ``content``, posting by posting."""
    postings = tuple(posting.mirrored() for posting in content.postings)
    return replace(content, source=Source(REVERSAL, str(uuid)), on_date=on_date, postings=postings, memo=because)
