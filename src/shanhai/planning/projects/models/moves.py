# SPDX-License-Identifier: Apache-2.0
"""The history of a project's stages."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from shanhai.base.database.models import Move
from shanhai.planning.projects.models.projects import Project
from shanhai.planning.projects.states import Stage


class StageMove(Move):
    """One step in the life of a project; the first has no ``old``. ``on_date`` is the day it happened on site."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="moves")
    on_date = models.DateField()

    class Meta:
        constraints = [
            Move.between(Stage, begins=True, name="projects_stagemove_stages_are_known"),
            models.CheckConstraint(
                condition=~Q(new=Stage.SUSPENDED.value) | Q(old="") | ~Q(because=""),
                name="projects_stagemove_suspension_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["project", "at"], name="projects_move_by_project")]
