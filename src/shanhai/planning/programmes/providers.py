# SPDX-License-Identifier: Apache-2.0
"""The lines of the menu: plans and funds."""

from __future__ import annotations

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MenuItem
from shanhai.registers.ledger.permissions import FundPermission

PLANS = MenuItem("plans", message(gettext_noop("计划")), "programmes:list", Permission.PROGRAMME_VIEW.value, order=20)
FUNDS = MenuItem("funds", message(gettext_noop("资金")), "funds", FundPermission.VIEW.value, order=40)
