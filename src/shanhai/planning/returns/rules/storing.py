# SPDX-License-Identifier: Apache-2.0
"""Findings as plain JSON and back. A sentence keeps text and values apart, so that it can be translated later."""

from __future__ import annotations

from typing import Any

from shanhai.kernel.messages import Message
from shanhai.planning.returns.values.findings import Check, CheckKey, CheckKind, Confidence, Finding, Severity
from shanhai.planning.returns.values.tables import At


def message_to_json(text: Message) -> dict[str, Any]:
    """``{"text": …, "params": {…}}``; a value that is itself a sentence (the name of a column) likewise."""
    params = {
        name: message_to_json(value) if isinstance(value, Message) else value for name, value in text.params.items()
    }
    return {"text": text.text, "params": params}


def message_from_json(stored: dict[str, Any]) -> Message:
    """The sentence that ``message_to_json`` stored."""
    params = {
        name: message_from_json(value) if isinstance(value, dict) else value for name, value in stored["params"].items()
    }
    return Message(stored["text"], params)


def content_of(finding: Finding) -> dict[str, Any]:
    """What of a finding is stored as JSON: its sentence and its checks."""
    return {
        "message": message_to_json(finding.message),
        "checks": [
            {
                "kind": check.key.kind.value,
                "label": check.key.at.label,
                "measure": check.key.at.measure,
                "against": check.key.against,
                "passed": check.passed,
                "severity": check.severity.value,
                "base": check.base,
                "message": message_to_json(check.message),
            }
            for check in finding.checks
        ],
    }


def finding_from(
    content: dict[str, Any], *, kind: str, severity: str, at: At, stated: str, suggested: str, confidence: str
) -> Finding:
    """The finding whose sentences ``content_of`` stored."""
    return Finding(
        kind=CheckKind(kind),
        severity=Severity(severity),
        at=at,
        message=message_from_json(content["message"]),
        stated=stated,
        suggested=suggested,
        confidence=Confidence(confidence),
        checks=tuple(_check(stored) for stored in content["checks"]),
    )


def _check(stored: dict[str, Any]) -> Check:
    at = At(stored["label"], stored["measure"])
    return Check(
        key=CheckKey(CheckKind(stored["kind"]), at, stored["against"]),
        passed=stored["passed"],
        severity=Severity(stored["severity"]),
        message=message_from_json(stored["message"]),
        base=stored["base"],
    )
