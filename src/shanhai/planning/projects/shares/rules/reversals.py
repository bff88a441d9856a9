# SPDX-License-Identifier: Apache-2.0
"""Which vouchers stand on money that is to be taken back, so that they go first; and an arrival shared anew."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shanhai.kernel.errors import Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.planning.projects.values import made_from, number_of
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.values import AccountKind, NewPosting, PostingRow

# As many as a sentence names; the page links all of them.
NAMED = 5
OF_PLAN = gettext_noop(
    "这笔账是下达或调整年度计划、动用预备费时随计划记的，计划还在，不能单独冲正。要增加、减少的请提出计划调整。"
)
OF_LINE = gettext_noop(
    "这笔下达是随“%(project)s”的资金安排记的，安排还有 %(amount)s，不能单独冲正。请先调减安排，或撤销那次导入。"
)
BELOW = gettext_noop(
    "现在不能冲正：“%(project)s”的%(what)s合计 %(sum)s 元，冲正以后%(of)s只有 %(most)s 元。"
    "请先冲正后来的 %(count)s 张凭证，从新到旧：%(vouchers)s。"
)
GIVEN_BACK_OF = gettext_noop(
    "现在不能冲正：“%(project)s”到位的钱已经退回，冲正以后退回的多 %(over)s。"
    "请先冲正后来的 %(count)s 张凭证，从新到旧：%(vouchers)s。"
)
SPENT = gettext_noop(
    "现在不能冲正：“%(station)s”到 %(on)s 可用 %(available)s，这笔要退 %(asked)s。"
    "请先冲正后来的 %(count)s 张凭证，从新到旧：%(vouchers)s。"
)


class StoodUpon(Refused):
    """An entry cannot be taken back before ``vouchers``, newest first, that stand on its money."""

    code = "projects.entry_stood_upon"

    def __init__(self, said: Message, vouchers: Sequence[PostingRow]) -> None:
        self.vouchers = tuple(vouchers)
        super().__init__(said.text, **said.params, count=len(vouchers), vouchers=names_of(vouchers))


def names_of(vouchers: Sequence[PostingRow]) -> tuple[Message, ...]:
    """The first of them in words."""
    return tuple(_named(row) for row in vouchers[:NAMED])


def standing_on(rows: Sequence[PostingRow]) -> list[PostingRow]:
    """Of a line's postings, newest first, the newest that must go so that no station gives more than has come in."""
    left = standing(rows)
    gone: list[PostingRow] = []
    for station in (AccountKind.ARRIVED, AccountKind.ALLOTTED):
        going = [row for row in left if row.from_kind is station]
        coming = sum(row.amount.fen for row in left if row.to_kind is station)
        gone += newest(going, sum(row.amount.fen for row in going) - coming)
        left = [row for row in left if row not in gone]
    return [row for row in rows if row in gone]


def standing(rows: Sequence[PostingRow]) -> list[PostingRow]:
    """Those that nothing has taken back."""
    return [row for row in rows if not row.is_reversal and not row.is_reversed]


def moved_arrival(
    postings: Sequence[PostingRow], giver: str, shares: Iterable[tuple[str, str, int]]
) -> list[NewPosting]:
    """``postings`` of an arrival once ``shares`` (subject, place, fen) are taken from those of ``giver``.

    Each share comes from where the money it takes had come from.
    """
    left = [posting.amount.fen for posting in postings]
    taken = []
    for subject, place, fen in shares:
        for at, posting in enumerate(postings):
            part = min(fen, left[at]) if posting.subject == giver else 0
            if part:
                amount = Money(part, posting.amount.currency)
                taken.append(NewPosting(posting.from_kind, posting.to_kind, amount, subject, place))
                left[at] -= part
                fen -= part
    kept = [
        NewPosting(one.from_kind, one.to_kind, Money(fen, one.amount.currency), one.subject, one.place)
        for one, fen in zip(postings, left, strict=True)
        if fen
    ]
    return kept + taken


def newest(rows: Sequence[PostingRow], fen: int) -> list[PostingRow]:
    """As many of ``rows``, from the first on, as come to ``fen``."""
    found: list[PostingRow] = []
    for row in rows:
        if fen <= 0:
            break
        found.append(row)
        fen -= row.amount.fen
    return found


def _named(row: PostingRow) -> Message:
    words = made_from(row.source) or row.source.id.rpartition(":")[2]
    number = number_of(row.source) or row.memo or message(words)
    return message(
        "%(on)s %(what)s %(amount)s %(number)s",
        on=row.on_date,
        what=KIND_LABELS[row.kind],
        amount=row.amount,
        number=number,
    )
