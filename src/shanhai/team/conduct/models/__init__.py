# SPDX-License-Identifier: Apache-2.0
"""Kinds of leave, days of the region, who approves what; leaves and their approvals."""

from shanhai.team.conduct.models.leave import (
    Leave,
    LeaveApproval,
    LeaveKind,
    LeaveMove,
    LeaveRule,
    LocalHoliday,
)

__all__ = ["Leave", "LeaveApproval", "LeaveKind", "LeaveMove", "LeaveRule", "LocalHoliday"]
