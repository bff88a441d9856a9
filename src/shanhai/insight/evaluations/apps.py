# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class EvaluationsConfig(AppConfig):
    name = "shanhai.insight.evaluations"
    label = "evaluations"

    def ready(self) -> None:
        from shanhai.insight.evaluations import labels, providers
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.importers.add(providers.IMPORTER)
        registries.todos.add(providers.Waiting())
        registries.things.add(*providers.THINGS)
