# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "shanhai.planning.programmes"
    label = "programmes"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.programmes.providers import desk, funds, statements, targets

        registries.figures.add(funds.Funds(), targets.Targets(), statements.Statements())
        registries.menu.add(desk.PLANS, desk.FUNDS)
