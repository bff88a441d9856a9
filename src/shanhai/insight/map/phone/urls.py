# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.map.phone import views

urlpatterns = [
    path("", views.field, name="field"),
    path("shell/", views.shell, name="field-shell"),
    # Beside the page, so that it has to do with nothing above it.
    path("worker.js", views.worker, name="field-worker"),
    path("areas/<slug:code>.json", views.area, name="field-area"),
]
