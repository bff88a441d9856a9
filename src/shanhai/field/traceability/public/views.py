# SPDX-License-Identifier: Apache-2.0
"""The page behind a code for whoever scans it, and the form to report a problem: no account, no script."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.field.traceability.chains.selectors.products import definition_of, facts_of, measured_of
from shanhai.field.traceability.labels import PAPERS
from shanhai.field.traceability.public.forms import ProblemForm
from shanhai.field.traceability.public.selectors import public_page
from shanhai.field.traceability.recalls.selectors.things import find_thing, is_in_sight, path_of
from shanhai.field.traceability.recalls.services.problems import report_problem
from shanhai.field.traceability.states import ReportKind
from shanhai.kernel import ids
from shanhai.kernel.errors import NotVisible
from shanhai.registers.codes.covers.selectors import asked_from, label_of


@login_not_required
@require_safe
@never_cache
def page(request: Request, code: str) -> HttpResponse:
    """GET /trace/c/<code>/: what is known of it; of a code that nobody knows, what that may mean."""
    try:
        shown = public_page(code=code)
    except NotVisible:
        return render(request, "trace_public/unknown.html", {"code": code[:100]}, status=404)
    names, notice = shown.definition.get("names") or {}, shown.definition.get("notice") or {}
    path = f"/{path_of(shown.thing.identifier)}"
    label = label_of(path=path)
    lot = shown.thing.lot
    definition = definition_of(lot.product_class) if lot else None
    context = {
        "shown": shown,
        "facts": facts_of(lot, definition) if lot and definition else (),
        "tests": [
            (one, *PAPERS[ReportKind(one.kind), one.passed], measured_of(one, definition) if definition else ())
            for one in shown.tests
        ],
        "thing": shown.thing,
        "name": said(names),
        "notice": said(notice),
        "not_food": shown.definition.get("ordinary_food") is False,
        "within": is_in_sight(viewer=request.viewer, code=shown.thing.code),
        # By what /reveal/ knows a label that has a covered code.
        "revealed_as": path if label.covered else "",
        "revoked": label.revoked,
    }
    return render(request, "trace_public/page.html", context)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def problem(request: Request, code: str) -> HttpResponse:
    """/trace/problem/<code>/: the form; POST keeps a report, and the same form again changes nothing."""
    try:
        thing = find_thing(viewer=None, text=code)
    except NotVisible:
        return render(request, "trace_public/unknown.html", {"code": code[:100]}, status=404)
    form = ProblemForm(request.POST or None, initial={"form_id": ids.new_id()})
    if request.method == "POST":
        save = partial(report_problem, thing=thing, address=asked_from(request), by=request.viewer, at=request.at)
        if saved(request, form, lambda given: save(**given)) is not None:
            messages.success(request, gettext("收到了，监管员会去查。谢谢您。"))
            return redirect("trace-public:page", code=thing.code)
    return render(request, "trace_public/problem.html", {"thing": thing, "form": form}, status=status_of(form))


def said(names: dict[str, str]) -> str:
    """The name in the reader's language, else in Chinese; "" where there is none."""
    return names.get(get_language() or "") or names.get("zh-hans") or ""
