# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class TablesConfig(AppConfig):
    name = "shanhai.registers.tables"
    label = "tables"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.tables import labels

        registries.areas.add(labels.AREA)
