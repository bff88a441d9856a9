# SPDX-License-Identifier: Apache-2.0
"""All checks of a file, with the place of each finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, islice

from shanhai.insight.iati.rules.codes import check_codes
from shanhai.insight.iati.rules.evaluating import check_rules
from shanhai.insight.iati.rules.reading import VERSION, read
from shanhai.insight.iati.rules.rulesets import Case
from shanhai.insight.iati.rules.schema import check_structure, shown
from shanhai.insight.iati.rules.standard import STANDARD
from shanhai.insight.iati.values import Fault, Finding, Severity, Verdict
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.xml import Element, lines_of

# Beyond so many a file is no longer gone through.
MOST_FINDINGS, MOST_COUNTED = 1_000, 100_000


def check(
    content: bytes, *, at: datetime, most_bytes: int, ruleset: Sequence[Case] = (), only_ruleset: bool = False
) -> Verdict:
    """What is wrong with a file of IATI. What cannot be read is one finding, of rule ``file``.

    Raises BadInput for a ruleset that cannot be evaluated.
    """
    try:
        root = read(content, most_bytes=most_bytes)
    except BadInput as error:
        line = int(error.message.params.get("line", 0))
        finding = Finding("file", "critical", line, "/", error.message, "")
        return Verdict((finding,), critical=1)
    standard = chain(_version(root), check_structure(root), check_codes(root), check_rules(root, STANDARD, at=at))
    return _located(content, root, () if only_ruleset else standard, check_rules(root, ruleset, at=at))


def _version(root: Element) -> Iterator[Fault]:
    version = root.get("version")
    if version in {"2.01", "2.02"}:
        text = gettext_noop("文件写明是 %(version)s 版，这里按 2.03 版检查。")
        remedy = message(gettext_noop("请改用 2.03 版的结构和代码，并把 version 写成 2.03。"))
        yield Fault(root, "version", message(text, version=version), remedy, "warning", "version")
    elif version != VERSION:
        text = gettext_noop("没有写明是 2.03 版。")
        yield Fault(
            root, "version", message(text), message(gettext_noop("请把 version 写成 2.03。")), attribute="version"
        )


def _located(content: bytes, root: Element, standard: Iterable[Fault], own: Iterable[Fault]) -> Verdict:
    kept, counts, broken = list[Fault](), Counter[Severity](), 0
    for fault in islice(standard, MOST_COUNTED):
        counts[fault.severity] += 1
        if len(kept) < MOST_FINDINGS:
            kept.append(fault)
    for fault in own:
        counts[fault.severity] += 1
        broken += fault.severity != "warning"
        if len(kept) < MOST_FINDINGS:
            kept.append(fault)
    lines = lines_of(content, root, {fault.element for fault in kept})
    tree = root.getroottree()
    found = [
        Finding(
            fault.rule,
            fault.severity,
            lines[fault.element],
            tree.getpath(fault.element) + (f"/@{shown(fault.attribute)}" if fault.attribute else ""),
            fault.message,
            fault.remedy,
            fault.code,
        )
        for fault in kept
    ]
    return Verdict(
        tuple(sorted(found, key=lambda finding: finding.line)),
        more=counts.total() - len(kept),
        critical=counts["critical"],
        errors=counts["error"],
        warnings=counts["warning"],
        broken=broken,
    )
