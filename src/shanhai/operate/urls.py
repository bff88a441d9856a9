# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.operate import watching

urlpatterns = [
    path("healthz", watching.health, name="health"),
    path("metrics", watching.metrics, name="metrics"),
]
