# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "shanhai.planning.returns"
    label = "returns"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.returns import labels, providers

        registries.areas.add(labels.AREA)
        registries.figures.add(providers.Reported())
        registries.menu.add(providers.MENU)
        registries.panels.add(providers.PANEL)
        registries.importers.add(providers.Returns())
        registries.todos.add(providers.ToExplain())
        registries.things.add(*providers.THINGS)
