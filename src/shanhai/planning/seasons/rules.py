# SPDX-License-Identifier: Apache-2.0
"""What makes a set of bands whole, the sample that stands until one is recorded, and a plan of a tender in words.

Opening days of the sample: Tibet 2023, an order to start by 1 April, above 4,000 m by 20 May. Its closing days, and
that work goes on all year below 3,000 m, are made up and say so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.seasons.values import Season

SAMPLE = gettext_noop("示例")
SAMPLE_BANDS = (
    Season(0, 3000, source=gettext_noop("示例：全年可以施工"), is_sample=True, version=SAMPLE),
    Season(
        3000, 4000, "04-01", "11-30",
        gettext_noop("4 月 1 日取自西藏 2023 年公开的开工要求；11 月 30 日为示例"), is_sample=True, version=SAMPLE,
    ),
    Season(
        4000, None, "05-20", "10-31",
        gettext_noop("5 月 20 日取自西藏 2023 年公开的开工要求；10 月 31 日为示例"), is_sample=True, version=SAMPLE,
    ),
)  # fmt: skip
MOST_BANDS = 12
HIGHEST_M = 9000
MAX_TEXT = 300
_DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", re.ASCII)


def check_bands(bands: Sequence[Season]) -> tuple[Season, ...]:
    """The bands from the lowest up. Each altitude from sea level up must lie in exactly one.

    Raises BadInput for a fault in one band, Refused for one between two, naming the place.
    """
    if not 1 <= len(bands) <= MOST_BANDS:
        raise BadInput(
            gettext_noop("一个版本要有 1 到 %(most)s 个海拔段。"), "seasons.band_not_possible", most=MOST_BANDS
        )
    for band in bands:
        _check_altitudes(band)
        _check_days(band)
    ordered = sorted(bands, key=lambda band: band.from_m)
    if ordered[0].from_m != 0:
        text = gettext_noop("最低的一段从 %(metres)s 米起，0 到 %(metres)s 米没有规定。请从 0 米起。")
        raise Refused(text, "seasons.bands_do_not_touch", metres=ordered[0].from_m)
    for lower, upper in pairwise(ordered):
        _check_touch(lower, upper)
    if ordered[-1].to_m is not None:
        text = gettext_noop("最高的一段到 %(metres)s 米为止，再往上没有规定。请把它的上限空着。")
        raise Refused(text, "seasons.bands_do_not_touch", metres=ordered[-1].to_m)
    return tuple(ordered)


def band_for(bands: Sequence[Season], altitude_m: int) -> Season:
    """The band of an altitude; below sea level (Turpan) the lowest. ``bands`` are whole, as ``check_bands`` has it."""
    return next(band for band in bands if band.covers(max(altitude_m, 0)))


@dataclass(frozen=True, slots=True)
class TenderPlan:
    """When to tender at the latest, when the work then begins, and what to mind.

    ``finish_if_now`` is the day the work is done when the tender is published today; ``winter_days`` lie between the
    start and the end of the work.
    """

    tender_by: date
    start_by: date
    finish_by: date
    working_days: int
    winter_days: int
    finish_if_now: date
    warnings: tuple[Message, ...]


def plan_tender(
    season: Season, *, work_days: int, finish_by: date, tender_days: int, prepare_days: int, today: date
) -> TenderPlan:
    """What ``Season.latest_tender_day`` answers, with what stands around it. Raises as that does."""
    tender_by = season.latest_tender_day(work_days, finish_by, tender_days, prepare_days)
    start_by = season.latest_start_day(work_days, finish_by)
    day_after = finish_by + timedelta(days=1)
    finish_if_now = season.finish_day(today + timedelta(days=tender_days + prepare_days), work_days)
    winter_days = season.winter_days(start_by, day_after)
    warnings = []
    if tender_by < today:
        text = gettext_noop("最晚招标日 %(day)s 已经过了。今天发出招标，最早 %(finish)s 完工，请调整工期或完工日期。")
        warnings.append(message(text, day=tender_by, finish=finish_if_now))
    if season.is_closed(finish_by):
        text = gettext_noop("要求完工的 %(day)s 在冬季停工期内，实际要在停工以前完工。")
        warnings.append(message(text, day=finish_by))
    if winter_days and not season.is_closed(finish_by):
        text = gettext_noop("最晚 %(day)s 开工的话，中间要停工过冬 %(days)s 天，现场要有越冬措施。")
        warnings.append(message(text, day=start_by, days=winter_days))
    if season.is_sample:
        warnings.append(message(gettext_noop("所用的施工季含示例日期，不是正式规定。请先录入本地的规定。")))
    return TenderPlan(
        tender_by,
        start_by,
        finish_by,
        season.working_days(today, day_after),
        winter_days,
        finish_if_now,
        tuple(warnings),
    )


def _check_altitudes(band: Season) -> None:
    if not 0 <= band.from_m < HIGHEST_M:
        text = gettext_noop("海拔段的下限要在 0 到 %(most)s 米之间，不能是 %(metres)s 米。")
        raise BadInput(text, "seasons.band_not_possible", most=HIGHEST_M, metres=band.from_m)
    if band.to_m is not None and not band.from_m < band.to_m <= HIGHEST_M:
        text = gettext_noop(
            "%(low)s 米起的一段，上限不能是 %(high)s 米。要高于下限，不超过 %(most)s 米；不封顶就空着。"
        )
        raise BadInput(text, "seasons.band_not_possible", low=band.from_m, high=band.to_m, most=HIGHEST_M)
    if not band.source.strip() or len(band.source) > MAX_TEXT:
        text = gettext_noop("%(low)s 米起的一段没有写明依据，或超过 %(most)s 个字。")
        raise BadInput(text, "seasons.band_not_possible", low=band.from_m, most=MAX_TEXT)


def _check_days(band: Season) -> None:
    if not band.opens and not band.closes:
        return
    for day in (band.opens, band.closes):
        if not _is_day_of_every_year(day):
            text = gettext_noop("%(low)s 米起的一段，“%(day)s”不是每年都有的日子。请写成 04-01；全年施工就都空着。")
            raise BadInput(text, "seasons.band_not_possible", low=band.from_m, day=day[:20])
    if band.opens > band.closes:
        text = gettext_noop("%(low)s 米起的一段，收工日 %(closes)s 早于开工日 %(opens)s。")
        raise BadInput(text, "seasons.band_not_possible", low=band.from_m, opens=band.opens, closes=band.closes)


def _is_day_of_every_year(text: str) -> bool:
    if not _DAY_OF_YEAR.fullmatch(text):
        return False
    try:
        # 2023 has no 29 February, as most years.
        date(2023, int(text[:2]), int(text[3:]))
    except ValueError:
        return False
    return True


def _check_touch(lower: Season, upper: Season) -> None:
    if lower.to_m is None or lower.to_m > upper.from_m:
        text = gettext_noop("%(low)s 米起的一段和下一段在 %(from_m)s 米以上重叠。请让它的上限等于下一段的下限。")
        raise Refused(text, "seasons.bands_do_not_touch", low=lower.from_m, from_m=upper.from_m)
    if lower.to_m < upper.from_m:
        text = gettext_noop("%(from_m)s 米到 %(to_m)s 米之间没有规定。请让前一段的上限等于后一段的下限。")
        raise Refused(text, "seasons.bands_do_not_touch", from_m=lower.to_m, to_m=upper.from_m)
