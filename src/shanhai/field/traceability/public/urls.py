# SPDX-License-Identifier: Apache-2.0
"""What a scan shows, below /trace/."""

from django.urls import path

from shanhai.field.traceability.public import views

app_name = "trace-public"

urlpatterns = [
    path("c/<path:code>/", views.page, name="page"),
    path("problem/<path:code>/", views.problem, name="problem"),
]
