# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ConductConfig(AppConfig):
    name = "shanhai.team.conduct"
    label = "conduct"

    def ready(self) -> None:
        from shanhai.kernel.registry import registries
        from shanhai.team.conduct import labels
        from shanhai.team.conduct.health import providers as health
        from shanhai.team.conduct.integrity import providers as integrity
        from shanhai.team.conduct.leave import providers as leave
        from shanhai.team.conduct.topics import providers as topics
        from shanhai.team.conduct.vehicles import providers as vehicles
        from shanhai.team.contests.values import STANDING

        registries.areas.add(labels.AREA)
        registries.daily.add(leave.CountAndErase(), integrity.EraseDue(), health.EraseDue())
        registries.figures.add(topics.Conduct(), health.Health())
        registries.menu.add(leave.MENU, vehicles.MENU, integrity.MENU, health.MENU)
        personal = (leave.Leaves(), *vehicles.PERSONAL_DATA, *integrity.PERSONAL_DATA, health.Sheets())
        registries.personal_data.add(*personal)
        registries.things.add(leave.THINGS, *vehicles.THINGS, *integrity.THINGS)
        STANDING.add(integrity.Incidents())
        registries.todos.add(leave.Waiting(), vehicles.Waiting(), integrity.Waiting(), health.Waiting())
