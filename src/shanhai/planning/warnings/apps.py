# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class WarningsConfig(AppConfig):
    name = "shanhai.planning.warnings"
    label = "warnings"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.warnings import labels, providers, subscribers

        registries.areas.add(labels.AREA)
        registries.daily.add(providers.EveryDay())
        registries.jobs.add(providers.Evaluation())
        registries.menu.add(providers.MENU)
        registries.subscribers.add(subscribers.ProjectChanged(), *subscribers.MANY_CHANGED)
        registries.todos.add(providers.ToActOn())
        registries.things.add(providers.THINGS)
