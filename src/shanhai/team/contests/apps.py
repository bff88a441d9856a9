# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ContestsConfig(AppConfig):
    name = "shanhai.team.contests"
    label = "contests"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.team.contests import labels, providers
        from shanhai.team.contests.values import STANDING

        registries.areas.add(labels.AREA)
        registries.figures.add(providers.Contests())
        registries.menu.add(providers.MENU)
        registries.personal_data.add(*providers.PERSONAL_DATA)
        registries.search.add(providers.Rounds())
        registries.things.add(*providers.THINGS)
        registries.todos.add(providers.Waiting())
        STANDING.add(providers.OverdueFindings())
