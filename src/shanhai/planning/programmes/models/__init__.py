# SPDX-License-Identifier: Apache-2.0
"""Programmes, plans, campaigns, published figures and the table of livelihood categories."""

from shanhai.planning.programmes.models.campaigns import Action, Campaign, Task, TaskReport
from shanhai.planning.programmes.models.classifications import Classification, ClassificationItem
from shanhai.planning.programmes.models.plans import PlanAmount, PlanMove, YearlyPlan
from shanhai.planning.programmes.models.programmes import Batch, FundSource, Programme
from shanhai.planning.programmes.models.statements import PublicStatement

__all__ = [
    "Action",
    "Batch",
    "Campaign",
    "Classification",
    "ClassificationItem",
    "FundSource",
    "PlanAmount",
    "PlanMove",
    "Programme",
    "PublicStatement",
    "Task",
    "TaskReport",
    "YearlyPlan",
]
