# SPDX-License-Identifier: Apache-2.0
"""A code in any spelling, read into one identifier."""

from __future__ import annotations

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.keys.rules.compression import compress
from shanhai.registers.codes.keys.rules.links import read_link
from shanhai.registers.codes.keys.rules.strings import SEPARATOR, read_elements, with_brackets, with_separators
from shanhai.registers.codes.keys.rules.urns import read_urn, write_urn
from shanhai.registers.codes.keys.values import CANONICAL, Identifier

# Longer than any code is; so is what a hostile caller sends.
MOST = 4000


def parse(text: str) -> Identifier:
    """What a code says: a Digital Link of any domain (compressed, too), an own code, an element string, an EPC URN.

    Raises BadInput: its field is the application identifier or the part of the text that is wrong, its sentence says
    what to do.
    """
    text = text.strip(" \t\r\n")
    if len(text) > MOST:
        said = gettext_noop("码有 %(length)s 个字符，最多 %(most)s 个。请核对是否多读了内容。")
        raise BadInput(said, "codes.long", field="text", length=len(text), most=MOST)
    if text[:8].lower() == "urn:epc:":
        return read_urn(text)
    if text[:1] in ("(", "]", SEPARATOR) or text[:2].isdecimal():
        return read_elements(text)
    if text.startswith("/") or "://" in text:
        return read_link(text)
    said = gettext_noop("“%(text)s”不是能认的码。请给链接（https://…）、元素串（(01)…）或 EPC（urn:epc:…）。")
    raise BadInput(said, "codes.unknown", field="text", text=text[:60])


def spellings(found: Identifier, prefix_length: int = 0) -> dict[str, str]:
    """The other spellings of a code of GS1; that of the EPC where the digits of the company prefix are known."""
    if found.kind:
        return {}
    said = {
        "element_string": with_brackets(found),
        "symbol": with_separators(found),
        "compressed": f"{CANONICAL}{compress(found)}",
    }
    prefix_length = prefix_length or found.prefix_length
    urn = write_urn(found, prefix_length) if 6 <= prefix_length <= 12 else ""
    return {**said, "urn": urn} if urn else said
