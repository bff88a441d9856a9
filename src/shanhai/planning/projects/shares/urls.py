# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.projects.shares.views import flow, vouchers, what_if

urlpatterns = [
    path("flow/", flow.flow, name="flow"),
    path("what-if/", what_if.what_if, name="what-if"),
    path("arrivals", vouchers.record_arrival, name="fund-arrival"),
    path("entries/<str:uuid>/", vouchers.entry_page, name="entry"),
    path("entries/<str:uuid>/reverse", vouchers.reverse_entry, name="entry-reverse"),
]
