# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects.shares import views

urlpatterns = [
    path("flow/", views.flow, name="flow"),
    path("what-if/", views.what_if, name="what-if"),
    path("arrivals", views.record_arrival, name="fund-arrival"),
    path("entries/<str:uuid>/", views.entry_page, name="entry"),
    path("entries/<str:uuid>/papers", views.attach, name="entry-papers"),
    path("entries/<str:uuid>/shift", views.shift_arrival, name="entry-shift"),
    path("entries/<str:uuid>/reverse", views.reverse_entry, name="entry-reverse"),
]
