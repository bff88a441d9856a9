# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "shanhai.planning.projects"
    label = "projects"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.projects.providers import desk, figures, intake, undoing

        registries.figures.add(figures.Projects())
        registries.menu.add(desk.MENU)
        registries.search.add(desk.Projects())
        registries.importers.add(intake.IMPORTER)
        registries.jobs.add(undoing.Undoing())
        registries.integrity.add(intake.Lines())
