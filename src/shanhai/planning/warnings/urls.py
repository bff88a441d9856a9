# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.warnings import views

app_name = "warnings"
urlpatterns = [
    path("", views.warning_list, name="list"),
    path("rules/", views.rules, name="rules"),
    path("evaluate", views.evaluate, name="evaluate"),
    path("<str:uuid>/", views.detail, name="detail"),
    path("<str:uuid>/act", views.act, name="act"),
]
