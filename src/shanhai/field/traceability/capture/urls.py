# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from shanhai.field.traceability.capture.views import parties

app_name = "parties"
urlpatterns = [
    path("", parties.party_list, name="list"),
    path("<str:uuid>/", parties.party_page, name="party"),
    path("<str:uuid>/<slug:act>", parties.party_act, name="act"),
]
