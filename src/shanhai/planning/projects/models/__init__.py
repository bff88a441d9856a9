# SPDX-License-Identifier: Apache-2.0
"""What is stored: projects, their money, and everything that happens in their life."""

from shanhai.planning.projects.models.closing import AssetTransfer, Settlement
from shanhai.planning.projects.models.lines import AllocationLine, AllocationLineQuerySet
from shanhai.planning.projects.models.moves import StageMove
from shanhai.planning.projects.models.papers import Paper, Waiver
from shanhai.planning.projects.models.projects import Project, ProjectQuerySet
from shanhai.planning.projects.models.works import Contract, ProgressNote, Suspension

__all__ = [
    "AllocationLine", "AllocationLineQuerySet", "AssetTransfer", "Contract", "Paper",
    "ProgressNote", "Project", "ProjectQuerySet", "Settlement", "StageMove", "Suspension", "Waiver",
]  # fmt: skip
