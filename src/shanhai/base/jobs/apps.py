# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "shanhai.base.jobs"
    label = "jobs"

    def ready(self) -> None:
        from shanhai.base.jobs import labels, providers
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.todos.add(providers.UnfinishedBusiness())
