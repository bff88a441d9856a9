# SPDX-License-Identifier: Apache-2.0
"""What of a thing came in, went out and was lost, as events claim; and what in that cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shanhai.field.traceability.events.rules.vocabulary import full
from shanhai.field.traceability.recalls.rules.telling import NOTHING, amount_of, lines_of, of_side, spelling_of
from shanhai.field.traceability.recalls.values import Amount, Finding
from shanhai.kernel.messages import gettext_noop, message

_COUNTING = {full("bizStep", step, {}) for step in ("stock_taking", "cycle_counting")}
_MORE_OUT = gettext_noop("出去的比进来的多：进来 %(came)s，出去 %(went)s。")
_USED_TWICE = gettext_noop("同一个编号被用掉了 %(count)s 次。")
_MADE_TWICE = gettext_noop("同一个编号被做出来 %(count)s 次。")
_GAINED = gettext_noop("加工出来的比投进去的重：投入 %(came)s，产出 %(went)s。")
_NEGATIVE = gettext_noop("一条记录写的数量小于 0，没有算进去。")
_UNCOUNTED = gettext_noop("有记录的数量换不成克或个数，没有算进去：%(amounts)s。")
_LISTS = ("quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList")
# So many amounts of a kind are named.
_SHOWN = 5
_EARLY = gettext_noop("用掉的时间早于做出来的时间。")


@dataclass(frozen=True, slots=True)
class Said:
    """An event in force that names the thing: its number, its instant, its content."""

    id: int
    time: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Balance:
    """Of a thing in one measure, ``grams`` or pieces: what was made, used, packed (and not unpacked), destroyed.

    ``counted`` is what was found when it was last counted. ``put_in`` and ``got_out`` are all that went into the
    transformations that used it, and came out of them, where all of that is weighed.
    """

    grams: bool
    came_in: int = 0
    used: int = 0
    packed: int = 0
    lost: int = 0
    counted: int | None = None
    put_in: int = 0
    got_out: int = 0

    @property
    def went_out(self) -> int:
        """All that is not there any more."""
        return self.used + self.packed + self.lost

    @property
    def left(self) -> int:
        """What should be there; less than nothing where more went out than came in."""
        return self.came_in - self.went_out

    @property
    def unexplained(self) -> int | None:
        """What should be there and was not found when it was counted; None where nobody counted."""
        return None if self.counted is None else self.left - self.counted

    @property
    def lost_in_work(self) -> int:
        """What the transformations that used it did not give out again."""
        return self.put_in - self.got_out


def balances_of(thing: str, events: Sequence[Said]) -> tuple[Balance, ...]:
    """The balance in grams and that in pieces, of each that events tell something of.

    What is both put out by a transformation and commissioned is one making: the larger counts.
    """
    return tuple(
        one for one in (_balance(thing, events, grams) for grams in (True, False)) if one != Balance(one.grams)
    )


def findings_of(thing: str, events: Sequence[Said]) -> tuple[Finding, ...]:
    """What events claim of a thing that does not fit together."""
    found = []
    for total in balances_of(thing, events):
        if total.came_in and total.left < 0:
            came_in, went_out = words_of(total.came_in, total.grams), words_of(total.went_out, total.grams)
            said = message(_MORE_OUT, came=came_in, went=went_out)
            out = tuple(one.id for one in events if _balance(thing, [one], total.grams).went_out > 0)
            found.append(Finding("more_out", said, (thing,), out))
    for rule, side, words in (("used_twice", "input", _USED_TWICE), ("made_twice", "output", _MADE_TWICE)):
        times = {one.content.get("transformationID") or one.id: one.id for one in _naming(thing, events, side)}
        if len(times) > 1:
            found.append(Finding(rule, message(words, count=len(times)), (thing,), tuple(times.values())))
    used = [one for one in events if thing in of_side(one.content, "input")]
    born = [one.time for one in events if thing in of_side(one.content, "output")]
    if born and (early := tuple(one.id for one in used if one.time < min(born))):
        found.append(Finding("early", message(_EARLY), (thing,), early))
    if others := {one.id: amount for one in events if (amount := _uncounted(thing, one.content))}:
        amounts = tuple(dict.fromkeys(others.values()))[:_SHOWN]
        found.append(Finding("uncounted", message(_UNCOUNTED, amounts=amounts), (thing,), (*others,)))
    for one in events:
        if any(
            line == thing and _below_nothing(amount) for name in _LISTS for line, amount in lines_of(one.content, name)
        ):
            found.append(Finding("negative", message(_NEGATIVE), (thing,), (one.id,)))
        came, went = _weights(one.content)
        there = (*of_side(one.content, "input"), *of_side(one.content, "output"))
        if thing in there and came and went and went > came:
            said = message(_GAINED, came=words_of(came, True), went=words_of(went, True))
            found.append(Finding("gained", said, (thing,), (one.id,)))
    return tuple(found)


def words_of(number: int, grams: bool) -> str:
    """An amount as people write it: in grams or kilograms, or in pieces."""
    if grams and abs(number) < 10_000:
        return f"{number:,} g"
    return f"{number / 1000:,.3f}".rstrip("0").rstrip(".") + " kg" if grams else f"{number:,}"


def _balance(thing: str, events: Sequence[Said], grams: bool) -> Balance:
    made = commissioned = used = packed = lost = put_in = got_out = 0
    counted: tuple[int, int] | None = None
    for one in events:
        content, kind = one.content, one.content.get("type")
        if kind == "TransformationEvent":
            made += _sum(content, "outputQuantityList", thing, grams)
            used += (here := _sum(content, "inputQuantityList", thing, grams))
            came, went = _weights(content)
            if here and grams and came and went:
                put_in, got_out = put_in + came, got_out + went
        elif kind == "AggregationEvent" and content.get("action") in ("ADD", "DELETE"):
            here = _sum(content, "childQuantityList", thing, grams)
            packed += here if content["action"] == "ADD" else -here
        elif kind == "ObjectEvent":
            here = _sum(content, "quantityList", thing, grams)
            if content.get("action") == "ADD":
                commissioned += here
            elif content.get("action") == "DELETE":
                lost += here
            elif here and full("bizStep", content.get("bizStep") or "", {}) in _COUNTING:
                counted = max(counted or (one.time, here), (one.time, here))
    return Balance(grams, max(made, commissioned), used, packed, lost, counted[1] if counted else None, put_in, got_out)


def _sum(content: Mapping[str, Any], name: str, thing: str, grams: bool) -> int:
    """Less than nothing counts as nothing, so that nobody makes up with it for what went out."""
    return sum(max(_of(amount, grams) or 0, 0) for one, amount in lines_of(content, name) if one == thing)


def _below_nothing(amount: Amount) -> bool:
    return (amount.grams or 0) < 0 or (amount.pieces or 0) < 0


def _uncounted(thing: str, content: Mapping[str, Any]) -> str:
    """An amount of the thing in a unit that is neither one of mass nor of pieces, as it stands; "" where all counts."""
    spelt = spelling_of(content)
    for line in (line for name in _LISTS for line in content.get(name) or ()):
        if "quantity" in line and amount_of(line) == NOTHING and spelt(line["epcClass"]) == thing:
            return f"{line['quantity']} {line.get('uom', '')}".strip()
    return ""


def _of(amount: Amount, grams: bool) -> int | None:
    return amount.grams if grams else amount.pieces


def _weights(content: Mapping[str, Any]) -> tuple[int, int]:
    """All grams in and out of one event; 0 where something has no weight, or it is one of several of a kind."""
    if content.get("transformationID"):
        return 0, 0
    sides = []
    for side in ("input", "output"):
        weights = [amount.grams for _, amount in lines_of(content, f"{side}QuantityList")]
        known = [one for one in weights if one is not None]
        sides.append(sum(known) if len(known) == len(weights) and not content.get(f"{side}EPCList") else 0)
    return sides[0], sides[1]


def _naming(thing: str, events: Iterable[Said], side: str) -> list[Said]:
    """The events that name a single thing on that side."""
    return [one for one in events if thing in map(spelling_of(one.content), one.content.get(f"{side}EPCList") or ())]
