# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.insight.evidence.facts.views import deciding, indicators
from shanhai.insight.evidence.sources import views as sources
from shanhai.insight.evidence.texts import views as texts

app_name = "evidence"
urlpatterns = [
    path("", sources.source_list, name="list"),
    path("check/", texts.check_report, name="check"),
    path("take-in/", sources.take_in, name="take-in"),
    path("sources/<str:uuid>/", deciding.page, name="source"),
    path("sources/<str:uuid>/read-again", sources.read_again, name="read-again"),
    path("claims/<str:uuid>/decide", deciding.decide, name="decide"),
    path("claims/<str:uuid>/take-back", deciding.take_back, name="take-back"),
    path("indicators/", indicators.indicator_list, name="indicators"),
    path("indicators/new/", indicators.new, name="indicator-new"),
    path("indicators/<str:uuid>/", indicators.page, name="indicator"),
    path("indicators/<str:uuid>/<str:act>", indicators.act, name="indicator-act"),
]
