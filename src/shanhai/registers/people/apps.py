# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "shanhai.registers.people"
    label = "people"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.people import labels, providers

        registries.areas.add(labels.AREA)
        registries.daily.add(providers.EraseDue())
        registries.personal_data.add(providers.Persons())
        registries.search.add(providers.Directory())
        registries.menu.add(providers.MENU)
        registries.things.add(providers.THINGS)
