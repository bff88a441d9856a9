# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.iati import views

app_name = "iati"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:code>/activities.xml", views.activities, name="activities"),
    path("<str:code>/organisations.xml", views.organisations, name="organisations"),
]
