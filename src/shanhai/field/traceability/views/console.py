# SPDX-License-Identifier: Apache-2.0
"""What a check of a document of EPCIS says at the console.

As JSON an object: ``valid``, ``events`` and ``errors`` (how many), ``findings`` (``rule``, ``severity``, ``pointer``,
``line``, ``message`` and ``remedy``) and ``more``, how many were left out.
"""

from __future__ import annotations

import json

from shanhai.base.formats import say
from shanhai.field.traceability.events.values import Verdict
from shanhai.kernel.findings import MORE, SEVERITIES
from shanhai.kernel.messages import gettext_noop, message


def as_json(verdict: Verdict) -> str:
    """The verdict as a JSON object."""
    findings = [
        {
            "rule": one.rule,
            "severity": one.severity,
            "pointer": one.path,
            "line": one.line,
            "message": say(one.message),
            "remedy": say(one.remedy),
        }
        for one in verdict.findings
    ]
    counts = {"valid": verdict.valid, "events": verdict.events, "errors": verdict.errors}
    return json.dumps({**counts, "findings": findings, "more": verdict.more}, ensure_ascii=False, indent=2)


def as_lines(verdict: Verdict) -> str:
    """The verdict in lines: line of XML, place, severity, what is wrong, what to do; then all in all."""
    said = [
        (str(one.line or ""), one.path or "/", say(SEVERITIES[one.severity]), say(one.message), say(one.remedy))
        for one in verdict.findings
    ]
    lines = ["\t".join(one) for one in said]
    if verdict.more:
        lines.append(say(message(MORE, count=str(verdict.more))))
    if verdict.valid:
        text = message(gettext_noop("%(count)s 个事件，可以用。"), count=str(verdict.events))
        return "\n".join([*lines, say(text)])
    return "\n".join([*lines, say(gettext_noop("不合标准。"))])
