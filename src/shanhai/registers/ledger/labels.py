# SPDX-License-Identifier: Apache-2.0
"""The stations of money as finance people call them."""

from __future__ import annotations

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import Area
from shanhai.registers.ledger.values import AccountKind

KIND_LABELS: dict[AccountKind, Message] = {
    AccountKind.COMMITMENT: message(gettext_noop("承诺")),
    AccountKind.ISSUED: message(gettext_noop("下达")),
    AccountKind.ARRIVED: message(gettext_noop("到位")),
    AccountKind.ALLOTTED: message(gettext_noop("核拨")),
    AccountKind.PAID: message(gettext_noop("支付")),
    AccountKind.RESERVE: message(gettext_noop("预备费")),
    AccountKind.SURPLUS: message(gettext_noop("结余")),
}

AREA = Area(
    "ledger",
    message(gettext_noop("资金")),
    {
        "ledger.account.opened": gettext_noop("开立账户"),
        "ledger.entry.posted": gettext_noop("记账"),
        "ledger.entries.posted": gettext_noop("批量记账"),
        "ledger.entry.reversed": gettext_noop("冲正"),
        "ledger.entries.reversed": gettext_noop("批量冲正"),
    },
    {
        "fund.view": gettext_noop("看资金"),
        "fund.post": gettext_noop("记到位、核拨、支付"),
        "fund.reverse": gettext_noop("冲正错账"),
        "fund.override": gettext_noop("低于底线也核拨"),
    },
    fields={
        "entry": gettext_noop("分录"),
        "from": gettext_noop("从"),
        "to": gettext_noop("到"),
        "posted": gettext_noop("入账"),
        "postings": gettext_noop("记账笔数"),
        "programmes": gettext_noop("帮扶"),
        "reversed": gettext_noop("冲销"),
        "skipped": gettext_noop("已有而未入账"),
        "source": gettext_noop("凭证"),
        "sums": gettext_noop("合计"),
    },
    words={"kind": (KIND_LABELS,), "from": (KIND_LABELS,), "to": (KIND_LABELS,)},
)
