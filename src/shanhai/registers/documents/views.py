# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, NotAllowed
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
    refusal = None
    if request.method == "POST":
        try:
            withdraw_proof(by=request.viewer, at=request.at, proof=proof.uuid, because=request.POST.get("because", ""))
        except BadInput as error:
            refusal = error.message
        else:
            messages.success(request, gettext("已撤回“%(name)s”。") % {"name": proof.label})
            return redirect(back)
    crumbs = (TODAY, Crumb(message(gettext_noop("撤回材料"))))
    context = {"crumbs": crumbs, "proof": proof, "back": back, "refusal": refusal}
    return render(request, "documents/withdraw.html", context, status=422 if refusal else 200)
