# SPDX-License-Identifier: Apache-2.0
"""All addresses of the product."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
