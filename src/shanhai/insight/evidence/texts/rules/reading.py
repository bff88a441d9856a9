# SPDX-License-Identifier: Apache-2.0
"""The copy to read of a text: what is not of the article is cut and kept by name, nothing is altered or guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shanhai.insight.evidence.texts.rules.damage import lost
from shanhai.insight.evidence.texts.rules.markup import Copy, text_of
from shanhai.insight.evidence.texts.rules.numerals import plain
from shanhai.insight.evidence.texts.rules.runs import Places
from shanhai.insight.evidence.texts.values import Cut, Original, Reading, Run, Span

_CRUMBS = re.compile(r"(?:您|你|当前|现在|目前)[^\s，。]{0,5}位置\s*[:：]|首页\s*(?:>|»|/).{0,60}(?:正文|文章|浏览)")
_NAVIGATION = re.compile(
    r"[•·\-◆\s]*(?:(?:上|下|前|后)一[篇条页](?:\s*[:：].*)?$|本文(?:地址|链接|网址)|原文链接|文章来源地址|扫码|扫一扫"
    r"|长按.{0,6}识别|打印本[页文]|关闭(?:窗口|本页)|返回(?:顶部|首页|列表)|分享到|[【\[]?字[体号]\s*[:：]"
    r"|(?:标签|关键[词字]|TAG)\s*[:：]|(?:责任)?编辑\s*[:：].{0,20}$|更多$|更多[>»]|点击(?:查看|加载)更多"
    r"|https?://\S+$|//\S+\.(?:jpe?g|png|gif|webp)$|[\w-]{1,40}\.(?:jpe?g|png|gif|webp)$"
    r"|(?:浏览|阅读|点击)(?:次数|量)\s*[:：]|(?:登录|注册)\s*$)",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:相关(?:阅读|新闻|链接|文章|报道)|推荐阅读|热门(?:文章|新闻|推荐)|猜你喜欢|延伸阅读|更多新闻)\s*[:：>]*\s*$"
)
_COPYRIGHT = re.compile(
    r"copyright|©|\(c\)\s*\d{4}|all rights reserved|版权所有|ICP[备证]|公网安备|网站标识码"
    r"|(?:主办|承办|协办)(?:单位)?\s*[:：].*(?:技术支持|维护)",
    re.IGNORECASE,
)
# A sentence that tells a number of its own kind (备案号蜀ICP备…) beside others is of the article.
_RIGHTS = re.compile("版权|转载|授权|copyright|©|主办|地址|邮编|网站", re.IGNORECASE)
_SPAM_WORDS = re.compile(
    r"高清|无码|av(?![a-z])|在线(?:播放|观看)|[一二三]区|成人|色情|美女|诱惑|国产(?:中|精|自)|亚[洲州]|日韩|欧美|博彩|彩票|棋牌"
    r"|私服|百家乐|老虎机",
    re.IGNORECASE,
)
_TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
_TONES = re.compile(f"[{_TONED}]")
_PINYIN = re.compile(rf"(?<=[\u3400-\u9fff])\((?=[^)]*[aeiouü{_TONED}])[a-zü{_TONED}ḿńňǹɡ]{{1,6}}\)")
_BLANK = re.compile(r"(?<=\n)(?:[ \t\u3000\xa0]*+\r?\n){2,}+|(?<![ \t\u3000\xa0])[ \t\u3000\xa0]++(?=\r?\n)")
# Marks that nobody sees: of joining, of direction, of order, of where a word may be parted.
_UNSEEN = re.compile("[\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")
_LINE = re.compile(r"[^\n]++\n?")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    said: str


def read(original: Original) -> Reading:
    """The copy to read of an original.

    Each run of the copy is the same characters of the original; of a page, what entities stand for and the line ends
    of its blocks lie between runs. ``cuts`` and ``damage`` are places of the original.
    """
    copy = text_of(original.text) if original.markup else _whole(original.text)
    text = "".join(copy.parts)
    cuts = _joined(sorted([*_line_cuts(text), *_pinyin(text), *_blanks(text)]))
    kept, runs = _without(text, copy.runs, cuts)
    places = Places(copy.runs)
    named = [(span, why) for start, end, why in cuts if (span := places.span(start, end))]
    named += [(Span(start, end), why) for start, end, why in copy.cuts]
    damage = [span for start, end in lost(text) if (span := places.span(start, end))]
    return Reading(kept, runs, tuple(sorted(named)), tuple(damage))


def _whole(text: str) -> Copy:
    copy = Copy()
    if text:
        copy.take(text, 0)
    return copy


def _line_cuts(text: str) -> Iterator[tuple[int, int, Cut]]:
    lines = (one for one in _LINE.finditer(text) if not one[0].isspace())
    spoken = [_Line(one.start(), one.end(), plain(one[0]).strip()) for one in lines]
    crumbs = next((line for line in spoken if len(line.said) < 120 and _CRUMBS.search(line.said)), None)
    begin = crumbs.start if crumbs and crumbs.start <= len(text) // 2 else 0
    over = False
    for line in spoken:
        over = over or bool(_AFTER.match(line.said))
        if why := _why(line.said, before=line.start < begin, over=over):
            yield line.start, line.end, why


def _why(said: str, *, before: bool, over: bool) -> Cut | None:
    if _is_spam(said):
        return Cut.SPAM
    told = said.endswith("。") and "，" in said and not _RIGHTS.search(said)
    if len(said) < 300 and _COPYRIGHT.search(said) and not told:
        return Cut.COPYRIGHT
    if len(said) < 200 and (_NAVIGATION.match(said) or (len(said) < 120 and _CRUMBS.search(said))):
        return Cut.NAVIGATION
    return Cut.NEIGHBOUR if before or over else None


def _is_spam(said: str) -> bool:
    """A line of catchwords: four and more in a row, several of them from the trade, and no sentence."""
    items = re.split("[,，、|]", said[:400])
    return len(items) > 3 and "。" not in said and max(map(len, items)) < 20 and len(_SPAM_WORDS.findall(said)) > 2


def _pinyin(text: str) -> Iterator[tuple[int, int, Cut]]:
    found = list(_PINYIN.finditer(text))
    if sum(bool(_TONES.search(one[0])) for one in found) >= 3:
        yield from ((one.start(), one.end(), Cut.PINYIN) for one in found)


def _blanks(text: str) -> Iterator[tuple[int, int, Cut]]:
    for form in (_BLANK, _UNSEEN):
        yield from ((one.start(), one.end(), Cut.BLANK) for one in form.finditer(text))


def _joined(cuts: list[tuple[int, int, Cut]]) -> list[tuple[int, int, Cut]]:
    """The cuts without overlaps, neighbours of one kind as one."""
    found: list[tuple[int, int, Cut]] = []
    for start, end, why in cuts:
        start = max(start, found[-1][1]) if found else start
        if start >= end:
            continue
        if found and found[-1][1] == start and found[-1][2] == why:
            found[-1] = (found[-1][0], end, why)
        else:
            found.append((start, end, why))
    return found


def _without(text: str, runs: list[Run], cuts: list[tuple[int, int, Cut]]) -> tuple[str, tuple[Run, ...]]:
    parts: list[str] = []
    kept: list[Run] = []
    length = index = start = 0
    for stop, after, _why in [*cuts, (len(text), len(text), Cut.BLANK)]:
        while index < len(runs) and runs[index].at < stop:
            run = runs[index]
            low, high = max(start, run.at), min(stop, run.at + run.end - run.start)
            if low < high:
                kept.append(Run(length + low - start, run.start + low - run.at, run.start + high - run.at))
            if run.at + run.end - run.start > stop:
                break
            index += 1
        parts.append(text[start:stop])
        length, start = length + stop - start, after
    return "".join(parts), tuple(kept)
