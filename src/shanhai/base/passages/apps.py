# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PassagesConfig(AppConfig):
    name = "shanhai.base.passages"
    label = "passages"

    def ready(self) -> None:
        from shanhai.base.passages import labels, providers, services
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.search.add(providers.Passages())
        post_migrate.connect(services.make_index, sender=self)
