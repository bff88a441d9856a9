# SPDX-License-Identifier: Apache-2.0
"""What answers go through: their language, the one place where a domain error becomes HTTP, headers, compression."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from shanhai.base.formats import say
from shanhai.base.forms import LANGUAGE
from shanhai.kernel.errors import DomainError
from shanhai.kernel.plain import from_plain, to_plain

# The reason or the opinion that goes with an act.
_WRITTEN = ("because", "words")
# Why an act was refused, signed, to be said again in another language.
_TOLD = "told"


class AnswerMiddleware(GZipMiddleware):
    """The language of an answer, the headers that keep a page within itself, and compression, for weak links.

    Addresses are the same in every language, so Django's own middleware, which looks for one in each, is not needed.
    Files that people download are packed already, or sent piece by piece. Django pads each answer by a random length,
    so that its size tells nothing of what is in it (BREACH).
    """

    def process_request(self, request: HttpRequest) -> None:
        """Speak the language of the cookie, else of the browser; and ask no database for the sign of number nought.

        PostgreSQL refuses it in any text, even in one it is only to compare with: in an address it is a sign that
        stands nowhere.
        """
        request.path_info, request.path = (one.replace("\x00", "\ufffd") for one in (request.path_info, request.path))
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "%EF%BF%BD")
        request.LANGUAGE_CODE = translation.get_language_from_request(request)
        translation.activate(request.LANGUAGE_CODE)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Speak the language with which a refused form is sent again; of a refused act say again why, and do nothing.

        An act without a form of its own would be done this time, if what kept it from that is gone.
        """
        chosen = request.POST.get(LANGUAGE) if request.method == "POST" else None
        if chosen in dict(settings.LANGUAGES):
            request.LANGUAGE_CODE = chosen
            translation.activate(chosen)
        if chosen and _TOLD in request.POST:
            with suppress(signing.BadSignature):
                return _refusal(request, *signing.loads(request.POST[_TOLD], salt=_TOLD))
        return None

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the headers; compress an answer that is text and whole."""
        headers = response.headers
        if hasattr(request, "again") and LANGUAGE in request.POST:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                request.LANGUAGE_CODE,
                max_age=settings.LANGUAGE_COOKIE_AGE,
                path=settings.LANGUAGE_COOKIE_PATH,
                secure=settings.LANGUAGE_COOKIE_SECURE,
                samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]
            )
        headers.setdefault("Content-Language", translation.get_language())
        patch_vary_headers(response, ("Accept-Language",))
        # Django's own pages for developers bring their style within.
        if not (settings.DEBUG and response.status_code in (404, 500)):
            for name, value in settings.ANSWER_HEADERS.items():
                headers.setdefault(name, value.replace("{live}", settings.LIVE_URL))
        text = headers.get("Content-Type", "").startswith(("text/", "application/json", "application/geo+json"))
        return super().process_response(request, response) if text and not response.streaming else response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a DomainError as JSON under /api, else as a page; anything else goes on to the 500 page."""
        if not isinstance(exception, DomainError):
            return None
        if request.path.startswith("/api/"):
            text = say(exception.message)
            return JsonResponse({"code": exception.code, "message": text}, status=exception.status)
        faults = [[one.field, to_plain(one.message)] for one in (exception, *exception.others)]
        return _refusal(request, faults, exception.status)


def _refusal(request: HttpRequest, faults: Sequence[Any], status: int) -> HttpResponse:
    """The page that says why an act without a form of its own was refused; each fault is its field and a message."""
    said = [(field, say(from_plain(kept))) for field, kept in faults]
    given = {name: many for name, many in request.POST.lists() if name not in ("csrfmiddlewaretoken", LANGUAGE, _TOLD)}
    about = {field: text for field, text in said if field in given}
    # What was written goes back, to be sent once more, and first of all in another language.
    written = [
        (name, many[0], about.get(name, "")) for name, many in given.items() if name in about or name in _WRITTEN
    ]
    kept = {name for name, value, fault in written if value or fault}
    sent = [(name, value) for name, many in given.items() if name not in kept for value in many]
    if request.method == "POST":
        told = signing.dumps([faults, status], salt=_TOLD)
        request.again = [(name, value) for name, many in given.items() for value in many] + [(_TOLD, told)]  # type: ignore[attr-defined]
    context = {
        "texts": [text for _field, text in said],
        "written": [one for one in written if one[0] in kept],
        "sent": sent if kept else (),
    }
    return render(request, "errors/domain.html", context, status=status)
