# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "shanhai.registers.places"
    label = "places"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.places import labels, providers

        registries.areas.add(labels.AREA)
        registries.importers.add(providers.Divisions(), providers.Sites())
        registries.integrity.add(providers.Boxes())
