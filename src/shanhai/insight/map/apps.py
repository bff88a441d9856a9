# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class MapConfig(AppConfig):
    name = "shanhai.insight.map"
    label = "map"

    def ready(self) -> None:
        from shanhai.insight.map import labels, providers
        from shanhai.insight.map.desk import providers as desk
        from shanhai.insight.map.editions import providers as editions
        from shanhai.insight.map.screens import providers as screens
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.menu.add(providers.MENU)
        registries.things.add(providers.TOKENS, screens.SCREENS)
        registries.beats.add(editions.Start())
        registries.jobs.add(editions.Making())
        registries.news.add(desk.News())
        registries.daily.add(editions.Clear())
