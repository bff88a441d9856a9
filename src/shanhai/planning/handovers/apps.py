# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "shanhai.planning.handovers"
    label = "handovers"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.handovers import labels, providers

        registries.areas.add(labels.AREA)
        registries.daily.add(providers.KeepFresh())
        registries.menu.add(providers.MENU)
        registries.todos.add(providers.BeforeLeaving())
        registries.things.add(*providers.THINGS)
