# SPDX-License-Identifier: Apache-2.0
"""Digital Links, of any domain and prefix of the path, and own codes as links."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.rules.compression import decompress
from shanhai.registers.codes.keys.rules.elements import filled, in_order, judge
from shanhai.registers.codes.keys.rules.own import KIND, read_own
from shanhai.registers.codes.keys.rules.table import IDENTIFIERS, KEYS
from shanhai.registers.codes.keys.values import OWN, Identifier

_PLACE = re.compile(
    r"(?P<host>(?:[0-9A-Za-z](?:[0-9A-Za-z.\-]*)|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)?(?P<path>/[^?#]*)?"
    r"(?:\?(?P<query>[^#]*))?(?:#.*)?"
)
_COMPRESSED = re.compile("[0-9A-Za-z_-]+")
# Words for identifiers, of an earlier edition of the standard.
_LETTERS = {
    "gtin": "01", "itip": "8006", "gmn": "8013", "cpid": "8010", "gln": "414", "payto": "415", "partygln": "417",
    "gsrnp": "8017", "gsrn": "8018", "gcn": "255", "sscc": "00", "gdti": "253", "ginc": "401", "gsin": "402",
    "grai": "8003", "giai": "8004", "cpv": "22", "lot": "10", "ser": "21", "cpsn": "8011", "glnx": "254",
    "refno": "8020", "srin": "8019", "tpx": "235",
}  # fmt: skip


def read_link(text: str) -> Identifier:
    """The identifier of a Digital Link, compressed or not, or of an own code; a path alone will do. Raises BadInput."""
    scheme, found, rest = text.partition("://")
    if not text.startswith("/"):
        if not found or scheme not in ("https", "http", "HTTPS", "HTTP"):
            said = gettext_noop("链接以“%(scheme)s”开头。应以 https:// 或 http:// 开头，全用小写或全用大写。")
            raise BadInput(said, "codes.scheme", field="scheme", scheme=scheme[:20])
        text = rest
    place = _PLACE.fullmatch(text)
    if not place or not (place["host"] or text.startswith("/")):
        said = gettext_noop("域名“%(host)s”不能用。只能有字母、数字、点、连字符和端口；中文域名请写成 xn-- 的形式。")
        raise BadInput(said, "codes.host", field="host", host=re.split("[/?#]", text)[0][:60])
    segments = (place["path"] or "/").rstrip("/").split("/")[1:]
    pairs, other = _query(place["query"] or "")
    if len(segments) > 2 and segments[-3] in (OWN, OWN.upper()) and KIND.fullmatch(segments[-2].lower()):
        prefix = "".join(f"/{one}" for one in segments[:-3])
        stem = f"https://{place['host'].lower()}{prefix}" if place["host"] else ""
        return replace(read_own(segments[-2], segments[-1], stem), other=other)
    return _gs1(segments, pairs, other)


def _gs1(segments: list[str], pairs: list[tuple[str, str]], other: tuple[tuple[str, str], ...]) -> Identifier:
    start = len(segments) - 2
    # Backwards, pair by pair, to the key: what stands before is the prefix of whose domain it is.
    while start >= 0 and segments[start] in IDENTIFIERS and segments[start] not in KEYS:
        start -= 2
    if start < 0 or segments[start] not in KEYS:
        return _compressed(segments, pairs, other)
    path = [judge(*_pair(segments[at], segments[at + 1])) for at in range(start, len(segments), 2)]
    return in_order(path, [judge(*one) for one in pairs], other=other)


def _compressed(segments: list[str], pairs: list[tuple[str, str]], other: tuple[tuple[str, str], ...]) -> Identifier:
    for segment in segments:
        if segment.lower() in _LETTERS:
            said = gettext_noop("链接里的 /%(word)s/ 是旧写法，已不再使用。请写成 /%(ai)s/。")
            raise BadInput(said, "codes.letters", field=segment, word=segment, ai=_LETTERS[segment.lower()])
    if segments and _COMPRESSED.fullmatch(segments[-1]):
        rest = tuple(judge(*one) for one in pairs)
        for before in (segments[-3:-1], []) if segments[-3:-2] and segments[-3] in KEYS else ([],):
            try:
                key = (judge(*_pair(*before)),) if before else ()
                found = decompress(segments[-1], before=key, rest=rest)
            except BadInput as error:
                if error.code != "codes.not_compressed":
                    raise
            else:
                return replace(found, other=(*found.other, *other))
    if open_ended := next((one for one in reversed(segments) if one in KEYS), ""):
        said = gettext_noop(
            "路径里 /%(ai)s/ 之后的段不成对，或有不认识的应用标识符。每个应用标识符后要有一个值，请核对。"
        )
        raise BadInput(said, "codes.path", field="path", ai=open_ended)
    said = gettext_noop("链接里没有 GS1 主键，也不是自有码（/x/种类/码）。请核对是否复制完整。")
    raise BadInput(said, "codes.no_key_in_path", field="path")


def _query(query: str) -> tuple[list[tuple[str, str]], tuple[tuple[str, str], ...]]:
    """The elements of a query, and its other parameters as they stand."""
    pairs, other = [], []
    # A semicolon may stand for the ampersand, and within a value.
    for piece in filter(None, re.split("&|;(?=[^&;=]+=)", query)):
        name, found, value = piece.partition("=")
        if name.isdecimal() and found:
            # A plus sign stays one: no value of GS1 has a blank.
            pairs.append(_pair(name, value))
        else:
            other.append((unquote(name), unquote(value)))
    return pairs, tuple(other)


def _pair(ai: str, value: str) -> tuple[str, str]:
    if not value:
        said = gettext_noop("(%(ai)s) 没有值。请补上，或去掉 (%(ai)s)。")
        raise BadInput(said, "codes.empty", field=ai, ai=ai)
    if "%" in value and re.search("%(?![0-9A-Fa-f]{2})", value):
        said = gettext_noop("(%(ai)s) 的值“%(value)s”里，百分号后没有两位十六进制数。百分号本身请写成 %%25。")
        raise BadInput(said, "codes.percent_sign", field=ai, ai=ai, value=value[:100])
    return ai, filled(ai, unquote(value, errors="replace"))
