# SPDX-License-Identifier: Apache-2.0
"""The limits of chains over plain values. Each raises Refused or BadInput, with what is wrong and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from shanhai.field.traceability.chains.values import Choice, Temperature
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import gettext_noop

# First digits of a county's code: provinces by GB/T 2260.
_PROVINCES = frozenset(
    {
        *map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66))),
        "71",
        "81",
        "82",
    }
)


def fresh_grams(grams: int, *, dry: bool, factor: Decimal) -> int:
    """What a weight counts against a permit, in grams of fresh material; what is dry was more when it was fresh.

    >>> fresh_grams(400, dry=True, factor=Decimal("0.40")), fresh_grams(401, dry=True, factor=Decimal("0.40"))
    (1000, 1003)
    """
    return int((grams / factor).to_integral_value(ROUND_CEILING)) if dry else grams


def most_out(grams: int, at_most: Decimal) -> int:
    """How many whole grams may come out of ``grams``."""
    return int((grams * at_most).to_integral_value(ROUND_FLOOR))


def require_within_permit(*, permitted: int, used: int, now: int) -> None:
    """All in grams of fresh material."""
    if used + now > permitted:
        text = gettext_noop(
            "采集证准采 %(permitted)s 克（鲜重），还剩 %(left)s 克，这次记 %(now)s 克。请核对称重，或换一张证。"
        )
        left = max(permitted - used, 0)
        numbers = {"permitted": permitted, "left": left, "now": now}
        raise Refused(text, "traceability.permit_exceeded", field="grams", **numbers)


def require_in_season(
    on: date, *, season: tuple[str, str] | None, valid: tuple[date, date], closed: Iterable[tuple[date, date, str]]
) -> None:
    """That on a day may be collected: in the season (month and day), within the permit, in a zone that is not closed.

    All ends are included. ``closed`` are the closures of the zone with their reasons.
    """
    if season and not _within(on.strftime("%m-%d"), *season):
        text = gettext_noop("%(day)s 不在采集季（%(first)s 到 %(last)s）。请核对采集的日子。")
        ends = {"first": season[0], "last": season[1]}
        raise Refused(text, "traceability.out_of_season", field="day", day=on.isoformat(), **ends)
    if not valid[0] <= on <= valid[1]:
        text = gettext_noop("采集证从 %(first)s 到 %(last)s 有效，%(day)s 不在其中。请核对日子，或换一张证。")
        ends = {"first": valid[0].isoformat(), "last": valid[1].isoformat()}
        raise Refused(text, "traceability.permit_not_valid", field="permit", day=on.isoformat(), **ends)
    for first, last, because in closed:
        if first <= on <= last:
            text = gettext_noop("这个采集区 %(first)s 到 %(last)s 禁采：%(because)s。那几天采的不能记。")
            ends = {"first": first.isoformat(), "last": last.isoformat()}
            raise Refused(text, "traceability.zone_closed", field="permit", because=because, **ends)


def _within(day: str, first: str, last: str) -> bool:
    """Whether a month and day lies in a season, which may go on into the next year."""
    return first <= day <= last if first <= last else day >= first or day <= last


def require_yield(*, into: int, out: int, at_most: Decimal) -> None:
    """That no more comes out of a step than may, in grams."""
    most = most_out(into, at_most)
    if out > most:
        text = gettext_noop("投入 %(into)s 克，最多产出 %(most)s 克，这里写了 %(out)s 克。请核对称重。")
        raise Refused(text, "traceability.more_out_than_in", field="grams", into=into, most=most, out=out)


def checked_tag(text: str, *, species: str = "") -> str:
    """An ear tag: 1 digit for the species, 6 for the county, 8 of a serial. Spaces between them are left out.

    Raises BadInput.
    """
    number = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not (number.isascii() and number.isdigit() and len(number) == 15):
        told = gettext_noop("耳标号是 15 位数字，这里是“%(text)s”。请对照耳标重录。")
        raise BadInput(told, "traceability.tag_unreadable", field="tag", text=text[:40])
    if number[0] not in (species or "123"):
        told = gettext_noop("耳标号第一位是畜种（1 猪，2 牛，3 羊），这里是 %(digit)s。请核对。")
        raise BadInput(told, "traceability.tag_of_another_species", field="tag", digit=number[0])
    if number[1:3] not in _PROVINCES or number[3:5] == "00" or number[5:7] == "00" or number[7:] == "0" * 8:
        told = gettext_noop("耳标号第 2 到 7 位是县级区划代码，后 8 位是顺序号，“%(text)s”不是。请对照耳标重录。")
        raise BadInput(told, "traceability.tag_impossible", field="tag", text=number)
    return number


def checked_holder(text: str) -> str:
    """The sign of who holds a permit: letters, digits and hyphens, nothing that is a name or a number of a person."""
    sign = text.strip().upper()
    if not re.fullmatch(r"[0-9A-Z][0-9A-Z-]{1,19}", sign):
        told = gettext_noop("持证人写代号：2 到 20 个大写字母、数字或 -，不写姓名。")
        raise BadInput(told, "traceability.holder_not_a_sign", field="holder")
    if re.fullmatch(r"1\d{10}|\d{15}|\d{17}[0-9X]", sign):
        told = gettext_noop("这像手机号或身份证号。这里只写代号，名册由合作社自己保管。")
        raise BadInput(told, "traceability.holder_is_personal", field="holder")
    return sign


def require_plain_words(text: str, forbidden: Iterable[str], *, field: str = "") -> None:
    """That a text makes no claim about health: none of the words of the product class, in whatever case."""
    plain = _bare(text)
    found = next((word for word in forbidden if _bare(word) in plain), None)
    if found:
        told = gettext_noop("不能写“%(word)s”：这种产品不许宣传保健或医疗作用。请删去。")
        raise Refused(told, "traceability.health_claim", field=field, word=found)


def _bare(text: str) -> str:
    """A text as it is read: full-width letters are letters, what nobody sees between them is nothing."""
    said = unicodedata.normalize("NFKC", text).casefold()
    return "".join(one for one in said if not one.isspace() and one not in "·・" and unicodedata.category(one) != "Cf")


def require_grade(choice: Choice, *, grams: int, pieces: int) -> None:
    """That a count of pieces is what the grade says of a kilogram, where both are known."""
    if choice.per_kg is None or not pieces or not grams:
        return
    per_kg = pieces * 1000 // grams
    least, most = choice.per_kg
    if not least <= per_kg <= most:
        told = gettext_noop(
            "%(pieces)s 条重 %(grams)s 克，合 %(per_kg)s 条/千克，不是这个规格（%(least)s 到 %(most)s）。请核对。"
        )
        numbers = {"pieces": pieces, "grams": grams, "per_kg": per_kg, "least": least, "most": most}
        raise Refused(told, "traceability.grade_differs", field="pieces", **numbers)


def out_of_bounds(limit: Temperature, values: Mapping[str, str]) -> tuple[Decimal, Decimal, Decimal] | None:
    """The temperature with its bounds where it lies outside; None where it is right, or nothing says what is right."""
    bounds, said = limit.bounds.get(values.get(limit.by, "")), values.get(limit.field)
    if bounds is None or said is None:
        return None
    found = Decimal(said)
    return None if bounds[0] <= found <= bounds[1] else (found, *bounds)
