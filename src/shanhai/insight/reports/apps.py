# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "shanhai.insight.reports"
    label = "reports"

    def ready(self) -> None:
        from shanhai.insight.reports import labels
        from shanhai.insight.reports.composing import providers as composing
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.menu.add(composing.MENU)
        registries.todos.add(composing.WaitingBulletins())
        registries.search.add(composing.Bulletins())
        registries.things.add(composing.THINGS)
        registries.integrity.add(composing.Frozen())
