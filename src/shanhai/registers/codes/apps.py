# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "shanhai.registers.codes"
    label = "codes"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.codes import labels

        registries.areas.add(labels.AREA)
