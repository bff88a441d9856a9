# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class IatiConfig(AppConfig):
    name = "shanhai.insight.iati"
    label = "iati"

    def ready(self) -> None:
        from shanhai.insight.iati import labels, providers
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.things.add(providers.THINGS)
