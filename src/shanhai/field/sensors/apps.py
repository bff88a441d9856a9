# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class SensorsConfig(AppConfig):
    name = "shanhai.field.sensors"
    label = "sensors"

    def ready(self) -> None:
        from shanhai.field.sensors import labels, providers
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.things.add(providers.TOKENS)
