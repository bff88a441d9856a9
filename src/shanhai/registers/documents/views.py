# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from functools import partial

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, ReasonForm, answered, status_of
from shanhai.kernel import ids
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.registers.documents import selectors as documents
from shanhai.registers.documents.services import withdraw_proof


@require_safe
def download(request: Request, uuid: str) -> FileResponse:
    """The file itself, always as an attachment: nothing people upload is ever shown as a page of ours."""
    name, kind, content = documents.open_document(viewer=request.viewer, uuid=ids.parse_id(uuid))
    return FileResponse(content, as_attachment=True, filename=name, content_type=kind.media_type)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: Request, uuid: str) -> HttpResponse:
    """GET and POST /documents/proofs/<uuid>/withdraw: take back that a file proves something, and why."""
    proof = documents.get_proof(viewer=request.viewer, uuid=ids.parse_id(uuid))
    if not documents.may_withdraw(request.viewer, proof):
        raise NotAllowed(gettext_noop("这份材料由传的人或者指挥部办公室撤回。请找他们办。"))
    back = (request.POST or request.GET).get("back", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    take_back = partial(withdraw_proof, by=request.viewer, at=request.at, proof=proof.uuid)
    drawn, went = answered(
        request,
        {"form": Act(ReasonForm, take_back, gettext_noop("已撤回“%(name)s”。"))},
        "form",
        lambda _: redirect(back),
        name=proof.label,
    )
    context = {"crumbs": (TODAY, Crumb(message(gettext_noop("撤回材料")))), "proof": proof, "back": back, **drawn}
    return went or render(request, "documents/withdraw.html", context, status=status_of(drawn["form"]))
