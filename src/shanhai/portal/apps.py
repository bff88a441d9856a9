# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "shanhai.portal"
    label = "portal"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.portal.imports import Import
        from shanhai.portal.menu import LINES
        from shanhai.portal.providers import Digests

        registries.menu.add(*LINES)
        registries.jobs.add(Import())
        registries.daily.add(Digests())
