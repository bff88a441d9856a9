# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ConductConfig(AppConfig):
    name = "shanhai.team.conduct"
    label = "conduct"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.team.conduct import labels, providers

        registries.areas.add(labels.AREA)
        registries.daily.add(providers.CountAndErase())
        registries.menu.add(providers.MENU)
        registries.personal_data.add(providers.Leaves())
        registries.things.add(providers.THINGS)
        registries.todos.add(providers.Waiting())
