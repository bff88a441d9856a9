# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.contests.inspections import views

app_name = "inspections"
urlpatterns = [
    path("", views.home, name="home"),
    path("questions/", views.questions, name="questions"),
    path("questions/<slug:act>", views.questions_act, name="questions-act"),
    path("new", views.new, name="new"),
    path("findings/<str:uuid>/", views.finding_page, name="finding"),
    path("findings/<str:uuid>/<slug:act>", views.finding_act, name="finding-act"),
    path("<str:uuid>/", views.inspection, name="inspection"),
]
