# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ImportsConfig(AppConfig):
    name = "shanhai.planning.imports"
    label = "imports"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.imports import labels, providers

        registries.areas.add(labels.AREA)
        registries.importers.add(providers.Projects())
        registries.jobs.add(providers.Undoing())
        registries.things.add(providers.THINGS)
