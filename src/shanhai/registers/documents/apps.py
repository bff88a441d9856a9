# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "shanhai.registers.documents"
    label = "documents"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.documents import labels, providers

        registries.areas.add(labels.AREA)
        registries.integrity.add(providers.Documents())
        registries.search.add(providers.Files())
        registries.daily.add(providers.HalfTaken())
        registries.things.add(providers.THINGS)
