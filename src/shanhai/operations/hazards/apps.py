# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class HazardsConfig(AppConfig):
    name = "shanhai.operations.hazards"
    label = "hazards"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.operations.hazards import labels, providers
        from shanhai.operations.hazards.desk import providers as desk

        registries.jobs.add(providers.Trial())
        registries.news.add(providers.News())
        registries.areas.add(labels.AREA)
        registries.menu.add(providers.MENU)
        registries.importers.add(providers.IMPORTER)
        registries.search.add(providers.Found(), providers.Incidents())
        registries.things.add(*providers.THINGS)
        registries.layers.add(desk.SITES, desk.POINTS)
        registries.personal_data.add(*providers.PERSONAL_DATA)
        registries.todos.add(providers.Waiting(), providers.Calls())
