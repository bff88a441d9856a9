# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects.shares.views import entries, flows

urlpatterns = [
    path("flow/", flows.flow, name="flow"),
    path("what-if/", flows.what_if, name="what-if"),
    path("arrivals", entries.record_arrival, name="fund-arrival"),
    path("entries/<str:uuid>/", entries.entry_page, name="entry"),
    path("entries/<str:uuid>/papers", entries.attach, name="entry-papers"),
    path("entries/<str:uuid>/shift", entries.shift_arrival, name="entry-shift"),
    path("entries/<str:uuid>/reverse", entries.reverse_entry, name="entry-reverse"),
]
