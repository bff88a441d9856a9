# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.operate import views

urlpatterns = [
    path("healthz", views.health, name="health"),
    path("metrics", views.metrics, name="metrics"),
]
