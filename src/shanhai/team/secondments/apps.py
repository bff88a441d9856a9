# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class SecondmentsConfig(AppConfig):
    name = "shanhai.team.secondments"
    label = "secondments"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.handovers.values import OWING
        from shanhai.team.secondments import labels, providers

        registries.areas.add(labels.AREA)
        registries.daily.add(providers.EraseDue())
        registries.figures.add(providers.Team())
        registries.importers.add(providers.IMPORTER)
        registries.menu.add(providers.MENU)
        registries.personal_data.add(*providers.PERSONAL_DATA)
        registries.search.add(providers.Posts())
        registries.things.add(*providers.THINGS)
        OWING.add(providers.Owed())
        registries.todos.add(providers.Waiting())
