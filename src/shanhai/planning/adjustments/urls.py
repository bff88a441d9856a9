# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.adjustments.views import asking, pages

app_name = "adjustments"
urlpatterns = [
    path("", pages.adjustment_list, name="list"),
    path("new", asking.new, name="new"),
    path("plan", asking.new_plan, name="plan"),
    path("<str:uuid>/", pages.page, name="detail"),
    path("<str:uuid>/edit", asking.edit, name="edit"),
    path("<str:uuid>/papers", pages.paper, name="paper"),
    path("<str:uuid>/<str:act>", pages.act, name="act"),
]
