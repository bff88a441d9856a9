# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "shanhai.team.visits"
    label = "visits"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.team.visits import labels, providers

        registries.areas.add(labels.AREA)
        registries.daily.add(providers.EraseDue())
        registries.figures.add(providers.Figures())
        registries.menu.add(providers.MENU)
        registries.personal_data.add(providers.Attendees())
        registries.search.add(providers.Visits())
        registries.things.add(*providers.THINGS)
        registries.todos.add(providers.Waiting())
