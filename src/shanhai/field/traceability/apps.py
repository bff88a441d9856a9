# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    name = "shanhai.field.traceability"
    label = "traceability"

    def ready(self) -> None:
        from shanhai.field.traceability import labels, providers
        from shanhai.field.traceability.capture import providers as capturing
        from shanhai.field.traceability.public import providers as public
        from shanhai.field.traceability.recalls import providers as recalls
        from shanhai.field.traceability.recalls import subscribers
        from shanhai.field.traceability.subscriptions import subscribers as streams
        from shanhai.field.traceability.subscriptions.adapters.sending import Webhooks
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
        registries.menu.add(*providers.MENU)
        registries.search.add(providers.FoundLots())
        registries.todos.add(providers.WaitingLots())
        registries.acting.add(providers.Parties())
        registries.things.add(*providers.THINGS, *capturing.THINGS)
        registries.jobs.add(capturing.Capturing())
        registries.daily.add(capturing.ClearCaptures())
        registries.codes.add(*public.CODES)
        registries.todos.add(recalls.Recalls())
        registries.things.add(*recalls.THINGS)
        registries.subscribers.add(subscribers.EventsCame())
        registries.subscribers.add(streams.WakeStreams())
        registries.beats.add(Webhooks())
