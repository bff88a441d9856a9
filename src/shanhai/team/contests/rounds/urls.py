# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.contests.rounds import views

app_name = "contests"
urlpatterns = [
    path("", views.home, name="home"),
    path("criteria/", views.criteria, name="criteria"),
    path("criteria/<slug:act>", views.criteria_act, name="criteria-act"),
    path("new", views.new, name="new"),
    path("appeals/<str:uuid>/", views.appeal, name="appeal"),
    path("<str:uuid>/", views.round_page, name="round"),
    path("<str:uuid>/<slug:act>", views.round_act, name="round-act"),
    path("<str:uuid>/teams/<str:team>/", views.team_page, name="team"),
    path("<str:uuid>/teams/<str:team>/<slug:act>", views.team_act, name="team-act"),
]
