# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.team.visits.views import agreements, delegations, meetings

app_name = "visits"
urlpatterns = [
    path("", delegations.home, name="home"),
    path("new", delegations.new, name="new"),
    path("mine.ics", delegations.mine, name="mine"),
    path("standards/", delegations.standards, name="standards"),
    path("mechanisms/", meetings.home, name="mechanisms"),
    path("mechanisms/<slug:act>", meetings.home_act, name="mechanisms-act"),
    path("meetings/<str:uuid>/", meetings.meeting_page, name="meeting"),
    path("meetings/<str:uuid>/<slug:act>", meetings.meeting_act, name="meeting-act"),
    path("agreements/<str:uuid>/", agreements.agreement_page, name="agreement"),
    path("agreements/<str:uuid>/<slug:act>", agreements.agreement_act, name="agreement-act"),
    path("<str:uuid>/", delegations.delegation_page, name="delegation"),
    path("<str:uuid>/calendar.ics", delegations.calendar, name="calendar"),
    path("<str:uuid>/<slug:what>/<str:key>/remove", delegations.remove, name="remove"),
    path("<str:uuid>/<slug:act>", delegations.delegation_act, name="delegation-act"),
]
