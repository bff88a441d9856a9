# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "shanhai.planning.programmes"
    label = "programmes"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.programmes import labels
        from shanhai.planning.programmes import providers as desk
        from shanhai.planning.programmes.campaigns import panels as campaigns
        from shanhai.planning.programmes.money import panels as money
        from shanhai.planning.programmes.money.providers import funds, statements
        from shanhai.planning.programmes.targets import providers as targets

        registries.areas.add(labels.AREA)
        registries.figures.add(funds.Funds(), targets.Targets(), statements.Statements())
        registries.menu.add(desk.PLANS, desk.FUNDS)
        registries.panels.add(*money.PANELS, *campaigns.PANELS)
