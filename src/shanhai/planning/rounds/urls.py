# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.rounds import views

app_name = "rounds"
urlpatterns = [
    path("", views.round_list, name="list"),
    path("open", views.open_new, name="open"),
    path("reports/<str:uuid>/", views.report_page, name="report"),
    path("reports/<str:uuid>/return", views.send_back, name="return"),
    path("reports/<str:uuid>/accept", views.accept, name="accept"),
    path("<str:uuid>/", views.round_page, name="detail"),
    path("<str:uuid>/compiled/", views.compiled, name="compiled"),
    path("<str:uuid>/compiled.xlsx", views.export, name="export"),
    path("<str:uuid>/remind", views.remind, name="remind"),
    path("<str:uuid>/close", views.close, name="close"),
]
