# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.operations.hazards.incidents.views import incidents, lists, patrols, shifts

urlpatterns = [
    path("incidents/", lists.incident_list, name="incidents"),
    path("incidents.xlsx", lists.incident_table, name="incidents-table"),
    path("incidents/new", lists.incident_new, name="incident-new"),
    path("incidents/new/<slug:act>", lists.incident_new, name="incident-begin"),
    path("incidents/<str:uuid>/", incidents.incident_page, name="incident"),
    path("incidents/<str:uuid>/timeline.xlsx", incidents.timeline_table, name="incident-timeline"),
    path("incidents/<str:uuid>/<slug:act>", incidents.incident_act, name="incident-act"),
    path("patrols/", patrols.patrol_list, name="patrols"),
    path("patrols/<str:uuid>/", patrols.patrol_page, name="patrol"),
    path("patrols/<str:uuid>/<slug:act>", patrols.patrol_act, name="patrol-act"),
    path("handover/", shifts.shift_list, name="shifts"),
    path("handover/<str:uuid>/", shifts.shift_page, name="shift"),
    path("handover/<str:uuid>/take", shifts.shift_take, name="shift-take"),
]
