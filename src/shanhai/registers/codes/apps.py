# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "shanhai.registers.codes"
    label = "codes"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.codes import labels, providers

        registries.areas.add(labels.AREA)
        registries.things.add(*providers.THINGS)
        registries.todos.add(providers.WaitingCodes())
        registries.menu.add(providers.MENU)
        registries.personal_data.add(providers.Tallies())
        registries.daily.add(providers.EraseTallies())
        registries.codes.add(providers.PlainLabel())
