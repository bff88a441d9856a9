# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.conduct.leave import views

app_name = "leave"
urlpatterns = [
    path("", views.home, name="home"),
    path("tonight/", views.tonight, name="tonight"),
    path("month.xlsx", views.month, name="month"),
    path("rules/", views.rules, name="rules"),
    path("rules/<slug:act>", views.rules_set, name="rules-set"),
    path("<str:uuid>/", views.leave_page, name="one"),
    path("<str:uuid>/<slug:act>", views.leave_act, name="act"),
]
