# SPDX-License-Identifier: Apache-2.0
"""A product class read from JSON, with the place and the remedy of everything that is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from shanhai.base.programs import no_constant
from shanhai.field.traceability.chains.values import (
    Choice,
    Definition,
    Does,
    FieldFacts,
    FieldKind,
    Names,
    Step,
    Temperature,
)
from shanhai.field.traceability.events.rules.vocabulary import FULL
from shanhai.field.traceability.states import LotKind, PartyKind, ReportKind
from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import gettext_noop

MOST_BYTES, MOST_STEPS, MOST_FIELDS = 200_000, 40, 30
KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MISSING = object()


def read_definition(content: bytes) -> Definition:
    """The definition that a file holds. Raises BadInput with all faults; the field is the place, "steps/2/by"."""
    if len(content) > MOST_BYTES:
        text = gettext_noop("文件有 %(size)s 字节，产品定义最多 %(most)s 字节。请检查是不是选错了文件。")
        raise BadInput(text, "traceability.definition_too_large", size=len(content), most=MOST_BYTES)
    try:
        root = json.loads(content, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        text = gettext_noop("文件不是 JSON：%(error)s。请用文本编辑器改正后再载入。")
        raise BadInput(text, "traceability.definition_unreadable", error=str(error)[:200]) from None
    if "\\u0000" in json.dumps(root):
        text = gettext_noop("文件里有空字符（NUL）。请用文本编辑器去掉后再载入。")
        raise BadInput(text, "traceability.definition_unreadable")
    reader = _Reader()
    found = reader.definition(root if isinstance(root, dict) else {})
    reader.faults.tell()
    return found


def stored_definition(root: Mapping[str, Any]) -> Definition:
    """One that was taken before: by the rules of that day, it is not judged again by those of today."""
    return _Reader().definition(root)


class _Reader:
    """Reads one definition; faults are gathered by place, and a stand-in goes on in place of what is wrong."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._keys: set[str] = set()

    def definition(self, root: Mapping[str, Any]) -> Definition:
        steps = self._list(root, "steps", "")
        if not steps or len(steps) > MOST_STEPS:
            self._wrong("steps", gettext_noop("要有 1 到 %(most)s 个步骤，按先后写成列表。"), most=MOST_STEPS)
        self._keys = {str(one.get("key")) for one in steps if isinstance(one, dict)}
        read = tuple(self._step(one, f"steps/{at}") for at, one in enumerate(steps[:MOST_STEPS]))
        if len({one.key for one in read}) < len(read):
            self._wrong("steps", gettext_noop("有两个步骤的 key 一样。请改一个。"))
        if read and not any(one.does is Does.BEGIN for one in read):
            self._wrong("steps", gettext_noop("没有开头的步骤。请写一个 does 为 begin 的。"))
        return Definition(
            key=self._key(root, "key", ""),
            version=int(self._number(root, "version", "", least=1, most=10_000) or 1),
            names=self._names(root, "names", ""),
            steps=read,
            notice=self._names(root, "notice", "", required=False),
            ordinary_food=self._of(root, "ordinary_food", "", bool, True),
            forbidden=self._texts(root, "forbidden_words", ""),
            drying_factor=self._number(root, "drying_factor", "", least=Decimal("0.01"), most=1, required=False),
            species=self._of(root, "species", "", str, ""),
        )

    def _step(self, given: Any, place: str) -> Step:
        if not isinstance(given, dict):
            self._wrong(place, gettext_noop("步骤要写成 { … }。"))
            given = {}
        if unknown := sorted(set(given) - _STEP):
            text = gettext_noop("不认识“%(key)s”。请核对拼写，或删去它。")
            self._wrong(f"{place}/{unknown[0]}", text, key=unknown[0][:40])
        does = self._word(given, "does", place, set(Does)) or Does.NAME
        takes = self._texts(given, "takes", place)
        for one in set(takes) - self._keys:
            self._wrong(f"{place}/takes", gettext_noop("没有步骤“%(key)s”。请写前面步骤的 key。"), key=one[:40])
        makes = self._word(given, "makes", place, set(LotKind), required=False) or ""
        if bool(makes) != (does in _MAKE):
            self._wrong(f"{place}/makes", gettext_noop("开头、加工和装箱的步骤要写产出什么，别的步骤不写。"))
        if bool(takes) == (does == Does.BEGIN):
            self._wrong(f"{place}/takes", gettext_noop("开头的步骤不写 takes，别的步骤要写它接哪几步的批次。"))
        fields = self._fields(given, "fields", place)
        self._fitting(given, place, does, fields)
        expires = _table(given.get("expires"))
        days = _table(expires.get("days"))
        season = given.get("season")
        if season is not None and not (isinstance(season, list) and [*map(_is_day, season)] == [True, True]):
            self._wrong(f"{place}/season", gettext_noop('采集季写成两个日子，例如 ["04-20", "07-31"]。'))
            season = None
        return Step(
            key=self._key(given, "key", place),
            names=self._names(given, "names", place),
            does=Does(does),
            biz_step=self._word(given, "biz_step", place, set(FULL["bizStep"])) or "other",
            disposition=self._word(given, "disposition", place, set(FULL["disposition"])) or "unknown",
            by=frozenset(self._among(given, "by", place, set(PartyKind))),
            takes=frozenset(takes),
            facts=self._plain(given, "facts", place),
            takes_most=int(self._number(given, "takes_most", place, least=1, most=500, required=False) or 200),
            makes=makes,
            makes_most=int(self._number(given, "makes_most", place, least=1, most=500, required=False) or 1),
            sets=self._plain(given, "sets", place),
            fields=fields,
            each=self._fields(given, "each", place),
            at_most=self._number(given, "at_most", place, least=Decimal("0.01"), most=1, required=False) or Decimal(1),
            permit=self._of(given, "permit", place, bool, False),
            season=(season[0], season[1]) if season else None,
            retags=self._of(given, "retags", place, bool, False),
            needs=self._needs(given, place),
            brings=self._word(given, "brings", place, set(ReportKind), required=False) or "",
            temperature=self._temperature(given.get("temperature"), f"{place}/temperature", fields),
            expires_by=self._of(expires, "by", f"{place}/expires", str, ""),
            expires={
                key: int(self._number(days, key, f"{place}/expires/days", least=1, most=4000) or 1) for key in days
            },
        )

    def _fitting(self, given: Mapping[str, Any], place: str, does: str, fields: Sequence[FieldFacts]) -> None:
        """That a step has the fields that what it does needs, and one lot where it takes but one."""
        one_lot = does == Does.PACK or given.get("retags") is True
        if one_lot and given.get("takes_most") != 1:
            self._wrong(f"{place}/takes_most", gettext_noop("这一步一次只能有一个批次：takes_most 写 1。"))
        for at, one in enumerate(fields):
            if one.key in _OF_FORMS:
                text = gettext_noop("“%(key)s”是表单自己用的名字。请换一个 key。")
                self._wrong(f"{place}/fields/{at}/key", text, key=one.key)
            if (kind := _KINDS.get(one.key)) and one.kind is not kind:
                text = gettext_noop("“%(key)s”的 kind 要写 %(kind)s。")
                self._wrong(f"{place}/fields/{at}/kind", text, key=one.key, kind=str(kind))
        needed = {"number"} if given.get("brings") else {"tag"} if given.get("retags") is True else set()
        if missing := needed - {one.key for one in fields if one.required}:
            text = gettext_noop("这一步要有必填的“%(key)s”（required 写 true）。")
            self._wrong(f"{place}/fields", text, key=missing.pop())

    def _fields(self, given: Mapping[str, Any], key: str, place: str) -> tuple[FieldFacts, ...]:
        listed = self._list(given, key, place)
        if len(listed) > MOST_FIELDS:
            self._wrong(f"{place}/{key}", gettext_noop("一步最多 %(most)s 项。"), most=MOST_FIELDS)
        read = tuple(self._field(one, f"{place}/{key}/{at}") for at, one in enumerate(listed[:MOST_FIELDS]))
        if len({one.key for one in read}) < len(read):
            self._wrong(f"{place}/{key}", gettext_noop("有两项的 key 一样。请改一个。"))
        return read

    def _field(self, given: Any, place: str) -> FieldFacts:
        given = given if isinstance(given, dict) else {}
        kind = FieldKind(self._word(given, "kind", place, set(FieldKind)) or FieldKind.TEXT)
        choices = self._list(given, "choices", place)
        if bool(choices) != (kind is FieldKind.CHOICE):
            self._wrong(f"{place}/choices", gettext_noop("kind 为 choice 的要写可选的几项，别的不写。"))
        least = self._number(given, "least", place, required=False)
        most = self._number(given, "most", place, required=False)
        if least is not None and most is not None and least > most:
            self._wrong(f"{place}/least", gettext_noop("下限大于上限。请核对。"))
        return FieldFacts(
            key=self._key(given, "key", place),
            names=self._names(given, "names", place),
            kind=kind,
            required=self._of(given, "required", place, bool, False),
            unit=self._of(given, "unit", place, str, ""),
            least=least,
            most=most,
            choices=tuple(self._choice(one, f"{place}/choices/{at}") for at, one in enumerate(choices)),
            measured=self._of(given, "measured", place, bool, False),
        )

    def _choice(self, given: Any, place: str) -> Choice:
        given = given if isinstance(given, dict) else {}
        per_kg = given.get("per_kg")
        if per_kg is not None and not (
            isinstance(per_kg, list)
            and len(per_kg) == 2
            and all(type(one) is int for one in per_kg)
            and per_kg[0] <= per_kg[1]
        ):
            self._wrong(f"{place}/per_kg", gettext_noop("每千克条数写成两个整数，先少后多。"))
            per_kg = None
        return Choice(
            self._key(given, "key", place), self._names(given, "names", place), per_kg and (per_kg[0], per_kg[1])
        )

    def _needs(self, given: Mapping[str, Any], place: str) -> dict[str, tuple[str, ...]]:
        needs = given.get("needs", {})
        if not isinstance(needs, dict) or set(needs) - set(ReportKind):
            self._wrong(f"{place}/needs", gettext_noop("写成 { 报告种类: [要测的项目] }，种类是 test 或 quarantine。"))
            return {}
        return {kind: self._texts(needs, kind, f"{place}/needs") for kind in needs}

    def _temperature(self, given: Any, place: str, fields: tuple[FieldFacts, ...]) -> Temperature | None:
        if given is None:
            return None
        bounds = given.get("bounds") if isinstance(given, dict) else None
        numbers = {one.key for one in fields if one.kind is FieldKind.NUMBER}
        if not isinstance(bounds, dict) or str(given.get("field")) not in numbers:
            self._wrong(place, gettext_noop("写明是哪一项（field）、按什么分（by）、各自的上下限（bounds）。"))
            return None
        read = {}
        for key, pair in bounds.items():
            ends = [_decimal(one) for one in pair] if isinstance(pair, list) else []
            if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] > ends[1]:
                self._wrong(f"{place}/bounds/{key}", gettext_noop("写成两个数，先低后高。"))
                continue
            read[key] = (ends[0], ends[1])
        return Temperature(given["field"], self._of(given, "by", place, str, ""), read)

    # What a single value is.

    def _wrong(self, place: str, text: str, **params: Any) -> None:
        with self.faults.of(place.strip("/")):
            raise BadInput(text, "traceability.definition_unsound", **params)

    def _of(self, given: Mapping[str, Any], key: str, place: str, kind: type, default: Any) -> Any:
        value = given.get(key, default)
        if type(value) is not kind:
            self._wrong(f"{place}/{key}", gettext_noop("这里的值种类不对。请照示例改。"))
            return default
        return value

    def _key(self, given: Mapping[str, Any], key: str, place: str) -> str:
        value = given.get(key)
        if not isinstance(value, str) or not KEY.fullmatch(value):
            text = gettext_noop("key 用小写字母、数字、- 和 _，最多 40 个。")
            self._wrong(f"{place}/{key}", text)
            return ""
        return value

    def _word(
        self, given: Mapping[str, Any], key: str, place: str, words: set[Any], *, required: bool = True
    ) -> str | None:
        value = given.get(key, _MISSING)
        if value is _MISSING and not required:
            return None
        if value not in {str(one) for one in words} if isinstance(value, str) else True:
            known = tuple(sorted(str(one) for one in words)[:12])
            self._wrong(f"{place}/{key}", gettext_noop("这里要写其中之一：%(known)s。"), known=known)
            return None
        return str(value)

    def _among(self, given: Mapping[str, Any], key: str, place: str, words: set[Any]) -> tuple[str, ...]:
        found = self._texts(given, key, place)
        if strange := [one for one in found if one not in words]:
            self._wrong(f"{place}/{key}", gettext_noop("没有“%(word)s”这一种。"), word=strange[0][:40])
        return tuple(one for one in found if one in words)

    def _list(self, given: Mapping[str, Any], key: str, place: str) -> list[Any]:
        value = given.get(key, [])
        if not isinstance(value, list):
            self._wrong(f"{place}/{key}", gettext_noop("这里要写成列表 [ … ]。"))
            return []
        return value

    def _texts(self, given: Mapping[str, Any], key: str, place: str) -> tuple[str, ...]:
        value = self._list(given, key, place)
        if not all(isinstance(one, str) and one for one in value):
            self._wrong(f"{place}/{key}", gettext_noop("列表里要都是文字。"))
            return ()
        return tuple(value)

    def _plain(self, given: Mapping[str, Any], key: str, place: str) -> dict[str, str]:
        value = given.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
            self._wrong(f"{place}/{key}", gettext_noop("写成 { 名称: 文字 }。"))
            return {}
        return value

    def _names(self, given: Mapping[str, Any], key: str, place: str, *, required: bool = True) -> Names:
        value = self._plain(given, key, place)
        if required and not {"zh-hans", "en"} <= {name for name, text in value.items() if text.strip()}:
            self._wrong(f"{place}/{key}", gettext_noop("名称要有中文（zh-hans）和英文（en）。"))
            return {"zh-hans": "", "en": ""}
        return value

    def _number(
        self,
        given: Mapping[str, Any],
        key: str,
        place: str,
        *,
        least: Any = None,
        most: Any = None,
        required: bool = True,
    ) -> Decimal | None:
        value = given.get(key)
        if value is None and not required:
            return None
        found = _decimal(value)
        if found is None or (least is not None and found < least) or (most is not None and found > most):
            text = gettext_noop('这里要写数字，小数写成文字，例如 "0.35"；不能超出 %(least)s 到 %(most)s。')
            ends = {"least": "…" if least is None else str(least), "most": "…" if most is None else str(most)}
            self._wrong(f"{place}/{key}", text, **ends)
            return None
        return found


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _is_day(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", value) is not None


# What forms call their own fields, and of which kind those must be that papers and tags are made of.
_OF_FORMS = frozenset({"form_id", "day", "inputs", "to", "permit", "covered"})
_KINDS = {"tag": FieldKind.TAG, "issued_on": FieldKind.DAY}
_MAKE = frozenset({Does.BEGIN, Does.CHANGE, Does.PACK})
_STEP = {
    "key", "names", "does", "biz_step", "disposition", "by", "takes", "facts", "takes_most", "makes", "makes_most",
    "sets", "fields", "each", "at_most", "permit", "season", "retags", "needs", "brings", "temperature", "expires",
}  # fmt: skip
