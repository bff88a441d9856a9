# SPDX-License-Identifier: Apache-2.0
"""Where a number stands: its sentence, the period and place that the sentence names, what is counted."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection

from shanhai.insight.evidence.texts.rules.damage import lost
from shanhai.insight.evidence.texts.values import Span

# A line that breaks off in the middle of a sentence goes on; a heading, a row and a paragraph end.
_END = re.compile(r"[。！？；!?;]+[”’」』\")）]*|\n(?:[ \t\r\n]*\n)?")
_WRAPPED = 20
_MOST = 400
_YEAR = r"(?:(?:19|20)[0-9]{2}|[一二][零一二三四五六七八九]{3})"
_DAY = r"[0-9一二三四五六七八九十]{1,3}"
_MONTH = rf"{_DAY}月(?:份|底|末|初|中旬|上旬|下旬|{_DAY}日)?"
_PERIOD = re.compile(
    rf"(?:截至|截止到?|自|从|到|至)?(?:{_YEAR}年?\s?[-~至到]\s?{_YEAR}年?(?:度)?|{_YEAR}年(?:度|底|末|初|上半年|下半年|[前一二三四第]{{1,2}}季度|全年|\s?(?:[0-9]{{1,2}}[-~至到])?{_MONTH})?"
    rf"|(?:去年|今年|明年|当年|上年|同年|前年)(?:以来|底|末|初|上半年|下半年|前?[一二三四]个?季度|(?:[0-9]{{1,2}}[-~至到])?{_MONTH})?"
    rf"|“?十[一二三四五六七八九]五”?(?:期间|时期|以来|末|规划)?|[1１]?[0-9]{{1,2}}[-~至到]{_MONTH}|{_MONTH}|上半年|下半年|前?[一二三四]季度|前[0-9一二三四五六七八九十]+个月"
    r"|(?:过去|近|今后|未来|最近)?[0-9一二三四五六七八九十两]+年(?:多)?来|(?:过去|近|今后|未来|最近)[0-9一二三四五六七八九十两]+年|本月|上月|当月|本季度|目前|近年来|近日)(?:以来|止|为止)?"
)  # fmt: skip
_PLACE_END = re.compile(r"自治区|自治州|自治县|地区|[省市州县区乡镇村旗]")
_NOT_A_PLACE = re.compile(
    r"[^\u4e00-\u9fff]|[其政园范每多数几占等另各地社街和与在及为由从向对至到的将各全该本两我个受援助持给内等区]"
)
_LAST_MARK = re.compile(r".*[，。；：、！？,;:!?“”\"'‘’()（）《》\s\[\]【】]", re.DOTALL)
_MARKS = re.compile(r"[，。；：、！？,;:!?“”\"'‘’()（）《》\s\[\]【】]")
_FILLERS = re.compile(
    r"(?:达到|达|共计|合计|总计|累计|共有|计有|共|为|是|有|了|已|仅|只|约|近|超过|超|逾|突破|不足|至|到|增至|增加|增长|下降|提高|提升|减少|分别|安排|投入|筹措|捐赠|捐款|人民币|其中|的|不少于|不低于|至少|就)+$"
)
_NUMBER = re.compile(r"[0-9]+[.、](?![0-9])|第?[0-9][0-9,.]*[百千万亿]*[\u4e00-\u9fff%]?")
# Names that hold a character which ends a name otherwise; others come with ``places``.
_KNOWN = frozenset(("和田地区", "和田市", "和田县", "和静县", "和硕县", "内蒙古自治区", "全州县"))
_PLACES = ("县", "村", "乡", "镇", "省", "市", "区", "州")
_WHERE = re.compile(r"(?:全[州县市省区]|[^省市州县区]{2,4}(?:自治区|自治州|[省市州县区]))+(?:各|全|的)?")
_STARTS = re.compile(r".*(?:将|已|共|累计|其中|安排|投入|筹措|争取|落实|实现|组织|开展|使得|让|全年|今年|去年|期间)")
_NOUN_ENDS = re.compile(
    r"[分并和与及在是为被将已了等对向给到从由以可要均都也参赴就进实开加组建完达通来的获]|结对|投入|以上|以下|左右|受益"
)


class Context:
    """The sentences of one text, found as they are asked for; ``places`` are names that are known."""

    def __init__(self, text: str, plain: str, places: Collection[str] = ()) -> None:
        self.text, self.plain, self._places = text, plain, _KNOWN.union(places)
        self._ends = self._sentence_ends()
        self._damage = [at for start, end in lost(text) for at in range(start, end)]
        self._known: dict[int, tuple[list[tuple[int, str]], list[tuple[int, str]]]] = {}

    def _sentence_ends(self) -> list[int]:
        ends, plain = [0], self.plain
        for found in _END.finditer(plain):
            start, end = found.span()
            if plain[start] == "\n" and start - plain.rfind("\n", 0, start) > _WRAPPED and end - start == 1:
                before, after = (
                    plain[start - 1 : start].strip("\r") or plain[start - 2 : start - 1],
                    plain[end : end + 1],
                )
                if (before.isalnum() or before in "，、") and after.isalnum() and after not in "一二三四五六七八九十":
                    continue
            ends.append(end)
        return ends

    def sentence(self, start: int, end: int) -> Span:
        """The sentence around a stretch without blanks at its ends, at most 400 characters on either side."""
        last = bisect_right(self._ends, end - 1)
        high = self._ends[last] if last < len(self._ends) else len(self.text)
        low, high = max(self._begin(start), start - _MOST), min(high, end + _MOST)
        while low < start and self.text[low].isspace():
            low += 1
        while high > end and self.text[high - 1].isspace():
            high -= 1
        return Span(low, high)

    def line(self, start: int, end: int) -> Span:
        """The line around a stretch: a row of a table is the sentence of its cells."""
        low, high = max(0, start - _MOST), min(len(self.text), end + _MOST)
        stop = self.text.find("\n", end, high)
        return Span(max(low, self.text.rfind("\n", low, start) + 1), high if stop < 0 else stop)

    def _begin(self, start: int) -> int:
        return self._ends[bisect_right(self._ends, start) - 1]

    def is_damaged(self, span: Span) -> bool:
        """Whether something was lost in it."""
        at = bisect_right(self._damage, span.start - 1)
        return at < len(self._damage) and self._damage[at] < span.end

    def touches_damage(self, start: int, end: int) -> bool:
        """Whether the character on either side was lost: what the number was, nobody knows."""
        return bool(self._damage) and self.is_damaged(Span(max(0, start - 1), min(len(self.text), end + 1)))

    def names(self, start: int) -> tuple[str, str]:
        """The period and the place that stand last before ``start`` in its sentence, else first behind it."""
        low = self._begin(start)
        found = self._known.get(low)
        if found is None:
            index = bisect_right(self._ends, low)
            high = min(low + 2000, self._ends[index] if index < len(self._ends) else len(self.text))
            periods = [
                (one.start(), self.text[one.start() : one.end()]) for one in _PERIOD.finditer(self.plain, low, high)
            ]
            found = self._known[low] = periods, self._find_places(low, high)
        return _nearest(found[0], start), _nearest(found[1], start)

    def _find_places(self, low: int, high: int) -> list[tuple[int, str]]:
        found: list[tuple[int, str]] = []
        for one in _PLACE_END.finditer(self.plain, low, high):
            end = one.end()
            floor = max(low, end - 11, found[-1][0] + len(found[-1][1]) if found else 0)
            if name := self._known_place(floor, end):
                found.append((end - len(name), self.text[end - len(name) : end]))
                continue
            start = end - len(one[0])
            while start > floor and end - start < 5 and not _NOT_A_PLACE.match(self.plain[start - 1]):
                start -= 1
            bounded = start in (low, floor) or _NOT_A_PLACE.match(self.plain[start - 1])
            if end - start - len(one[0]) in (2, 3) and bounded:
                found.append((start, self.text[start:end]))
        return found

    def _known_place(self, floor: int, end: int) -> str:
        return next((self.plain[at:end] for at in range(floor, end - 1) if self.plain[at:end] in self._places), "")

    def subject(self, sentence: Span, start: int, end: int, *, counts: bool) -> str:
        """What is counted: the noun behind a counter, else the label before the number."""
        after = self._after(end, min(sentence.end, end + 14)) if counts else ""
        return (
            after
            or self._before(max(sentence.start, start - 16), start)
            or self._after(end, min(sentence.end, end + 14))
        )

    def _after(self, start: int, stop: int) -> str:
        said = self.plain[start:stop]
        if mark := _MARKS.search(said):
            said = said[: mark.start()]
        if ends := _NOUN_ENDS.search(said, 2):
            said = said[: ends.start()]
        if len(said) > 1 and (said[0].isdigit() or _NOUN_ENDS.match(said)):
            return ""
        return self.text[start : start + min(len(said), 10)] if len(said) > 1 or said in _PLACES else ""

    def _before(self, low: int, end: int) -> str:
        said = self.plain[low:end].rstrip("：:(（ \n\r“")
        at = mark.end() if (mark := _LAST_MARK.match(said)) else 0
        said = said[at:]
        said = _FILLERS.sub("", said)
        if _NUMBER.search(said):
            # Another number stands between: what follows it, or what both are of.
            pieces = _NUMBER.split(said)
            said = pieces[-1] if len(pieces[-1]) > 1 else _FILLERS.sub("", pieces[0])
            at = self.plain.find(said, low, end) - low if len(said) > 1 else 0
            said = said if len(said) > 1 else ""
        if (where := _WHERE.match(said)) and where.end() < len(said) - 1:
            at, said = at + where.end(), said[where.end() :]
        if (cut := _STARTS.match(said)) and cut.end() < len(said) - 1:
            at, said = at + cut.end(), said[cut.end() :]
        return self.text[low + at : low + at + len(said)].lstrip()


def _nearest(found: list[tuple[int, str]], start: int) -> str:
    for at, name in reversed(found):
        if at < start:
            return name
    return found[0][1] if found else ""
