# SPDX-License-Identifier: Apache-2.0
"""Programmes, plans, targets, work groups, campaigns, published figures and the table of livelihood categories."""

from shanhai.planning.programmes.models.campaigns import Action, Campaign, GroupMember, Task, TaskReport, WorkGroup
from shanhai.planning.programmes.models.plans import PlanAmount, PlanChange, PlanMove, Target, TargetYear, YearlyPlan
from shanhai.planning.programmes.models.programmes import (
    Batch,
    Classification,
    ClassificationItem,
    FundSource,
    Programme,
    PublicStatement,
)

__all__ = [
    "Action",
    "Batch",
    "Campaign",
    "Classification",
    "ClassificationItem",
    "FundSource",
    "GroupMember",
    "PlanAmount",
    "PlanChange",
    "PlanMove",
    "Programme",
    "PublicStatement",
    "Target",
    "TargetYear",
    "Task",
    "TaskReport",
    "WorkGroup",
    "YearlyPlan",
]
