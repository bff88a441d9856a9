# SPDX-License-Identifier: Apache-2.0
"""The addresses of the API, by its version."""

from django.urls import re_path

from shanhai.field.sensors.sta.values import VERSION
from shanhai.field.sensors.sta.views import serving

urlpatterns = [
    # Whatever is asked below the root, a line's end in it too: it is the API that refuses it.
    re_path(rf"^{VERSION}(?:/(?P<path>(?s:.*)))?\Z", serving.serve, name="sta"),
]
