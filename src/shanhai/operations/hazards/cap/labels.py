# SPDX-License-Identifier: Apache-2.0
"""The words of alerts: what a check says, and what an alert says where nobody wrote anything else."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.cap.values import Seal, Severity

SEVERITIES: dict[Severity, str] = {"error": gettext_noop("错误"), "warning": gettext_noop("提醒")}
SEALS: dict[Seal, str] = {
    Seal.UNSIGNED: gettext_noop("没有签名。"),
    Seal.WHOLE: gettext_noop("签名完好：整条信息发出后没有改过。"),
    Seal.BROKEN: gettext_noop("签名不成立。"),
    Seal.WEAK: gettext_noop("有签名，但不能当作凭据。"),
}
