# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "shanhai.portal"
    label = "portal"

    def ready(self) -> None:
        from shanhai.base.accounts.roles import ROLES, require_whole
        from shanhai.kernel.registry import registries
        from shanhai.portal.imports import Import
        from shanhai.portal.providers import MENU, PANELS, Digests

        # Here, as the last of the apps that bring permissions.
        require_whole(ROLES.values(), registries.permissions)
        registries.menu.add(*MENU)
        registries.panels.add(*PANELS)
        registries.jobs.add(Import())
        registries.daily.add(Digests())
