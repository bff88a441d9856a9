# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PassagesConfig(AppConfig):
    name = "shanhai.base.passages"
    label = "passages"

    def ready(self) -> None:
        from shanhai.base.passages import labels, providers
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.search.add(providers.Passages())
