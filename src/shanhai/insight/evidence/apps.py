# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "shanhai.insight.evidence"
    label = "evidence"

    def ready(self) -> None:
        from shanhai.insight.evidence import labels
        from shanhai.insight.evidence.facts import providers as facts
        from shanhai.insight.evidence.sources import providers as sources
        from shanhai.insight.evidence.texts import subscribers
        from shanhai.kernel.registry import registries

        registries.areas.add(*labels.AREAS)
        registries.subscribers.add(subscribers.ProofAttached(), subscribers.ProofWithdrawn())
        registries.figures.add(facts.Facts())
        registries.menu.add(sources.MENU)
        registries.importers.add(facts.IMPORTER)
        registries.todos.add(sources.Waiting())
        registries.search.add(sources.Titles(), facts.Names())
        registries.integrity.add(sources.Texts())
        registries.things.add(*sources.THINGS, *facts.THINGS)
