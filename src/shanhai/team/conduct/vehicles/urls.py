# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.conduct.vehicles import views

app_name = "vehicles"
urlpatterns = [
    path("", views.home, name="home"),
    path("add", views.add, name="add"),
    path("month.xlsx", views.month, name="month"),
    path("uses/<str:uuid>/", views.use_page, name="use"),
    path("uses/<str:uuid>/<slug:act>", views.use_act, name="use-act"),
    path("<str:uuid>/", views.vehicle_page, name="vehicle"),
    path("<str:uuid>/<slug:act>", views.vehicle_act, name="vehicle-act"),
]
