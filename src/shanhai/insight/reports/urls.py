# SPDX-License-Identifier: Apache-2.0
from django.urls import path, re_path

from shanhai.insight.reports.composing import views
from shanhai.insight.reports.recognition import views as recognition

app_name = "bulletins"
urlpatterns = [
    path("", views.bulletin_list, name="list"),
    path("start", views.start, name="start"),
    re_path(r"^(?P<uuid>[0-9a-f-]{36})\.(?P<kind>docx|pdf|xlsx)$", views.download, name="download"),
    path("publicity/", recognition.mention_list, {"of": "publicity"}, name="publicity"),
    path("recognitions/", recognition.mention_list, {"of": "recognitions"}, name="recognitions"),
    path("mentions/<str:uuid>/", recognition.mention_page, name="mention"),
    path("cases/", recognition.case_list, name="cases"),
    path("cases/start", recognition.case_start, name="case-start"),
    path("cases/<str:uuid>/", recognition.case_page, name="case"),
    path("cases/<str:uuid>/<slug:act>", recognition.case_page, name="case-act"),
    path("<str:uuid>/", views.bulletin_page, name="detail"),
    path("<str:uuid>/edit", views.edit, name="edit"),
    path("<str:uuid>/today", views.today, name="today"),
    path("<str:uuid>/figures/<str:ref>/", views.figure, name="figure"),
    path("<str:uuid>/<slug:act>", views.bulletin_page, name="act"),
]
