# SPDX-License-Identifier: Apache-2.0
"""A document of EPCIS read from JSON, JSON-LD or XML into one form. Contexts are taken by name; nothing is fetched."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from shanhai.field.traceability.events.rules.vocabulary import BUILT_IN, names_of
from shanhai.field.traceability.events.rules.xml_form import as_json
from shanhai.field.traceability.events.values import Document, Event, Path, first_repeated
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.xml import parse

MOST_BYTES = 64 * 2**20
# Half of a pair of UTF-16, or NUL: neither can be stored or hashed.
_SUSPECT = re.compile(rb"\\u(?:[dD][89abcdefABCDEF]|0000)|\x00")
_WHERE: dict[str, Path] = {
    "EPCISDocument": ("epcisBody", "eventList"),
    "EPCISQueryDocument": ("epcisBody", "queryResults", "resultsBody", "eventList"),
}


def read(content: bytes) -> Document:
    """The document, whatever it came in. Raises BadInput for what is too large, no document, or hostile.

    What it says is not checked here: a document that is read may lack all that it needs.
    """
    if len(content) > MOST_BYTES:
        text = gettext_noop("文件超过 %(most)s MB。请分成几个文件。")
        raise BadInput(text, "traceability.too_large", field="file", most=str(MOST_BYTES // 2**20))
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise BadInput(gettext_noop("文件是空的。请重新导出后再试。"), "traceability.empty", field="file")
    doubled: list[str] = []
    if start[:1] == b"<" or content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        root, lines = as_json(parse(content))
    else:
        root, lines = _json(content.removeprefix(b"\xef\xbb\xbf"), doubled), ()
    names, path = names_of(root.get("@context"), BUILT_IN), _WHERE.get(str(root.get("type")))
    events = (
        Event(one, names_of(one["@context"], names) if "@context" in one and path else names, place, line)
        for place, one, line in _events(root, path, lines)
    )
    return Document(root, tuple(events), names, tuple(doubled))


def _events(root: Mapping[str, Any], path: Path | None, lines: tuple[int, ...]) -> list[tuple[Path, Any, int]]:
    if path is None:
        return [((), root, lines[0] if lines else 0)]
    found: Any = root
    for key in path:
        found = found.get(key) if isinstance(found, dict) else None
    many = found if isinstance(found, list) else []
    return [
        ((*path, at), one, lines[at] if at < len(lines) else 0) for at, one in enumerate(many) if isinstance(one, dict)
    ]


def _json(content: bytes, doubled: list[str]) -> dict[str, Any]:
    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        one = dict(pairs)
        if len(one) != len(pairs):
            names = [name for name, _ in pairs]
            doubled.append(names[first_repeated(names)])
        return one

    try:
        text = content.decode("utf-8")
        root = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=made)
        if _SUSPECT.search(content):
            _refuse_halves(root)
    except UnicodeDecodeError as error:
        line = str(content[: error.start].count(b"\n") + 1)
        raise BadInput(_NOT_UTF8, "traceability.unreadable", field="file", line=line) from None
    except json.JSONDecodeError as error:
        line = str(error.lineno)
        raise BadInput(_NO_JSON, "traceability.unreadable", field="file", line=line, column=str(error.colno)) from None
    except RecursionError:
        raise BadInput(_TOO_DEEP, "traceability.unreadable", field="file") from None
    except ValueError:
        # The one thing left: a number of thousands of digits.
        raise BadInput(_NO_NUMBER, "traceability.unreadable", field="file", text="…") from None
    if not isinstance(root, dict):
        raise BadInput(_NO_OBJECT, "traceability.unreadable", field="file")
    return root


_NOT_UTF8 = gettext_noop("文件读不懂：第 %(line)s 行起不是 UTF-8。请另存为 UTF-8 再试。")
_NO_JSON = gettext_noop("文件读不懂：第 %(line)s 行第 %(column)s 个字符不合 JSON。请用能检查格式的软件改正后再试。")
_TOO_DEEP = gettext_noop("文件读不懂：嵌套太深。请核对是不是写错了。")
_NO_NUMBER = gettext_noop("文件读不懂：“%(text)s”不是能用的数。请改写。")
_NO_OBJECT = gettext_noop("文件读不懂：最外层不是 EPCIS 文档，也不是一个事件。请核对文件。")
_NO_TEXT = gettext_noop("文件读不懂：“%(name)s”附近有半个字符或者空字符（NUL）。请改写。")


def _no_number(text: str) -> NoReturn:
    raise BadInput(_NO_NUMBER, "traceability.unreadable", field="file", text=text)


def _refuse_halves(value: object, name: str = "") -> None:
    if isinstance(value, dict):
        for key, one in value.items():
            _refuse_halves(key, name)
            _refuse_halves(one, key)
    elif isinstance(value, list):
        for one in value:
            _refuse_halves(one, name)
    elif isinstance(value, str) and any("\ud800" <= sign <= "\udfff" or sign == "\x00" for sign in value):
        shown = name.encode("ascii", "replace").decode()
        raise BadInput(_NO_TEXT, "traceability.unreadable", field="file", name=shown[:60])
