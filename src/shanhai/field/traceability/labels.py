# SPDX-License-Identifier: Apache-2.0
"""The words of the app for its acts, permissions and states."""

from __future__ import annotations

from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import PartyKind
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

PARTY_KINDS = {
    PartyKind.COOPERATIVE: gettext_noop("合作社"),
    PartyKind.SLAUGHTERHOUSE: gettext_noop("屠宰场"),
    PartyKind.PROCESSOR: gettext_noop("加工厂"),
    PartyKind.LABORATORY: gettext_noop("检测机构"),
    PartyKind.TRADER: gettext_noop("收购商"),
    PartyKind.CARRIER: gettext_noop("承运单位"),
    PartyKind.SHOP: gettext_noop("门店"),
}
AREA = Area(
    key="traceability",
    label=message(gettext_noop("溯源")),
    acts={},
    permissions={
        TracePermission.VIEW: gettext_noop("看溯源"),
        TracePermission.RECORD: gettext_noop("记溯源"),
        TracePermission.INSPECT: gettext_noop("召回、扣货和演练"),
        TracePermission.MANAGE: gettext_noop("管经营主体、采集证和接口凭证"),
    },
)
