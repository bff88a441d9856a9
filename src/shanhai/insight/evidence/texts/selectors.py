# SPDX-License-Identifier: Apache-2.0
"""Opens a file of text into the characters of its original."""

from __future__ import annotations

from pathlib import Path

from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.texts.rules.checks import check
from shanhai.insight.evidence.texts.rules.claims import extract
from shanhai.insight.evidence.texts.values import Checked, Original
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.documents import selectors as documents


def open_text(*, path: Path, name: str = "") -> Original:
    """The characters of a file as they came; ``name`` is the one it came with, where the path has another.

    Raises BadInput for what is no text.
    """
    encoding = documents.text_encoding(path)
    if encoding is None:
        text = gettext_noop("“%(name)s”的文字编码认不出来，或者不是文字。请另存为 UTF-8 的文本后再试。")
        raise BadInput(text, "evidence.not_text", name=name or path.name)
    return Original(path.read_bytes().decode(encoding), {0: ""})


def check_text(*, viewer: Actor, original: Original) -> Checked:
    """What a text states, and what of it does not fit; nothing is stored. Raises NotAllowed."""
    require_reader(viewer)
    claims = extract(original.text)
    return Checked(claims, check(claims, original.text))


def require_reader(viewer: Actor) -> None:
    """Raise NotAllowed unless the viewer may see evidence somewhere."""
    if not viewer.may_somewhere(EvidencePermission.VIEW):
        viewer.require(EvidencePermission.VIEW)
