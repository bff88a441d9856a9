# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "shanhai.registers.ledger"
    label = "ledger"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.registers.ledger import labels, providers

        registries.areas.add(labels.AREA)
        registries.integrity.add(providers.Ledger())
