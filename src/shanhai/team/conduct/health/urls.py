# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.conduct.health import views

app_name = "health"
urlpatterns = [
    path("", views.home, name="home"),
    path("desk/", views.desk, name="desk"),
    path("desk/<slug:act>", views.desk_act, name="desk-act"),
    path("fill/<slug:kind>/", views.fill, name="fill"),
    path("people/<str:uuid>/", views.person, name="person"),
    path("people/<str:uuid>/<slug:kind>/", views.fill_for, name="fill-for"),
    path("sheets/<str:uuid>/", views.sheet_page, name="sheet"),
    path("sheets/<str:uuid>/<slug:act>", views.sheet_act, name="sheet-act"),
]
