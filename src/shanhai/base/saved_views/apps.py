# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class SavedViewsConfig(AppConfig):
    name = "shanhai.base.saved_views"
    label = "saved_views"

    def ready(self) -> None:
        from shanhai.base.saved_views import labels
        from shanhai.kernel.registry import registries

        registries.areas.add(labels.AREA)
