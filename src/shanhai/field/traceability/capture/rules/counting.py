# SPDX-License-Identifier: Apache-2.0
"""The first look at a body that came: whether it can be a document, and how many events it has."""

from __future__ import annotations

import orjson

from shanhai.field.traceability.events.rules.xml_form import EVENTS
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.xml import parse

_BODIES = {"EPCISDocument": ("epcisBody",), "EPCISQueryDocument": ("epcisBody", "queryResults", "resultsBody")}
_NO_DOCUMENT = gettext_noop("内容不是 EPCISDocument，也不是 EPCISQueryDocument。单个事件请发到 events。")


def count_events(body: bytes, *, xml: bool) -> int:
    """How many events a document has. All that it says is judged later. Raises BadInput for what is no document."""
    if xml:
        root = parse(body)
        if root.tag.rpartition("}")[2] not in _BODIES:
            raise BadInput(_NO_DOCUMENT, "traceability.epcis_no_document")
        return sum(1 for one in root.iter("{*}" + EVENTS[0], *("{*}" + name for name in EVENTS[1:])))
    try:
        found = orjson.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as error:
        text = gettext_noop("内容不合 JSON：第 %(line)s 行第 %(column)s 个字符。请用能检查格式的软件改正后再试。")
        raise BadInput(text, "traceability.epcis_unreadable", line=error.lineno, column=error.colno) from None
    kind = found.get("type") if isinstance(found, dict) else None
    if not isinstance(kind, str) or kind not in _BODIES:
        raise BadInput(_NO_DOCUMENT, "traceability.epcis_no_document")
    for key in (*_BODIES[kind], "eventList"):
        found = found.get(key) if isinstance(found, dict) else None
    return len(found) if isinstance(found, list) else 0
