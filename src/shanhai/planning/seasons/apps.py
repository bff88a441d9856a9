# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class SeasonsConfig(AppConfig):
    name = "shanhai.planning.seasons"
    label = "seasons"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.seasons import labels, providers

        registries.areas.add(labels.AREA)
        registries.menu.add(providers.MENU)
