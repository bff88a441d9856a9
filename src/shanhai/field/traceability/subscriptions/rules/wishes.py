# SPDX-License-Identifier: Apache-2.0
"""What a subscriber wishes, read from the JSON that came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shanhai.field.traceability.events.rules.structure import is_time
from shanhai.field.traceability.query.values import Query
from shanhai.field.traceability.subscriptions.rules.addresses import target_of
from shanhai.field.traceability.subscriptions.rules.schedule import read_schedule
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

_KNOWN = {"dest", "signatureToken", "stream", "schedule", "reportIfEmpty", "initialRecordTime"}
_LONGEST_SECRET = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """To be told at ``dest``, at the times of ``schedule`` (as it came) or as a ``stream`` with {}."""

    dest: str
    secret: str
    stream: bool
    schedule: Mapping[str, Any]
    report_if_empty: bool
    initial: datetime | None


def read_wish(given: Mapping[str, Any]) -> Wish:
    """The wish. Raises BadInput, whose field is what is wrong."""
    if strange := sorted(given.keys() - _KNOWN):
        text = gettext_noop("订阅没有“%(name)s”这一项。可以有 %(known)s。")
        raise BadInput(
            text,
            "traceability.epcis_wish",
            field=strange[0][:60],
            name=strange[0][:60],
            known=tuple(sorted(_KNOWN)),
        )
    dest, secret = _text(given, "dest"), _text(given, "signatureToken")
    if len(secret) > _LONGEST_SECRET or "\x00" in secret:
        text = gettext_noop("signatureToken 最多 %(most)s 个字符，不能有空字符（NUL）。请换一个。")
        raise BadInput(text, "traceability.epcis_wish", field="signatureToken", most=_LONGEST_SECRET)
    target_of(dest)
    stream, schedule = given.get("stream", False), given.get("schedule")
    if not isinstance(stream, bool) or stream == (schedule is not None):
        text = gettext_noop(
            '请写明什么时候通知：schedule（按时刻），或者 "stream": true（一有新事件就通知），只写一样。'
        )
        raise BadInput(text, "traceability.epcis_wish", field="schedule")
    if schedule is not None and not isinstance(schedule, dict):
        text = gettext_noop('schedule 应是 {"hour": "1", "minute": "5"} 的样子。请改写。')
        raise BadInput(text, "traceability.epcis_schedule", field="schedule")
    if schedule is not None:
        read_schedule(schedule)
    empty, initial = given.get("reportIfEmpty", False), given.get("initialRecordTime")
    if not isinstance(empty, bool):
        text = gettext_noop("reportIfEmpty 应是 true 或 false。")
        raise BadInput(text, "traceability.epcis_wish", field="reportIfEmpty")
    if initial is not None and not (isinstance(initial, str) and is_time(initial)):
        text = gettext_noop("initialRecordTime 应是带时差的时间，例如 2026-05-01T08:00:00+08:00。")
        raise BadInput(text, "traceability.epcis_wish", field="initialRecordTime")
    return Wish(dest, secret, stream, schedule or {}, empty, datetime.fromisoformat(initial) if initial else None)


def require_open_end(query: Query) -> None:
    """Raise BadInput for a query that cuts its answers off: who is told of new ones is told of all."""
    if query.limit is not None or query.most is not None:
        text = gettext_noop(
            "带 eventCountLimit 或 maxEventCount 的查询不能订阅：会漏掉事件。请另存一个不带它们的查询。"
        )
        raise BadInput(text, "traceability.epcis_wish", field="eventCountLimit")


def _text(given: Mapping[str, Any], name: str) -> str:
    found = given.get(name, "")
    if not isinstance(found, str) or (name == "dest" and not found):
        text = gettext_noop("“%(name)s”应是一段文字。请补上。")
        raise BadInput(text, "traceability.epcis_wish", field=name, name=name)
    return found
