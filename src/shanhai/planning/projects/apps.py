# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "shanhai.planning.projects"
    label = "projects"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.programmes.values import plan_guards
        from shanhai.planning.projects import labels
        from shanhai.planning.projects.core import providers as desk
        from shanhai.planning.projects.dossier import providers as gates
        from shanhai.planning.projects.lists import panels as lists
        from shanhai.planning.projects.shares import providers as figures

        registries.areas.add(labels.AREA)
        registries.figures.add(figures.Projects())
        registries.panels.add(*figures.PANELS, *lists.PANELS)
        registries.menu.add(desk.MENU)
        registries.search.add(desk.Projects(), desk.Papers(), desk.Vouchers())
        registries.integrity.add(desk.Lines())
        plan_guards.add(desk.GivenMoney())
        registries.things.add(*desk.THINGS)
        registries.layers.add(desk.LAYER)
        registries.todos.add(gates.AtTheGates())
