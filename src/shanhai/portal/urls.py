# SPDX-License-Identifier: Apache-2.0
"""All addresses of the product."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from shanhai.portal.views import style

urlpatterns = [
    path("", include("shanhai.base.accounts.urls")),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("documents/", include("shanhai.registers.documents.urls")),
    path("style", style.style, name="style"),
    path("style/proof", style.style_proof, name="style-proof"),
]
