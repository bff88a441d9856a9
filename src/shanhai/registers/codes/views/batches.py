# SPDX-License-Identifier: Apache-2.0
"""Batches of codes: given out, printed, activated, handed on, called back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, answered, saved, status_of
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Happening, Page
from shanhai.registers.codes import labels
from shanhai.registers.codes.covers.selectors import open_signals
from shanhai.registers.codes.covers.services import covered_sheet
from shanhai.registers.codes.forms import ActivateForm, IssueForm, PrintForm, RevokeForm, TransferForm
from shanhai.registers.codes.issue import services
from shanhai.registers.codes.issue.selectors.batches import (
    BatchPage,
    get_batch,
    get_code,
    list_batches,
    list_codes,
    states_of,
    word_for,
)
from shanhai.registers.codes.issue.selectors.sheets import label_png, label_svg
from shanhai.registers.codes.models import CodeBatch
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.states import CodeState
from shanhai.registers.organisations.selectors import list_organisations

CODES = message(gettext_noop("一码"))
# As many organisations as a browser offers well while a name is typed.
_OFFERED = 1000


@require_safe
def batch_list(request: Request) -> HttpResponse:
    """GET /codes/: the batches that the viewer sees, the latest first, and how many signals wait."""
    require_some(request)
    programme = request.GET.get("programme", "")
    page = Page.of(list_batches(viewer=request.viewer, programme=programme), request.GET.get("page", ""), 20)
    states = states_of(page.rows)
    context = {
        "crumbs": (TODAY, Crumb(CODES)),
        "title": CODES,
        "rows": [(one, word_for(one), counted(states.get(one.pk, {}))) for one in page.rows],
        "page": page,
        "signals": open_signals(viewer=request.viewer, programme=programme or None).count(),
        "may_issue": request.viewer.may_somewhere(CodePermission.ISSUE),
        "may_view": request.viewer.may_somewhere(CodePermission.VIEW),
    }
    return render(request, "codes/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_batch(request: Request) -> HttpResponse:
    """GET and POST /codes/new: give out codes."""
    require_some(request)
    if not request.viewer.may_somewhere(CodePermission.ISSUE):
        raise NotAllowed(gettext_noop("您的岗位不发码。需要时请向指挥部办公室申请。"))
    sent = request.POST if request.method == "POST" else None
    form = IssueForm(sent, viewer=request.viewer, programme=request.GET.get("programme", ""))

    def save(given: dict[str, Any]) -> CodeBatch:
        organisation = _organisation(request, given.pop("organisation"), "organisation")
        return services.issue(**given, organisation=organisation, by=request.viewer, at=request.at)

    if sent is not None and (made := saved(request, form, lambda given: save(dict(given)))):
        messages.success(request, gettext("已发 %(count)s 个码。") % {"count": made.count})
        return redirect("codes:batch", uuid=made.uuid)
    crumbs = (TODAY, Crumb(CODES, reverse("codes:list")), Crumb(message(gettext_noop("发码"))))
    context = {"crumbs": crumbs, "form": form, "organisations": _organisations(request)}
    return render(request, "codes/new.html", context, status=status_of(form))


@require_safe
def batch_page(request: Request, uuid: str) -> HttpResponse:
    """GET /codes/<uuid>/: a batch, its codes, its history."""
    return _page(request, uuid, "")


@require_POST
def act_on(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /codes/<uuid>/<act>: print, activate, transfer or revoke a run of the batch."""
    return _page(request, uuid, act)


def _page(request: Request, uuid: str, act: str) -> HttpResponse:
    page = get_batch(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, answer = answered(request, _acts(request, page), act, lambda made: _then(page, made))
    if answer is not None:
        return answer
    batch, text = page.batch, request.GET.get("text", "")
    codes = Page.of(list_codes(viewer=request.viewer, batch=batch, text=text), request.GET.get("page", ""), 20)
    refs = {batch.issued_by, *(one.by for one in page.moves), *(one.by for one in page.transfers)}
    names = accounts.names_by_ref(viewer=request.viewer, refs=refs)
    context = {
        "crumbs": (TODAY, Crumb(CODES, reverse("codes:list")), Crumb(word_for(batch))),
        "batch": batch,
        "kind": word_for(batch),
        "by": names.get(batch.issued_by, batch.issued_by),
        "states": counted(page.states),
        "holders": page.holders,
        "codes": [(one, *labels.CODES[CodeState(one.state)]) for one in codes.rows],
        "page": codes,
        "text": text,
        "happenings": _happenings(page, names),
        "organisations": _organisations(request) if drawn else (),
        **{f"{name}_form": form for name, form in drawn.items()},
    }
    return render(request, "codes/batch.html", context, status=status_of(*drawn.values()))


@require_safe
def label(request: Request, uuid: str, number: int, form: str) -> HttpResponse:
    """GET /codes/<uuid>/<number>.svg or .png: one label, as it was printed but for its cover."""
    code = get_code(viewer=request.viewer, uuid=ids.parse_id(uuid), number=number)
    made, kind = (label_svg(code), "image/svg+xml") if form == "svg" else (label_png(code), "image/png")
    return HttpResponse(made, content_type=kind)


def require_some(request: Request) -> None:
    """Raise NotVisible for who may neither see nor issue codes anywhere."""
    if not any(request.viewer.may_somewhere(one) for one in CodePermission):
        raise NotVisible(gettext_noop("没有找到这一页。"))


def counted(states: dict[str, int] | Any) -> list[tuple[str, str, int]]:
    """How many codes are in each state, with its mark and word, in the order of their way."""
    return [(*labels.CODES[state], states[state]) for state in CodeState if states.get(state)]


def _acts(request: Request, page: BatchPage) -> dict[str, Act]:
    if not page.may_act:
        return {}
    batch = page.batch
    sheet = covered_sheet if batch.covered else services.sheet_pdf
    run = {"count": batch.count}
    here: dict[str, Any] = {"batch": batch.uuid}

    def hand_on(*, taker: str, **given: Any) -> int:
        return services.transfer(**here, taker=_organisation(request, taker, "taker"), **given)

    return {
        "print": Act(lambda data: PrintForm(data, **run), lambda **given: sheet(**here, **given)),
        "activate": Act(
            lambda data: ActivateForm(data, **run),
            lambda **given: services.activate(**here, **given),
            gettext_noop("已启用。"),
        ),
        "transfer": Act(lambda data: TransferForm(data, **run), hand_on, gettext_noop("已移交给“%(taker)s”。")),
        "revoke": Act(
            lambda data: RevokeForm(data, **run),
            lambda **given: services.revoke(**here, **given),
            gettext_noop("已作废。"),
        ),
    }


def _happenings(page: BatchPage, names: Mapping[str, str]) -> list[Happening]:
    """The way of the codes, the latest first."""
    found = [
        Happening(
            one.at,
            f"{one.first}–{one.last} · {names.get(one.by, one.by)}",
            *labels.CODES[CodeState(one.new)],
            note=one.because,
        )
        for one in page.moves
    ]
    for one in page.transfers:
        said = f"{one.first}–{one.last} · {one.giver} → {one.taker} · {names.get(one.by, one.by)}"
        found.append(Happening(one.at, said, "done", gettext_noop("移交码"), note=one.because))
    batch = page.batch
    by = names.get(batch.issued_by, batch.issued_by)
    found.append(Happening(batch.issued_at, f"1–{batch.count} · {by}", "done", gettext_noop("发码")))
    return sorted(found, key=lambda one: one.on, reverse=True)


def _then(page: BatchPage, made: Any) -> HttpResponse:
    if not isinstance(made, bytes):
        return redirect("codes:batch", uuid=page.batch.uuid)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="labels-{str(page.batch.uuid)[:8]}.pdf"'
    # A covered code is not to lie in anybody's cache.
    answer["Cache-Control"] = "no-store"
    return answer


def _organisation(request: Request, name: str, field: str) -> Any:
    found = list_organisations(viewer=request.viewer).filter(name=name.strip()).first()
    if found is None:
        text = gettext_noop("没有登记叫“%(name)s”的单位。请从列表中选，或先到“单位”登记。")
        raise BadInput(text, "codes.organisation_unknown", field=field, name=name[:60])
    return found


def _organisations(request: Request) -> list[str]:
    return list(list_organisations(viewer=request.viewer).values_list("name", flat=True)[:_OFFERED])
