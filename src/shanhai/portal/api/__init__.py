# SPDX-License-Identifier: Apache-2.0
"""The API for programs: /api/v1, described at /api/docs. It answers what the pages answer, to the same viewers."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required, login_required
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.security import django_auth

from shanhai import __version__
from shanhai.portal.api import programmes, projects

api = NinjaAPI(
    title="Shanhai 山海",
    version=__version__,
    description="Programmes, projects, funds and figures with their proof.",
    urls_namespace="api",
    docs_decorator=login_required,
    auth=django_auth,
)
api.add_router("/v1/programmes", programmes.router, tags=["programmes"])
api.add_router("/v1/projects", projects.router, tags=["projects"])


def urls() -> tuple[list[URLResolver | URLPattern], str, str]:
    """The addresses to mount. A program without a session is answered 401, not sent to the sign-in page."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and "docs" not in str(pattern.pattern):
            pattern.callback = login_not_required(pattern.callback)
    return patterns, app_name, namespace
