# SPDX-License-Identifier: Apache-2.0
"""All checks of a message of CAP 1.2, with the place of each finding, and what its signature is worth."""

from __future__ import annotations

import re
from itertools import islice

from lxml import etree

from shanhai.kernel.errors import BadInput
from shanhai.kernel.findings import Finding
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.xml import Element, lines_of, parse
from shanhai.operations.hazards.cap.rules.prose import check_prose
from shanhai.operations.hazards.cap.rules.signing import verify
from shanhai.operations.hazards.cap.rules.structure import CAP, check_structure, shown
from shanhai.operations.hazards.cap.values import Seal, Signature, Verdict

MOST_BYTES = 5 * 2**20
_MOST_FINDINGS, _MOST_COUNTED = 200, 100_000


def check(content: bytes) -> Verdict:
    """What is wrong with a message. What cannot be read is one finding, of rule ``file``."""
    try:
        root = read(content)
    except BadInput as error:
        line = int(error.message.params.get("line", 0))
        return Verdict((Finding("file", "error", line, "/", error.message, ""),), Signature(Seal.UNSIGNED))
    faults = list(islice(check_structure(root), _MOST_COUNTED)) or list(islice(check_prose(root), _MOST_COUNTED))
    kept = faults[:_MOST_FINDINGS]
    lines, tree = lines_of(content, root, {fault.element for fault in kept}), etree.ElementTree(root)
    findings = tuple(
        Finding(one.rule, one.severity, lines[one.element], _path(tree, one.element), one.message, one.remedy)
        for one in kept
    )
    return Verdict(findings, verify(root), len(faults) - len(kept))


def read(content: bytes) -> Element:
    """The root of a message of CAP 1.2. Raises BadInput for what is too large, no XML, hostile, or something else."""
    if len(content) > MOST_BYTES:
        text = gettext_noop("文件超过 %(most)s MB，不像一条预警。大的附件请放在网上，在 uri 里写网址。")
        raise BadInput(text, "hazards.cap_too_large", field="file", most=str(MOST_BYTES // 2**20))
    if not content.strip():
        raise BadInput(gettext_noop("文件是空的。请重新导出后再试。"), "hazards.cap_empty", field="file")
    root = parse(content)
    if root.tag == f"{CAP}alert":
        return root
    space = etree.QName(root).namespace or ""
    if shown(root.tag) == "alert" and space.startswith("urn:oasis:names:tc:emergency:cap:"):
        text = gettext_noop("这是 CAP %(version)s，这里只认 1.2。请向发布方要 1.2 版的，或者按 1.2 版改写。")
        raise BadInput(text, "hazards.cap_version", field="file", version=space.rpartition(":")[2][:20])
    text = gettext_noop("最外层是“%(name)s”，不是 CAP 1.2 的 alert。请核对文件，和它的 xmlns。")
    raise BadInput(text, "hazards.not_cap", field="file", name=shown(root.tag)[:60])


def _path(tree: Element, element: Element) -> str:
    """As the console shows it: "/alert/info[2]/area/polygon"."""
    inner = re.sub(r"\{[^}]*\}", "", tree.getelementpath(element))
    return "/alert" if inner == "." else f"/alert/{inner}"
