# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.map import views

app_name = "map"
urlpatterns = [
    path("access/", views.access, name="access"),
    path("access/<slug:act>", views.act, name="access-act"),
]
