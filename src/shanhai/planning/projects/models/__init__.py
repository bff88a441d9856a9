# SPDX-License-Identifier: Apache-2.0
"""What is stored: projects, their money, and everything that happens in their life."""

from shanhai.planning.projects.models.dossier import (
    AssetTransfer,
    Contract,
    Paper,
    ProgressNote,
    ProjectChange,
    Settlement,
    StageMove,
    Suspension,
    Waiver,
)
from shanhai.planning.projects.models.projects import (
    TAGS,
    AllocationLine,
    AllocationLineQuerySet,
    LineChange,
    Project,
    ProjectQuerySet,
)

__all__ = [
    "TAGS",
    "AllocationLine",
    "AllocationLineQuerySet",
    "AssetTransfer",
    "Contract",
    "LineChange",
    "Paper",
    "ProgressNote",
    "Project",
    "ProjectChange",
    "ProjectQuerySet",
    "Settlement",
    "StageMove",
    "Suspension",
    "Waiver",
]  # fmt: skip
