# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    name = "shanhai.field.traceability"
    label = "traceability"

    def ready(self) -> None:
        from shanhai.field.traceability import labels, providers
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.todos.add(providers.WaitingLots())
        registries.things.add(*providers.THINGS)
