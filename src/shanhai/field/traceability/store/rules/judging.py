# SPDX-License-Identifier: Apache-2.0
"""Which events of a document can be stored, and what is wrong with the others, by place."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from shanhai.field.traceability.events.rules.meaning import check_meaning
from shanhai.field.traceability.events.rules.structure import check_structure
from shanhai.field.traceability.events.values import Document, Event, Fault
from shanhai.field.traceability.store.rules.preparing import TYPES, prepare
from shanhai.field.traceability.store.values import Judged, Ready, instant_of
from shanhai.kernel.messages import gettext_noop, message

_LONGEST_ID = 500
_EVERY = 200


def judge(document: Document, *, latest: int, told: Callable[[int, int], None] = lambda done, total: None) -> Judged:
    """Check all events of a document and prepare those without a fault; warnings are none.

    ``latest`` is the instant (microseconds) after which no event may be dated; ``told`` hears how many are done.
    """
    faults = check_structure(document.root)
    paths = {event.path for event in document.events}
    unsound = {fault.path[:length] for fault in faults for length in range(len(fault.path) + 1)}
    many = len(document.events)
    listed = next((event.path[:-1] for event in document.events if event.path), None)
    if any(not _within(fault, paths, listed) for fault in faults):
        return Judged((), tuple(faults), many, whole=True)
    ready: list[Ready] = []
    for done, event in enumerate(document.events):
        if event.path not in unsound:
            own = list(_faults(event, latest))
            if own:
                faults += own
            else:
                one = prepare(event)
                if one.time > latest:
                    faults.append(_ahead(event, event.content["eventTime"], "eventTime"))
                elif (said := _declared(event)) and instant_of(datetime.fromisoformat(said)) > latest:
                    faults.append(_ahead(event, said, "errorDeclaration", "declarationTime"))
                else:
                    ready.append(one)
        if done % _EVERY == 0:
            told(done, many)
    return Judged(tuple(ready), tuple(faults), many, whole=not document.events)


def _within(fault: Fault, paths: set[tuple[str | int, ...]], listed: tuple[str | int, ...] | None) -> bool:
    """Whether a fault is of one event: also of what stands among the events and is none."""
    if listed is None:
        return False
    place = fault.path[: len(listed) + 1]
    return place in paths or (place[:-1] == listed and isinstance(place[-1], int))


def _faults(event: Event, latest: int) -> Iterator[Fault]:
    kind, own = event.content["type"], event.content.get("eventID", "")
    if kind not in TYPES:
        said = message(gettext_noop("这里不存“%(kind)s”这种事件。"), kind=kind[:60])
        yield Fault((*event.path, "type"), "type", said, message(gettext_noop("请用标准的五种事件之一。")))
        return
    if len(own) > _LONGEST_ID:
        said = message(gettext_noop("eventID 超过 %(most)s 个字符。"), most=str(_LONGEST_ID))
        yield Fault((*event.path, "eventID"), "schema", said, message(gettext_noop("请换一个短的。")))
    yield from (fault for fault in check_meaning(event) if fault.severity == "error")


def _declared(event: Event) -> str:
    return str(event.content.get("errorDeclaration", {}).get("declarationTime", ""))


def _ahead(event: Event, time: str, *path: str) -> Fault:
    said = message(gettext_noop("%(name)s %(time)s 比现在晚得多。"), name=path[-1], time=time)
    remedy = message(gettext_noop("请核对日期，并校准设备的时钟。"))
    return Fault((*event.path, *path), "time", said, remedy)
