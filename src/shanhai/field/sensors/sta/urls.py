# SPDX-License-Identifier: Apache-2.0
"""The addresses of the API, by its version."""

from django.urls import path

from shanhai.field.sensors.sta.values import VERSION
from shanhai.field.sensors.sta.views import serving

urlpatterns = [
    path(VERSION, serving.serve, name="sta-root"),
    path(f"{VERSION}/<path:path>", serving.serve, name="sta"),
    path(f"{VERSION}/", serving.serve),
]
