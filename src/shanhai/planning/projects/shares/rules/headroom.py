# SPDX-License-Identifier: Apache-2.0
"""How much money may still move before one of the two 80 % shares falls below its floor, and what moving some does.

Head-room is counted in whole fen, the whole unchanged: money goes from what carries the tag to what does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import CURRENCY, Money
from shanhai.kernel.shares import Share
from shanhai.planning.programmes.values import FLOOR_PERCENT
from shanhai.planning.projects.shares.rules.tags import (
    BASES,
    TaggedSums,
    grassroots_shares,
    livelihood_part,
    livelihood_shares,
)
from shanhai.planning.projects.states import GRASSROOTS, Level

LIVELIHOOD, GRASSROOTS_KEY = "livelihood", "grassroots"
LABELS: Mapping[str, Message] = {
    LIVELIHOOD: message(gettext_noop("民生占比")),
    GRASSROOTS_KEY: message(gettext_noop("基层占比")),
}


class ShareBelowFloor(Refused):
    """After this allotment a share could no longer reach its floor with the money that has arrived."""

    code = "projects.share_below_floor"


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


def refusal(broken: HeadRoom) -> ShareBelowFloor:
    """The sentence for an allotment that breaks a share, with the numbers."""
    text = gettext_noop(
        "核拨这一笔以后，在到位的 %(whole)s 元里，%(share)s最多只能到 %(percent)s%%，"
        "低于 %(floor)s%% 的要求，还差 %(missing)s 元。"
        "请先核拨或等到位其他资金；确需核拨的，由指挥长写明原因后办理。"
    )
    whole = broken.share.whole
    assert isinstance(whole, Money)
    return ShareBelowFloor(
        text,
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
