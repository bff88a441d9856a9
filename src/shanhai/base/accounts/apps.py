# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shanhai.base.accounts"
    label = "accounts"

    def ready(self) -> None:
        from shanhai.base.accounts import labels, providers, subscribers
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        subscribers.connect()
        registries.subscribers.add(subscribers.MailAdministrators())
        registries.menu.add(*providers.MENU)
        registries.things.add(providers.THINGS)
        registries.personal_data.add(providers.Users(), providers.OpenSessions())
