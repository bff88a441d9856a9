# SPDX-License-Identifier: Apache-2.0
"""The rules of leave as data: its kinds, days of the region, who approves from how many days on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NO_SOURCE, Conflict, Faults, checked_text
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.team.conduct.models import LeaveKind, LeaveRule, LocalHoliday
from shanhai.team.conduct.permissions import LeavePermission
from shanhai.team.conduct.values import Counts, Level

MOST_DAYS_A_YEAR = 366
MOST_NAME, MOST_NAME_EN, MOST_SOURCE = 40, 60, 200
_CODE = "conduct.text_not_usable"
_NO_NAME = gettext_noop("请写假的名称，最多 %(most)s 个字。")
_NO_NAME_EN = gettext_noop("请写英文名称，最多 %(most)s 个字母。")
_NO_HOLIDAY = gettext_noop("请写节日的名称，最多 %(most)s 个字。")


@transaction.atomic
def set_kind(
    *,
    by: Actor,
    at: datetime,
    programme: str,
    name: str,
    name_en: str,
    counts: Counts,
    days_a_year: int | None,
    notice_days: int,
    needs_stand_in: bool,
    source: str,
    valid_from: date,
) -> LeaveKind:
    """Let a kind of leave hold from a day; what held under its name until then ends on that day.

    Raises NotAllowed, NotVisible, BadInput, Conflict where a later one is set already.
    """
    by.require(LeavePermission.OFFICE, programme=programme)
    of = get_programme(viewer=by, code=programme, lock=True)
    faults = Faults()
    with faults.of("name"):
        name = checked_text(name, _NO_NAME, _CODE, most=MOST_NAME)
    with faults.of("name_en"):
        name_en = checked_text(name_en, _NO_NAME_EN, _CODE, most=MOST_NAME_EN)
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    faults.tell()
    same = LeaveKind.objects.filter(programme=of, name=name)
    if same.filter(valid_from__gte=valid_from).exists():
        text = gettext_noop("“%(name)s”已经有从这一天或以后起的规定。请选更晚的日子。")
        raise Conflict(text, "conduct.kind_set_later", field="valid_from", name=name)
    same.filter(valid_until=None).update(valid_until=valid_from)
    kind = LeaveKind.objects.create(
        programme=of,
        name=name,
        name_en=name_en,
        counts=counts,
        days_a_year=days_a_year,
        notice_days=notice_days,
        needs_stand_in=needs_stand_in,
        source=source,
        valid_from=valid_from,
    )
    changes = {"days": days_a_year, "counts": counts, "valid_from": valid_from.isoformat()}
    on = Subject("conduct.leavekind", kind.uuid, programme)
    audit.record(by=by, at=at, action="conduct.kind.set", on=on, changes=changes, because=source)
    return kind


@transaction.atomic
def set_holiday(
    *, by: Actor, at: datetime, programme: str, day: date, works: bool, name: str, source: str
) -> LocalHoliday:
    """Say of a day of the region whether one works on it. Raises NotAllowed, NotVisible, BadInput."""
    by.require(LeavePermission.OFFICE, programme=programme)
    of = get_programme(viewer=by, code=programme)
    faults = Faults()
    with faults.of("name"):
        name = checked_text(name, _NO_HOLIDAY, _CODE, most=MOST_NAME)
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    faults.tell()
    said = {"works": works, "name": name, "source": source}
    found, _made = LocalHoliday.objects.update_or_create(programme=of, day=day, defaults=said)
    on = Subject("conduct.localholiday", day.isoformat(), programme)
    audit.record(by=by, at=at, action="conduct.holiday.set", on=on, changes={"day": day.isoformat()}, because=source)
    return found


@transaction.atomic
def set_rule(
    *, by: Actor, at: datetime, programme: str, level: Level, from_days: int, months: Collection[int], source: str
) -> LeaveRule:
    """Say from how many days on, or in which months, a level approves. Raises NotAllowed, NotVisible, BadInput."""
    by.require(LeavePermission.OFFICE, programme=programme)
    of = get_programme(viewer=by, code=programme)
    faults = Faults()
    with faults.of("source"):
        source = checked_text(source, NO_SOURCE, _CODE, most=MOST_SOURCE)
    faults.tell()
    said = {"from_days": from_days, "months": ",".join(map(str, sorted(months))), "source": source}
    found, _made = LeaveRule.objects.update_or_create(programme=of, level=level, defaults=said)
    on = Subject("conduct.leaverule", level, programme)
    changes = {"level": level, "from_days": from_days}
    audit.record(by=by, at=at, action="conduct.rule.set", on=on, changes=changes, because=source)
    return found
