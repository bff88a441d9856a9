# SPDX-License-Identifier: Apache-2.0
"""EPC URNs after the EPC Tag Data Standard: read into identifiers, and written where the company prefix is known."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.rules.checks import check_digit
from shanhai.registers.codes.keys.rules.elements import arranged, judge
from shanhai.registers.codes.keys.values import Identifier


@dataclass(frozen=True, slots=True)
class _Scheme:
    """How a scheme says its key ``ai``: company prefix and reference have ``width`` digits, 0 for signs of any number;
    the first of the reference is the ``leading`` one of the number; ``more`` digits follow the check digit; then the
    serial is the value of ``serial``, or with "+" the end of the key's own."""

    ai: str
    width: int = 0
    leading: bool = False
    serial: str = ""
    more: tuple[int, ...] = ()
    before: str = ""


_SCHEMES = {
    "id:sgtin": _Scheme("01", 13, True, "21"),
    "id:upui": _Scheme("01", 13, True, "235"),
    "class:lgtin": _Scheme("01", 13, True, "10"),
    "id:itip": _Scheme("8006", 13, True, "21", (2, 2)),
    "id:sscc": _Scheme("00", 17, True),
    "id:sgln": _Scheme("414", 12, False, "254"),
    "id:pgln": _Scheme("417", 12),
    "id:grai": _Scheme("8003", 12, False, "+", before="0"),
    "id:gdti": _Scheme("253", 12, False, "+"),
    "id:sgcn": _Scheme("255", 12, False, "+"),
    "id:gsrn": _Scheme("8018", 17),
    "id:gsrnp": _Scheme("8017", 17),
    "id:gsin": _Scheme("402", 16),
    "id:giai": _Scheme("8004"),
    "id:ginc": _Scheme("401"),
    "id:cpi": _Scheme("8010", serial="8011"),
}
# Of these a pattern names the class.
_CLASSES = ("id:sgtin", "id:upui", "id:itip", "id:grai", "id:gdti", "id:sgcn", "id:cpi")
_ESCAPED = '"%&/<>?#'
_SIGNS = re.compile(r"(?:[!'()*+,\-.0-9:;=A-Z_a-z]|%[0-9A-Fa-f]{2})+")


def read_urn(text: str) -> Identifier:
    """The identifier of ``urn:epc:id:…``, ``urn:epc:class:lgtin:…``, ``urn:epc:idpat:…:*``. Raises BadInput."""
    scheme, _, rest = text[8:].partition(":")
    name, _, rest = rest.partition(":")
    pattern = scheme == "idpat"
    known = _SCHEMES.get(f"{'id' if pattern else scheme}:{name}")
    if known is None or (pattern and f"id:{name}" not in _CLASSES):
        said = gettext_noop("EPC 种类“%(scheme)s”不认识，或没有对应的 GS1 数字链接。请改用 GS1 标识。")
        raise BadInput(said, "codes.urn_scheme", field="scheme", scheme=f"{scheme}:{name}"[:40])
    count = 2 + len(known.more) + bool(known.serial)
    fields = rest.split(".", count - 1)
    if len(fields) != count:
        said = gettext_noop("%(scheme)s 的 EPC 应有用点分开的 %(count)s 段，这里有 %(found)s 段。请补全。")
        raise BadInput(said, "codes.urn_fields", field="text", scheme=name, count=count, found=len(fields))
    prefix, reference, *more = fields
    serial = more.pop() if known.serial else ""
    if not re.fullmatch("[0-9]{6,12}", prefix):
        said = gettext_noop("厂商识别代码“%(prefix)s”应为 6 至 12 位数字。请核对。")
        raise BadInput(said, "codes.urn_prefix", field="prefix", prefix=prefix[:40])
    if pattern and serial != "*":
        said = gettext_noop("idpat 只用来指一类：末段应为 *，这里是“%(serial)s”。单件请用 urn:epc:id:。")
        raise BadInput(said, "codes.urn_pattern", field="serial", serial=serial[:40])
    key = _key(known, prefix, reference) + "".join(more)
    bare = pattern or not known.serial or (name, serial) == ("sgln", "0")
    serial = "" if bare else _signs(serial, "serial")
    elements = [judge(known.ai, key + serial if known.serial == "+" else key)]
    if serial and known.serial != "+":
        elements.append(judge(known.serial, serial))
    return replace(arranged(elements), prefix_length=len(prefix))


def write_urn(identifier: Identifier, prefix_length: int) -> str:
    """The EPC URN of a thing, or the pattern of a class, whose company prefix has so many digits (6 to 12).

    "" where no scheme says all of its key and qualifiers.
    """
    ai, value = identifier.key
    said = {one.ai: one.value for one in identifier.qualifiers}
    for name, known in _SCHEMES.items():
        digits = value.removeprefix(known.before)
        serial = digits[known.width + 1 :] if known.serial == "+" else said.get(known.serial, "")
        rest = set(said) - {known.serial}
        bare = known.serial and not serial and name not in (*_CLASSES, "id:sgln")
        # An extension of 0 would be read as none.
        if known.ai != ai or rest or bare or (name, serial) == ("id:sgln", "0"):
            continue
        lead = digits[:1] if known.leading else ""
        start = len(lead)
        prefix = digits[start : start + prefix_length]
        end = known.width or len(digits)
        reference = lead + digits[start + prefix_length : end]
        more = [digits[14:16], digits[16:18]] if known.more else []
        fields = [prefix, _escaped(reference), *more]
        if known.serial:
            fields.append(_escaped(serial) or ("0" if name == "id:sgln" else "*"))
        scheme = name if serial or not known.serial or name == "id:sgln" else name.replace("id:", "idpat:")
        return f"urn:epc:{scheme}:{'.'.join(fields)}" if prefix.isdecimal() and (known.width or reference) else ""
    return ""


def _key(known: _Scheme, prefix: str, reference: str) -> str:
    if not known.width:
        return prefix + _signs(reference, "reference")
    left = known.width - len(prefix)
    if not re.fullmatch(f"[0-9]{{{left}}}", reference):
        said = gettext_noop(
            "厂商识别代码有 %(length)s 位，其后应为 %(left)s 位数字，这里是“%(reference)s”。请补零或核对。"
        )
        raise BadInput(
            said, "codes.urn_reference", field="reference", length=len(prefix), left=left, reference=reference[:40]
        )
    digits = reference[0] + prefix + reference[1:] if known.leading else prefix + reference
    return known.before + digits + check_digit(digits)


def _signs(text: str, field: str) -> str:
    if not _SIGNS.fullmatch(text):
        said = gettext_noop("“%(text)s”里有 EPC 中不能直接写的字符。请写成百分号加两位十六进制数，例如 / 写成 %%2F。")
        raise BadInput(said, "codes.urn_signs", field=field, text=text[:40])
    return unquote(text)


def _escaped(text: str) -> str:
    return "".join(f"%{ord(one):02X}" if one in _ESCAPED else one for one in text)
