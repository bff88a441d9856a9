# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import pre_delete


class SensorsConfig(AppConfig):
    name = "shanhai.field.sensors"
    label = "sensors"

    def ready(self) -> None:
        from shanhai.field.sensors import labels, providers
        from shanhai.field.sensors.mqtt import subscribers
        from shanhai.field.sensors.stations.events import credential_given
        from shanhai.field.sensors.store import providers as keeping
        from shanhai.kernel.registry import registries

        registries.daily.add(keeping.Archive())
        registries.integrity.add(keeping.Files(), keeping.Owners())
        registries.news.add(keeping.Streams())
        registries.areas.add(labels.AREA)
        registries.things.add(providers.TOKENS, *providers.THINGS)
        registries.importers.add(providers.IMPORTER)
        registries.menu.add(providers.MENU)
        registries.search.add(providers.Found())
        registries.layers.add(providers.LAYER)
        registries.todos.add(providers.Unwell())
        registries.subscribers.add(subscribers.Revoked())
        credential_given.connect(subscribers.tell_given)
        pre_delete.connect(subscribers.end_with_device, sender="sensors.Device")
        if settings.MQTT_PUBLISH:
            from shanhai.field.sensors.mqtt.adapters.publishing import Publisher

            Publisher().listen()
