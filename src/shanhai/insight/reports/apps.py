# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "shanhai.insight.reports"
    label = "reports"

    def ready(self) -> None:
        from shanhai.insight.reports import labels
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
