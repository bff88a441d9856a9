# SPDX-License-Identifier: Apache-2.0
"""Changes of a plan or a project: who asks, who may approve, and what it does to the shares."""

from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    name = "shanhai.planning.adjustments"
    label = "adjustments"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.adjustments import labels, providers

        registries.areas.add(labels.AREA)
        registries.menu.add(providers.MENU)
        registries.todos.add(providers.WaitingAdjustments())
        registries.things.add(providers.THINGS)
