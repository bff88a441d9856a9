# SPDX-License-Identifier: Apache-2.0
"""What a check of a message of CAP says at the console.

As JSON an object: ``valid``, ``signature`` (``state`` unsigned, whole, broken or weak, ``signer``, ``fingerprint`` and
``because``), ``findings`` (``rule``, ``severity``, ``line``, ``path``, ``message``, ``remedy``) and ``more``, how many
were left out.
"""

from __future__ import annotations

import json

from shanhai.base.formats import say
from shanhai.kernel.findings import MORE, SEVERITIES
from shanhai.kernel.messages import gettext_noop, message
from shanhai.operations.hazards.cap.labels import SEALS
from shanhai.operations.hazards.cap.values import Verdict


def as_json(verdict: Verdict) -> str:
    """The verdict as a JSON object."""
    signature = verdict.signature
    answer = {
        "valid": verdict.valid,
        "signature": {
            "state": signature.seal,
            "signer": signature.signer,
            "fingerprint": signature.fingerprint,
            "because": say(signature.because) if signature.because else "",
        },
        "findings": [
            {
                "rule": one.rule,
                "severity": one.severity,
                "line": one.line,
                "path": one.path,
                "message": say(one.message),
                "remedy": say(one.remedy),
            }
            for one in verdict.findings
        ],
        "more": verdict.more,
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def as_lines(verdict: Verdict) -> str:
    """The verdict in lines: line, severity, path, what is wrong and what to do; then the signature, then all in all."""
    lines = [
        f"{one.line}\t{say(SEVERITIES[one.severity])}\t{one.path}\t{say(one.message)}{say(one.remedy)}"
        for one in verdict.findings
    ]
    if verdict.more:
        lines.append(say(message(MORE, count=str(verdict.more))))
    signature = verdict.signature
    lines.append(say(SEALS[signature.seal]))
    if signature.because:
        lines.append(say(signature.because))
    lines.append(say(gettext_noop("可以用。") if verdict.valid else gettext_noop("不合标准。")))
    return "\n".join(lines)
