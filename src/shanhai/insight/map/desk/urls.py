# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.map.desk import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("style.json", views.style, name="style"),
    path("outlines.json", views.outlines, name="outlines"),
    path("cards/<slug:key>/<str:thing>/", views.card, name="card"),
    path("counties/<slug:code>/", views.county, name="county"),
]
