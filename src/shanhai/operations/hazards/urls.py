# SPDX-License-Identifier: Apache-2.0
from django.urls import include, path

app_name = "hazards"
urlpatterns = [
    path("", include("shanhai.operations.hazards.desk.urls")),
    path("", include("shanhai.operations.hazards.calls.urls")),
    path("", include("shanhai.operations.hazards.sites.urls")),
    path("", include("shanhai.operations.hazards.incidents.urls")),
]
