# SPDX-License-Identifier: Apache-2.0
"""The root of all addresses; the portal mounts every app's own."""

from django.apps import apps
from django.urls import include, path

urlpatterns = [
    path("", include("shanhai.operate.urls")),
    path("", include("shanhai.portal.urls")),
]
if apps.is_installed("tests.style"):
    urlpatterns.append(path("", include("tests.style.urls")))

handler400 = "shanhai.portal.views.errors.bad_request"
handler403 = "shanhai.portal.views.errors.forbidden"
handler404 = "shanhai.portal.views.errors.not_found"
handler500 = "shanhai.portal.views.errors.server_error"
