# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class WarningsConfig(AppConfig):
    name = "shanhai.planning.warnings"
    label = "warnings"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.warnings import providers, subscribers

        registries.daily.add(providers.DAILY)
        registries.jobs.add(providers.EVALUATION)
        registries.menu.add(providers.MENU)
        registries.subscribers.add(*subscribers.SUBSCRIBERS)
        registries.todos.add(providers.WAITING)
