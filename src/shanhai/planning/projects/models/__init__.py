# SPDX-License-Identifier: Apache-2.0
"""What is stored: projects, their money, and everything that happens in their life."""

from shanhai.planning.projects.models.lines import AllocationLine, AllocationLineQuerySet
from shanhai.planning.projects.models.moves import StageMove
from shanhai.planning.projects.models.projects import Project, ProjectQuerySet, within

__all__ = ["AllocationLine", "AllocationLineQuerySet", "Project", "ProjectQuerySet", "StageMove", "within"]
