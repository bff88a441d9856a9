# SPDX-License-Identifier: Apache-2.0
"""What a check finds wrong in a document of somebody, told the same way whatever the standard is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from shanhai.kernel.messages import Message, gettext_noop

Severity = Literal["error", "warning"]
SEVERITIES: dict[Severity, str] = {"error": gettext_noop("错误"), "warning": gettext_noop("提醒")}
# Where a list of findings is cut.
MORE = gettext_noop("还有 %(count)s 处没有列出。")


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, by which rule, what to do, and where.

    ``line`` is that of the start tag (1 is the first; 0 where there is none, or it is the whole file), ``path`` an
    XPath or a JSON pointer.
    """

    rule: str
    severity: Severity
    line: int
    path: str
    message: Message
    remedy: Message | str
