# SPDX-License-Identifier: Apache-2.0
"""Lots and recalls below /trace/."""

from django.urls import path

from shanhai.field.traceability.recalls import views

app_name = "recalls"

urlpatterns = [
    path("recalls/", views.recall_list, name="list"),
    path("recalls/<str:uuid>/", views.recall_page, name="recall"),
    path("recalls/<str:uuid>/list.xlsx", views.recall_table, name="table"),
    path("recalls/<str:uuid>/<str:act>", views.recall_act, name="act"),
    path("problems/<str:uuid>/", views.problem_page, name="problem"),
    # Whatever names a thing: the signs of a code, the path of an identifier. Its act comes first, so that it is none.
    path("recall/<path:code>/", views.start, name="start"),
    path("lots/<path:code>/", views.lot_page, name="lot"),
]
