# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.base.saved_views import views

app_name = "saved_views"
urlpatterns = [
    path("", views.save, name="save"),
    path("<str:uuid>/default", views.default, name="default"),
    path("<str:uuid>/forget", views.forget, name="forget"),
]
