# SPDX-License-Identifier: Apache-2.0
"""Items of a template as lines of text, and what an answer to one may be. Values in, values out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.numerals import CommaAmbiguous, NotANumber, read_number
from shanhai.team.conduct.values import ItemType

MOST_ITEMS, MOST_LABEL, MOST_TEXT = 40, 60, 300
_PARTS = 8
_TYPES = {"数字": ItemType.NUMBER, "文字": ItemType.TEXT, "是否": ItemType.YES_NO, "日期": ItemType.DAY}
_WORDS = {kind: word for word, kind in _TYPES.items()}


@dataclass(frozen=True, slots=True)
class Item:
    """A question of a template. Of a number: its unit, the least and the most that is possible, and the thresholds
    below or above which the health keeper is to look; each as it was written, "" for none.
    """

    label: str
    label_en: str
    type: ItemType
    unit: str = ""
    least: str = ""
    most: str = ""
    low: str = ""
    high: str = ""

    @property
    def name(self) -> str:
        """Its words in Chinese, as ``formats.named`` takes them."""
        return self.label

    @property
    def name_en(self) -> str:
        """Its words in English."""
        return self.label_en


def read_items(text: str) -> tuple[Item, ...]:
    """The items of lines ``名称 | English | 类型 | 单位 | 最小 | 最大 | 低于 | 高于``; trailing parts may be left out.

    Raises BadInput naming the line, with all lines that are wrong.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    faults = Faults()
    if not 1 <= len(lines) <= MOST_ITEMS:
        raise BadInput(gettext_noop("请写 1 到 %(most)s 行，一行一项。"), "conduct.items_not_usable", most=MOST_ITEMS)
    found = []
    for number, line in enumerate(lines, start=1):
        with faults.of():
            found.append(_item(line, number))
    faults.tell()
    return tuple(found)


def write_items(items: Sequence[Item]) -> str:
    """The same as lines again."""
    rows = (
        (one.label, one.label_en, _WORDS[one.type], one.unit, one.least, one.most, one.low, one.high) for one in items
    )
    return "\n".join(" | ".join(row).rstrip(" |") for row in rows)


def as_json(items: Sequence[Item]) -> list[dict[str, str]]:
    """As a template keeps them."""
    return [asdict(one) for one in items]


def from_json(items: Sequence[Mapping[str, str]]) -> tuple[Item, ...]:
    """The items that a template keeps."""
    rest = ("label", "label_en", "unit", "least", "most", "low", "high")
    return tuple(Item(type=ItemType(one["type"]), **{name: one[name] for name in rest}) for one in items)


def check_answers(items: Sequence[Item], answers: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """The answers by number of item ("0", "1" …) as they are kept, and how many lie beyond a threshold.

    What is left out stays out. Raises BadInput with every item that is wrong, its field "item-<number>".
    """
    faults, kept, beyond = Faults(), {}, 0
    for number, item in enumerate(items):
        given = answers.get(str(number))
        if given is None or given == "":
            continue
        with faults.of(f"item-{number}"):
            kept[str(number)] = _answer(item, given)
            beyond += is_beyond(item, kept[str(number)])
    faults.tell()
    if not kept:
        raise BadInput(gettext_noop("一项都没有填。"), "conduct.sheet_empty")
    return kept, beyond


def is_beyond(item: Item, answer: object) -> bool:
    """Whether an answer that is kept lies beyond the item's thresholds. A yes does where the item has ``high``."""
    if item.type is ItemType.YES_NO:
        return bool(answer) and bool(item.high)
    if item.type is not ItemType.NUMBER:
        return False
    value = Decimal(str(answer))
    return bool(item.low and value < Decimal(item.low)) or bool(item.high and value > Decimal(item.high))


def _answer(item: Item, given: Any) -> Any:
    if item.type is ItemType.NUMBER:
        value = Decimal(str(given))
        if (item.least and value < Decimal(item.least)) or (item.most and value > Decimal(item.most)):
            text = gettext_noop("要在 %(least)s 和 %(most)s 之间。")
            raise BadInput(text, "conduct.number_not_possible", least=item.least or "0", most=item.most or "—")
        return f"{value:f}"
    if item.type is ItemType.DAY:
        return given.isoformat() if isinstance(given, date) else str(given)
    if item.type is ItemType.YES_NO:
        return given is True or given == "yes"
    said = str(given).replace("\x00", "").strip()
    if len(said) > MOST_TEXT:
        raise BadInput(gettext_noop("最多 %(most)s 个字。"), "conduct.text_not_usable", most=MOST_TEXT)
    return said


def _item(line: str, number: int) -> Item:
    parts = [part.strip() for part in line.replace("｜", "|").split("|")]
    if len(parts) > _PARTS or len(parts) < 3 or not all(parts[:3]):
        text = gettext_noop("第 %(row)s 行：写“名称 | English | 类型”，后面可以加单位、最小、最大、低于、高于。")
        raise BadInput(text, "conduct.item_not_usable", row=number)
    label, label_en, kind, *more = parts
    if kind not in _TYPES or max(map(len, parts)) > MOST_LABEL:
        text = gettext_noop("第 %(row)s 行：类型写数字、文字、是否或日期；每一格最多 %(most)s 个字。")
        raise BadInput(text, "conduct.item_not_usable", row=number, most=MOST_LABEL)
    unit, *numbers = more or [""]
    numbers = [_number(one, number) for one in numbers]
    least, most, low, high = (numbers + [""] * 4)[:4]
    if least and most and Decimal(least) > Decimal(most):
        text = gettext_noop("第 %(row)s 行：最小大于最大。")
        raise BadInput(text, "conduct.item_not_usable", row=number)
    return Item(label, label_en, _TYPES[kind], unit, least, most, low, high)


def _number(text: str, row: int) -> str:
    if not text:
        return ""
    try:
        return f"{read_number(text):f}"
    except (NotANumber, CommaAmbiguous) as error:
        raise BadInput(
            gettext_noop("第 %(row)s 行：“%(text)s”不是数。"), "conduct.item_not_usable", row=row, text=text[:20]
        ) from error
