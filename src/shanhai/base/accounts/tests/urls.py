# SPDX-License-Identifier: Apache-2.0
"""The addresses of this app alone, with a page to be signed in on: its tests need no layer above."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.urls import include, path

from shanhai.base.accounts.selectors import Request


@login_not_required
def home(request: Request) -> HttpResponse:
    return HttpResponse(request.viewer.ref)


urlpatterns = [
    path("", home),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("shanhai.base.accounts.urls")),
]

handler403 = "shanhai.portal.views.errors.forbidden"
handler404 = "shanhai.portal.views.errors.not_found"
