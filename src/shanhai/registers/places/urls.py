# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.registers.places import views

app_name = "places"
urlpatterns = [path("", views.division_list, name="list")]
