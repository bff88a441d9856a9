# SPDX-License-Identifier: Apache-2.0
"""The two 80 % rules, what may still move before one breaks, and who gets what arrives for all.

The share for livelihood and that at the grassroots are taken over allocation lines, never whole projects, and on three
bases side by side: planned, arrived, paid. The share that rules quote is not published with its base, so every base is
shown and the reader sees which. Head-room is counted in whole fen, the whole unchanged: money goes from what carries
the tag to what does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import CURRENCY, Money, largest_remainder, total
from shanhai.kernel.shares import Base, Share
from shanhai.planning.programmes.values import FLOOR_PERCENT, StepKind
from shanhai.planning.projects.states import GRASSROOTS, Level

BASES: Mapping[str, Base] = {
    "plan": Base("plan", message(gettext_noop("计划安排资金"))),
    "arrived": Base("arrived", message(gettext_noop("到位资金"))),
    "paid": Base("paid", message(gettext_noop("支付资金"))),
}
IMPLEMENTER_BASES: Mapping[str, Base] = {
    "plan": Base("plan_by_implementer", message(gettext_noop("计划安排资金，按实施单位层级"))),
    "arrived": Base("arrived_by_implementer", message(gettext_noop("到位资金，按实施单位层级"))),
    "paid": Base("paid_by_implementer", message(gettext_noop("支付资金，按实施单位层级"))),
}


@dataclass(frozen=True, slots=True)
class TaggedSums:
    """What lines add up to on one base, in fen: all of it, and the parts that carry a tag."""

    whole: int = 0
    livelihood: int = 0
    grassroots: int = 0
    grassroots_by_implementer: int = 0

    def plus(self, other: TaggedSums) -> TaggedSums:
        """Both together."""
        return TaggedSums(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(TaggedSums)))


def livelihood_part(fen: int, percent: int) -> int:
    """The part of ``fen``, not negative, for livelihood, half a fen rounded up.

    That is the split in two by largest remainder; in one step, for a past day asks it for every line.
    """
    return (fen * percent + 50) // 100


def livelihood_shares(sums: Mapping[str, TaggedSums], currency: str = CURRENCY) -> dict[str, Share]:
    """The livelihood share on each base, by base key."""
    return _shares(sums, "livelihood", BASES, currency)


def grassroots_shares(sums: Mapping[str, TaggedSums], currency: str = CURRENCY) -> dict[str, Share]:
    """The share at county level or below on each base: by who benefits first, then by who carries it out."""
    by_implementer = _shares(sums, "grassroots_by_implementer", IMPLEMENTER_BASES, currency)
    return _shares(sums, "grassroots", BASES, currency) | by_implementer


def _shares(sums: Mapping[str, TaggedSums], part: str, bases: Mapping[str, Base], currency: str) -> dict[str, Share]:
    return {
        base.key: Share(Money(getattr(sums[key], part), currency), Money(sums[key].whole, currency), base)
        for key, base in bases.items()
    }


def chosen(shares: Mapping[str, Share], base: str | None) -> tuple[Share, tuple[Share, ...]]:
    """The share on the asked base (the first when it is not asked or not known), and all the others."""
    key = base if base is not None and base in shares else next(iter(shares))
    return shares[key], tuple(share for other, share in shares.items() if other != key)


LIVELIHOOD, GRASSROOTS_KEY = "livelihood", "grassroots"
LABELS: Mapping[str, Message] = {
    LIVELIHOOD: message(gettext_noop("民生占比")),
    GRASSROOTS_KEY: message(gettext_noop("基层占比")),
}


@dataclass(frozen=True, slots=True)
class HeadRoom:
    """One of the two shares on one base; ``key`` is "livelihood" or "grassroots" (by who benefits)."""

    key: str
    share: Share

    @property
    def label(self) -> Message:
        """The share in words."""
        return LABELS[self.key]

    @property
    def room(self) -> Money | None:
        """What may still go elsewhere; negative is a shortfall, None when there is no money on the base."""
        return self.share.headroom(FLOOR_PERCENT)

    @property
    def missing(self) -> Money:
        """What lacks of the floor; zero when nothing does."""
        room = self.room or Money(0, self.share.part.currency if isinstance(self.share.part, Money) else CURRENCY)
        return max(-room, Money(0, room.currency))

    @property
    def below(self) -> bool:
        """Whether the share lies below its floor."""
        return bool(self.missing)


@dataclass(frozen=True, slots=True)
class LineMoney:
    """A line's money in fen and its tags; a line that is yet to be made has tags only."""

    livelihood_percent: int
    beneficiary_level: Level
    plan: int = 0
    arrived: int = 0
    paid: int = 0

    def on(self, base: str) -> int:
        """The line's fen on a base: "plan", "arrived" or "paid"."""
        return {"plan": self.plan, "arrived": self.arrived, "paid": self.paid}[base]


def head_rooms(sums: Mapping[str, TaggedSums], currency: str = CURRENCY) -> tuple[HeadRoom, ...]:
    """Both shares on the plan, the arrived and the paid money."""
    by_key = {LIVELIHOOD: livelihood_shares(sums, currency), GRASSROOTS_KEY: grassroots_shares(sums, currency)}
    return tuple(HeadRoom(key, shares[base]) for key, shares in by_key.items() for base in BASES)


def moving(source: LineMoney, fen: int) -> dict[str, int]:
    """How much moves on each base when ``fen`` of the plan leave the line.

    What has not arrived goes first; what has been paid stays. Raises BadInput, Refused.
    """
    if fen <= 0:
        raise BadInput(gettext_noop("请写明要移动多少钱，要大于零。"), "projects.nothing_moves")
    most = source.plan - source.paid
    if fen > most:
        text = gettext_noop("这一笔安排了 %(plan)s 元，已支付 %(paid)s 元，最多还能移动 %(most)s 元。")
        raise Refused(
            text,
            "projects.more_than_can_move",
            plan=_yuan(source.plan),
            paid=_yuan(source.paid),
            most=_yuan(max(most, 0)),
        )
    waiting = max(source.plan - source.arrived, 0)
    return {"plan": fen, "arrived": max(fen - waiting, 0), "paid": 0}


def after_moving(
    sums: Mapping[str, TaggedSums], source: LineMoney, target: LineMoney, fen: int
) -> dict[str, TaggedSums]:
    """The sums by base once ``fen`` have gone from one line to another, to the fen as the lines' own parts are rounded.

    The part by implementer is left as it was. Raises as ``moving`` does.
    """
    return {
        base: sums[base].plus(_change(source, base, -moved)).plus(_change(target, base, moved))
        for base, moved in moving(source, fen).items()
    }


def broken_by(line: LineMoney, arrived: TaggedSums, allotted: TaggedSums, currency: str) -> HeadRoom | None:
    """The share that, with the allotments as they now stand, the arrived money can no longer bring to its floor.

    Of the arrived money all but what is allotted elsewhere can still get the tag: that share is proof, whatever the
    order of allotments, where a share of the allotted money alone would refuse the first one outside of every year. A
    line that keeps the rule by its own tags breaks nothing. None when nothing is broken; the larger shortfall of two.
    """
    whole = max(arrived.whole, allotted.whole)
    elsewhere = {
        LIVELIHOOD: 0 if line.livelihood_percent >= FLOOR_PERCENT else allotted.whole - allotted.livelihood,
        GRASSROOTS_KEY: 0 if line.beneficiary_level in GRASSROOTS else allotted.whole - allotted.grassroots,
    }
    rooms = [
        HeadRoom(key, Share(Money(whole - fen, currency), Money(whole, currency), BASES["arrived"]))
        for key, fen in elsewhere.items()
    ]
    return max((one for one in rooms if one.below), key=lambda one: one.missing, default=None)


def refusal(broken: HeadRoom) -> Refused:
    """The sentence for an allotment that breaks a share, with the numbers."""
    text = gettext_noop(
        "核拨这一笔以后，在到位的 %(whole)s 元里，%(share)s最多只能到 %(percent)s%%，"
        "低于 %(floor)s%% 的要求，还差 %(missing)s 元。"
        "请先核拨或等到位其他资金；确需核拨的，由指挥长写明原因后办理。"
    )
    whole = broken.share.whole
    assert isinstance(whole, Money)
    return Refused(
        text,
        "projects.share_below_floor",
        whole=_yuan(whole.fen),
        share=broken.label,
        percent=broken.share.percent(2),
        floor=FLOOR_PERCENT,
        missing=_yuan(broken.missing.fen),
    )


def _change(line: LineMoney, base: str, fen: int) -> TaggedSums:
    before, after = line.on(base), line.on(base) + fen
    percent = line.livelihood_percent
    livelihood = livelihood_part(after, percent) - livelihood_part(before, percent)
    return TaggedSums(fen, livelihood, fen if line.beneficiary_level in GRASSROOTS else 0)


def _yuan(fen: int) -> str:
    return f"{Money(fen).yuan:,.2f}"


# What takes arrived money of a line, of which the ledger knows only all lines together.
OF_ARRIVED = {
    StepKind.ALLOT: (
        "projects.allot_beyond_given_back",
        gettext_noop(
            "“%(project)s”这一笔有到位的钱已经退回，核拨的比余下的多 %(over)s。请核对金额，或先冲正记错的退回凭证。"
        ),
    ),
    StepKind.HAND_BACK: (
        "projects.hand_back_beyond_arrived",
        gettext_noop("退回的比这一笔已到位未核拨的多 %(over)s。请核对金额；已核拨的，请记“交回已核拨未支付的”。"),
    ),
}


def pooled_shares(amount: Money, lines: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Split ``amount`` over ``lines`` in proportion to what has not arrived, by largest remainder; in fen, in order.

    A line is what the plan gave it and what of that has arrived, in fen. Raises Refused when all wait for less.
    """
    awaited = [max(given - arrived, 0) for given, arrived in lines]
    if amount.fen > sum(awaited):
        raise Refused(
            gettext_noop("到位 %(amount)s，这些项目还未到位的合计只有 %(waiting)s。请核对金额或先调整计划。"),
            "projects.pooled_arrival.beyond_plan",
            amount=amount,
            waiting=Money(sum(awaited), amount.currency),
        )
    if not amount:
        return (0,) * len(awaited)
    return largest_remainder(amount.fen, awaited)


def require_stated(amount: Money, lines: Iterable[tuple[str, Money, Money]]) -> None:
    """Raise BadInput unless what is stated for the lines is no more than each waits for, and together ``amount``.

    A line is what it is called, what it waits for and what is stated.
    """
    stated = list(lines)
    for name, awaited, one in stated:
        if not 0 < one.fen <= awaited.fen:
            raise BadInput(
                gettext_noop("“%(project)s”还差 %(awaited)s，这次给 %(stated)s：要大于零，不超过还差的。请核对金额。"),
                "projects.more_than_awaited",
                project=name,
                awaited=awaited,
                stated=one,
            )
    if (sum_of := total((one for _name, _awaited, one in stated), amount.currency)) != amount:
        raise BadInput(
            gettext_noop("各项目合计 %(sum)s，到账 %(amount)s，两个数要一样。请核对金额。"),
            "projects.stated_do_not_add_up",
            field="amount",
            sum=sum_of,
            amount=amount,
        )
