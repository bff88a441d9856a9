# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "shanhai.planning.programmes"
    label = "programmes"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.planning.programmes import labels
        from shanhai.planning.programmes import providers as desk
        from shanhai.planning.programmes.campaigns import providers as campaigns
        from shanhai.planning.programmes.money import providers as money
        from shanhai.planning.programmes.plans import providers as plans

        registries.areas.add(labels.AREA)
        registries.figures.add(money.Funds(), plans.Targets(), campaigns.Campaigns(), money.Statements())
        registries.scopes.add(desk.Programmes(), desk.Places())
        registries.menu.add(desk.PLANS, desk.FUNDS)
        registries.todos.add(desk.Waiting())
        registries.things.add(*desk.THINGS)
        registries.layers.add(desk.LAYER)
        registries.panels.add(*money.PANELS, *campaigns.PANELS)
