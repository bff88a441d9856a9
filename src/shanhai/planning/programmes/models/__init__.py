# SPDX-License-Identifier: Apache-2.0
"""Programmes, plans, targets, work groups, campaigns, published figures and the table of livelihood categories."""

from shanhai.planning.programmes.models.campaigns import Action, Campaign
from shanhai.planning.programmes.models.classifications import Classification, ClassificationItem
from shanhai.planning.programmes.models.groups import GroupMember, WorkGroup
from shanhai.planning.programmes.models.plans import PlanAmount, PlanMove, YearlyPlan
from shanhai.planning.programmes.models.programmes import Batch, FundSource, Programme
from shanhai.planning.programmes.models.statements import PublicStatement
from shanhai.planning.programmes.models.targets import Target, TargetYear
from shanhai.planning.programmes.models.tasks import Task, TaskReport

__all__ = [
    "Action",
    "Batch",
    "Campaign",
    "Classification",
    "ClassificationItem",
    "FundSource",
    "GroupMember",
    "PlanAmount",
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
