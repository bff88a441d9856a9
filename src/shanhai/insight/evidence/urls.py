# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.evidence.texts import views as texts

app_name = "evidence"
urlpatterns = [
    path("check/", texts.check_report, name="check"),
]
