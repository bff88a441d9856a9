# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "shanhai.insight.reports"
    label = "reports"

    def ready(self) -> None:
        from shanhai.insight.reports import labels
        from shanhai.insight.reports.composing import providers as composing
        from shanhai.insight.reports.recognition import providers as recognition
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.menu.add(composing.MENU)
        registries.figures.add(recognition.Mentions())
        registries.todos.add(composing.WaitingBulletins(), recognition.WaitingCases())
        registries.search.add(composing.Bulletins())
        registries.things.add(composing.THINGS, *recognition.THINGS)
        registries.integrity.add(composing.Frozen())
