# SPDX-License-Identifier: Apache-2.0
"""The public keys of signed codes, at a fixed address: a phone keeps them and needs no link afterwards."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from shanhai.registers.codes.issue.rules.signing import as_set
from shanhai.registers.codes.issue.selectors.keys import public_keys


@login_not_required
@require_safe
def public_key_set(request: HttpRequest) -> HttpResponse:
    """GET /.well-known/shanhai-codes.json: a set of JSON Web Keys, empty where nothing is signed."""
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"}
    return JsonResponse(as_set(public_keys()), headers=headers)
