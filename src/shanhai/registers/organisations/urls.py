# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.registers.organisations import views

app_name = "organisations"
urlpatterns = [
    path("", views.organisation_list, name="list"),
    path("new", views.organisation_page, name="new"),
    path("<str:uuid>/", views.organisation_page, name="detail"),
]
