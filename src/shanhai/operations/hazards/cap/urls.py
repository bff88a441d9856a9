# SPDX-License-Identifier: Apache-2.0
"""Alerts for everybody: /alerts/ for people, /cap/ for programs."""

from django.urls import path

from shanhai.operations.hazards.cap.views import files, pages

app_name = "cap"

urlpatterns = [
    path("alerts/", pages.in_force, name="alerts"),
    path("alerts/<str:identifier>/", pages.notice, name="alert"),
    path("alerts/<str:identifier>/prolong", pages.prolong, name="prolong"),
    path("cap/", files.index, name="index"),
    path("cap/feed.atom", files.atom, name="atom"),
    path("cap/feed.rss", files.rss, name="rss"),
    path("cap/exercises.atom", files.atom, {"exercise": True}, name="exercises-atom"),
    path("cap/exercises.rss", files.rss, {"exercise": True}, name="exercises-rss"),
    path("cap/certificate.pem", files.certificate, name="certificate"),
    path("cap/<str:identifier>.gb.xml", files.national_file, name="national-file"),
    path("cap/<str:identifier>.xml", files.alert_file, name="file"),
]
