# SPDX-License-Identifier: Apache-2.0
"""The page that checks a report before it goes out. It stores nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.insight.evidence.texts.forms import CheckForm
from shanhai.insight.evidence.texts.selectors import check_text, open_text, require_reader
from shanhai.insight.evidence.texts.values import Finding, Original, Span
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb

CRUMBS = (TODAY, Crumb(message(gettext_noop("证据")), "/evidence/"), Crumb(message(gettext_noop("核对稿子"))))
# Of the text, so much is shown on either side of a number that does not fit.
AROUND = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the text as it is shown: ``mark`` is "" for plain text, "at" for a number concerned, "suspect"."""

    text: str
    mark: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def check_report(request: Request) -> HttpResponse:
    """GET /evidence/check/ shows the form; POST the findings, each with the numbers of the text that it is about."""
    require_reader(request.viewer)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = CheckForm(*sent)
    context: dict[str, Any] = {"form": form, "crumbs": CRUMBS}

    def read(given: Mapping[str, Any]) -> Original:
        file = given["file"]
        if not file:
            return Original(given["text"], {})
        with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, suffix=".upload") as kept:
            for chunk in file.chunks():
                kept.write(chunk)
            kept.flush()
            return open_text(path=Path(kept.name), name=file.name)

    original = saved(request, form, read) if request.method == "POST" else None
    if original is not None:
        found = check_text(viewer=request.viewer, original=original)
        rows = [(one, list(_pieces(original.text, one))) for one in found.findings]
        context |= {"rows": rows, "numbers": len(found.claims), "notes": original.notes, "checked": True}
    return render(request, "evidence/check.html", context, status=status_of(form))


def _pieces(text: str, finding: Finding) -> Iterator[Piece]:
    """The numbers of a finding where they stand, with the words around; what lies between is left out."""
    suspect = finding.suspect
    end = 0
    for begin, until, spans in _stretches(text, finding):
        if begin > end:
            yield Piece(" … ")
        at = begin
        for span in spans:
            yield Piece(text[at : span.start])
            is_suspect = suspect is not None and span.start == suspect.start
            yield Piece(text[span.start : span.end], "suspect" if is_suspect else "at")
            at = span.end
        yield Piece(text[at:until])
        end = until
    if end < len(text):
        yield Piece(" … ")


def _stretches(text: str, finding: Finding) -> Iterator[tuple[int, int, Sequence[Span]]]:
    """Stretches of the text around the spans, those that touch as one."""
    begin = until = -1
    inside: list[Span] = []
    for span in finding.spans:
        if inside and span.start - AROUND <= until:
            inside.append(span)
        else:
            if inside:
                yield begin, until, inside
            begin, inside = max(0, span.start - AROUND), [span]
        until = min(len(text), span.end + AROUND)
    if inside:
        yield begin, until, inside
