# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.planning.handovers import views

app_name = "handovers"
urlpatterns = [
    path("", views.handover_list, name="list"),
    path("open", views.open_new, name="open"),
    path("<str:uuid>/", views.page, name="detail"),
    path("<str:uuid>/refresh", views.refresh_now, name="refresh"),
    path("<str:uuid>/waive", views.act_on_items, {"act": "waive"}, name="waive"),
    path("<str:uuid>/receiver", views.act_on_items, {"act": "receiver"}, name="receiver"),
    path("<str:uuid>/release", views.release_batch, name="release"),
    path("<str:uuid>/sign", views.signing_list, name="sign"),
    path("<str:uuid>/papers", views.add_paper, name="paper"),
    path("<str:uuid>/pack.xlsx", views.export, name="export"),
    path("<str:uuid>/pack.zip", views.archive, name="archive"),
]
