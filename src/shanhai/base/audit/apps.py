# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "shanhai.base.audit"
    label = "audit"

    def ready(self) -> None:
        from shanhai.base.audit import labels
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
