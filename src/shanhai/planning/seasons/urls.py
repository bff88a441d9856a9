# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.seasons import views

app_name = "seasons"
urlpatterns = [
    path("", views.seasons, name="page"),
    path("versions", views.record, name="record"),
]
