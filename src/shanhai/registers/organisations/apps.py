# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "shanhai.registers.organisations"
    label = "organisations"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.organisations import labels, providers

        registries.areas.add(labels.AREA)
        registries.importers.add(providers.IMPORTER)
        registries.search.add(providers.Directory())
        registries.menu.add(providers.MENU)
        registries.things.add(providers.THINGS)
