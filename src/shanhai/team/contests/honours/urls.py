# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.contests.honours import views

app_name = "honours"
urlpatterns = [
    path("", views.home, name="home"),
    path("kinds/", views.kinds, name="kinds"),
    path("<str:uuid>/", views.honour_page, name="honour"),
    path("<str:uuid>/certificate.pdf", views.certificate, name="certificate"),
    path("<str:uuid>/objections/<str:objection>/answer", views.answer, name="answer"),
    path("<str:uuid>/<slug:act>", views.honour_act, name="honour-act"),
]
