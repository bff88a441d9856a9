# SPDX-License-Identifier: Apache-2.0
"""Recording what has come in, for all projects that wait or for some; and a voucher with its papers, mended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import ReasonForm, keep, saved, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects.core.selectors import lines_by_subject
from shanhai.planning.projects.core.views import FUNDS
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.shares import services
from shanhai.planning.projects.shares.forms import ShiftForm, arrival_form
from shanhai.planning.projects.shares.services import arrivals, shifting
from shanhai.planning.projects.values import made_from, number_of
from shanhai.registers.documents import selectors as documents
from shanhai.registers.documents.permissions import DocumentPermission
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import postings
from shanhai.registers.ledger.values import AccountKind, EntryDetail, EntryRef, Source
from shanhai.registers.places.selectors import find_divisions


@require_http_methods(["GET", "HEAD", "POST"])
def record_arrival(request: Request) -> HttpResponse:
    """/funds/arrivals: money has come in, for all lines that wait or for some, each as shared or as stated.

    With ``preview`` the shares are written into the form and nothing is stored.
    """
    sent = request.POST if request.method == "POST" else None
    programme = programmes.get_programme(viewer=request.viewer, code=(sent or request.GET).get("programme", ""))
    request.viewer.require(FundPermission.POST, programme=programme.code)
    form = arrival_form(
        viewer=request.viewer,
        programme=programme.code,
        on=local_date(request.at),
        asked=sent or request.GET,
        given=sent,
        files=request.FILES if sent else None,
    )

    @transaction.atomic
    def save(given: Mapping[str, Any]) -> EntryRef:
        entry = arrivals.record_pooled_arrival(
            by=request.viewer,
            at=request.at,
            programme=programme.code,
            fund_source=given["fund_source"],
            year=given["year"],
            amount=given["amount"],
            on_date=given["on"],
            source=Source("funds.arrival", f"{programme.code}:{given['number']}", apart=given["apart"]),
            memo=given["memo"] or given["number"],
            each=form.each(),
        )
        services.attach_given(by=request.viewer, at=request.at, entry=entry.uuid, file=given["file"])
        return entry

    entry, previewed = None, sent is not None and "preview" in sent
    if sent is not None:
        # The shares can be looked at before the voucher is there.
        form.fields["number"].required = not previewed
        entry = saved(request, form, (lambda _given: form.share_out()) if previewed else save)
        form.fields["number"].required = True
        if entry and previewed:
            # What is only looked at keeps the file that came with it.
            keep(request, form, {})
        elif entry:
            messages.success(request, gettext("已记到位，凭证号 %(number)s。") % form.cleaned_data)
            return redirect("entry", uuid=entry.uuid)
    context = {
        "crumbs": (TODAY, FUNDS, Crumb(message(gettext_noop("记到位")))),
        "programme": programme,
        "form": form,
        "shared": entry,
        "sum": total(entry.values()) if entry else None,
        "text": (sent or request.GET).get("text", ""),
    }
    return render(request, "projects/arrival.html", context, status=422 if form.errors else 200)


@require_safe
def entry_page(request: Request, uuid: str) -> HttpResponse:
    """GET /funds/entries/<uuid>/: one voucher with its postings and its papers."""
    return _entry(request, uuid)


def _entry(
    request: Request, uuid: str, shift: ShiftForm | None = None, reversing: ReasonForm | None = None
) -> HttpResponse:
    entry = postings.get_entry(viewer=request.viewer, uuid=ids.parse_id(uuid))
    programme = programmes.get_programme(viewer=request.viewer, code=entry.programme)
    places = find_divisions({row.place for row in entry.postings if row.place})
    sources = programmes.list_fund_sources(viewer=request.viewer, programme=entry.programme)
    source_names = {source.code: formats.named(source) for source in sources}
    lines = lines_by_subject(viewer=request.viewer, subjects={row.subject for row in entry.postings})
    context = {
        "crumbs": (TODAY, FUNDS, Crumb(message(gettext_noop("凭证")))),
        "entry": entry,
        "programme": programme,
        "number": number_of(entry.source),
        "made_from": made_from(entry.source),
        "rows": [
            (row, KIND_LABELS[row.from_kind], KIND_LABELS[row.to_kind], places.get(row.place), lines.get(row.subject))
            for row in entry.postings
        ],
        "total": sum((row.amount for row in entry.postings), Money.zero(entry.postings[0].amount.currency)),
        "source_name": source_names.get(entry.fund_source, entry.fund_source),
        "who": accounts.name_in(
            accounts.names_by_ref(viewer=request.viewer, refs={entry.recorded_by}), entry.recorded_by
        ),
        "may_allot": {row.to_kind for row in entry.postings} == {AccountKind.ARRIVED}
        and request.viewer.may(FundPermission.POST, programme=entry.programme),
        "may_attach": all(
            any(request.viewer.may(one, programme=entry.programme) for one in either)
            for either in ((DocumentPermission.UPLOAD,), (FundPermission.POST, FundPermission.OVERRIDE))
        ),
        "proofs": documents.list_proofs(viewer=request.viewer, subject_type="ledger.entry", subject_id=entry.uuid),
        "may_reverse": entry.reversed_by is None
        and entry.reverses is None
        and request.viewer.may(FundPermission.REVERSE, programme=entry.programme),
        "shift": shift or _shift_form(request, entry, lines),
        "shifted": entry.source.id.partition(":")[0] if entry.source.kind == "funds.shift" else "",
        "reversing": reversing or ReasonForm(),
        "stood_upon": [
            (row, KIND_LABELS[row.kind]) for row in getattr(getattr(reversing, "told", None), "vouchers", ())
        ],
    }
    return render(request, "projects/entry.html", context, status=status_of(shift, reversing))


def _shift_form(
    request: Request, entry: EntryDetail, lines: Mapping[str, AllocationLine], given: Any = None
) -> ShiftForm | None:
    """Of an arrival that stands, for who may reverse and post it: each of its lines with what it brought for it."""
    may = (request.viewer.may(one, programme=entry.programme) for one in shifting.ACTS)
    arrived = {row.to_kind for row in entry.postings} == {AccountKind.ARRIVED}
    if not arrived or not lines or entry.reverses or entry.reversed_by or not all(may):
        return None
    had = [(line, total(row.amount for row in entry.postings if row.subject == one)) for one, line in lines.items()]
    return ShiftForm(given, lines=had)


@require_POST
def shift_arrival(request: Request, uuid: str) -> HttpResponse:
    """POST /funds/entries/<uuid>/shift: some of an arrival goes to another project, with the reason."""
    entry = postings.get_entry(viewer=request.viewer, uuid=ids.parse_id(uuid))
    lines = lines_by_subject(viewer=request.viewer, subjects={row.subject for row in entry.postings})
    form = _shift_form(request, entry, lines, request.POST)
    if form is None:
        raise Conflict(gettext_noop("这张凭证不能改给别的项目：它不是到位，或者已经冲正。请看凭证现在的样子。"))
    act: dict[str, Any] = {"by": request.viewer, "at": request.at, "entry": entry.uuid}
    posted = saved(request, form, lambda given: shifting.shift_arrival(**act, **given))
    if posted is None:
        return _entry(request, uuid, shift=form)
    messages.success(request, gettext("已改给 %(project)s：原凭证冲正，这一张代替它。") % form.cleaned_data)
    return redirect("entry", uuid=posted.uuid)


@require_POST
def attach(request: Request, uuid: str) -> HttpResponse:
    """POST /funds/entries/<uuid>/papers: one more paper of a voucher."""
    file = request.FILES.get("file")
    if file is None:
        raise BadInput(gettext_noop("还没有选文件。请选一份文件再上传。"), "documents.empty")
    services.attach_given(by=request.viewer, at=request.at, entry=ids.parse_id(uuid), file=file)
    messages.success(request, gettext("已附上 %(name)s。") % {"name": file.name})
    return redirect("entry", uuid=uuid)


@require_POST
def reverse_entry(request: Request, uuid: str) -> HttpResponse:
    """POST /funds/entries/<uuid>/reverse: mirror a mistaken entry, once, with the reason; or what to mirror first."""
    form = ReasonForm(request.POST)
    act: dict[str, Any] = {"by": request.viewer, "at": request.at, "entry": ids.parse_id(uuid)}
    mirror = saved(request, form, lambda given: services.reverse(**act, **given))
    if mirror is None:
        return _entry(request, uuid, reversing=form)
    messages.success(request, gettext("已冲正。原凭证保留，账上互相抵消。"))
    return redirect("entry", uuid=mirror.uuid)
