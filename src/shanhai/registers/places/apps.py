# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "shanhai.registers.places"
    label = "places"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate

        from shanhai.kernel.registry import registries
        from shanhai.registers.places import labels, providers
        from shanhai.registers.places.subscribers import bring_changes, bring_divisions

        registries.areas.add(labels.AREA)
        registries.importers.add(*providers.IMPORTERS)
        registries.search.add(providers.Found())
        registries.menu.add(providers.MENU)
        registries.things.add(providers.THINGS)
        registries.integrity.add(providers.Boxes())
        registries.layers.add(*providers.LAYERS)
        post_migrate.connect(bring_changes, sender=self)
        post_migrate.connect(bring_divisions, sender=self)
