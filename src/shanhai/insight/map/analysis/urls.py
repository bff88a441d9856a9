# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.map.analysis import views

urlpatterns = [
    path("", views.analysis, name="analysis"),
    path("shape", views.give, name="analysis-shape"),
    path("counted", views.counted, name="analysis-counted"),
    path("found.<slug:form>", views.export, name="analysis-export"),
]
