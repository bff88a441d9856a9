# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.adjustments import views

app_name = "adjustments"
urlpatterns = [
    path("", views.adjustment_list, name="list"),
    path("new", views.new, name="new"),
    path("plan", views.new_plan, name="plan"),
    path("<str:uuid>/", views.page, name="detail"),
    path("<str:uuid>/edit", views.edit, name="edit"),
    path("<str:uuid>/papers", views.paper, name="paper"),
    path("<str:uuid>/<str:act>", views.act, name="act"),
]
