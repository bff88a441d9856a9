# SPDX-License-Identifier: Apache-2.0
"""Vouchers: one with its postings and papers, reversing it, and recording what has arrived."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects.core.views import FUNDS, crumbs
from shanhai.planning.projects.shares import services
from shanhai.planning.projects.shares.forms import arrival_form
from shanhai.registers.documents import selectors as documents
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import postings
from shanhai.registers.ledger.values import Source
from shanhai.registers.places.selectors import find_divisions
from shanhai.registers.tables.forms import saved


@require_POST
def record_arrival(request: Request) -> HttpResponse:
    """POST /funds/arrivals: money has come in. What is not taken is answered with the form alone."""
    programme = programmes.get_programme(viewer=request.viewer, code=request.POST.get("programme", ""))
    form = arrival_form(viewer=request.viewer, programme=programme.code, on=local_date(request.at), given=request.POST)
    entry = saved(
        form,
        lambda given: services.record_pooled_arrival(
            by=request.viewer,
            at=request.at,
            programme=programme.code,
            fund_source=given["fund_source"],
            year=int(given["year"]),
            amount=given["amount"],
            on_date=given["on"],
            source=Source("funds.arrival", f"{programme.code}:{given['number']}", apart=given["apart"]),
            memo=given["memo"] or given["number"],
        ),
    )
    if entry is None:
        trail = crumbs(programme, FUNDS, Crumb(message(gettext_noop("记到位"))))
        context = {"crumbs": trail, "programme": programme, "form": form}
        return render(request, "projects/arrival.html", context, status=422)
    messages.success(request, gettext("已记到位，凭证号 %(number)s。") % {"number": form.cleaned_data["number"]})
    return redirect("entry", uuid=entry.uuid)


@require_safe
def entry_page(request: Request, uuid: str) -> HttpResponse:
    """GET /funds/entries/<uuid>/: one voucher with its postings and its papers."""
    entry = postings.get_entry(viewer=request.viewer, uuid=ids.parse_id(uuid))
    programme = programmes.get_programme(viewer=request.viewer, code=entry.programme)
    places = find_divisions({row.place for row in entry.postings if row.place})
    sources = programmes.list_fund_sources(viewer=request.viewer, programme=entry.programme)
    source_names = {source.code: source.name for source in sources}
    context = {
        "crumbs": crumbs(programme, FUNDS, Crumb(message(gettext_noop("凭证")))),
        "entry": entry,
        "programme": programme,
        "rows": [
            (row, KIND_LABELS[row.from_kind], KIND_LABELS[row.to_kind], places.get(row.place)) for row in entry.postings
        ],
        "source_name": source_names.get(entry.fund_source, entry.fund_source),
        "who": accounts.names_by_ref(viewer=request.viewer, refs={entry.recorded_by}).get(
            entry.recorded_by, entry.recorded_by
        ),
        "proofs": documents.list_proofs(viewer=request.viewer, subject_type="ledger.entry", subject_id=entry.uuid),
        "may_reverse": entry.reversed_by is None
        and entry.reverses is None
        and request.viewer.may(FundPermission.REVERSE, programme=entry.programme),
    }
    return render(request, "projects/entry.html", context)


@require_POST
def reverse_entry(request: Request, uuid: str) -> HttpResponse:
    """POST /funds/entries/<uuid>/reverse: mirror a mistaken entry, once, with the reason."""
    mirror = services.reverse(
        by=request.viewer, at=request.at, entry=ids.parse_id(uuid), because=request.POST.get("because", "")
    )
    messages.success(request, gettext("已冲正。原凭证保留，账上互相抵消。"))
    return redirect("entry", uuid=mirror.uuid)
