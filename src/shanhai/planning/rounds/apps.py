# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "shanhai.planning.rounds"
    label = "rounds"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.rounds import labels, providers

        registries.areas.add(labels.AREA)
        registries.menu.add(providers.MENU)
        registries.todos.add(providers.WaitingReports())
        registries.things.add(*providers.THINGS)
