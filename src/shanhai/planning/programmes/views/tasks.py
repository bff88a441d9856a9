# SPDX-License-Identifier: Apache-2.0
"""The reports on tasks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids
from shanhai.planning.programmes.forms.tasks import TaskReportForm
from shanhai.planning.programmes.services import tasks as writing


@require_POST
def report_task(request: Request, uuid: str) -> HttpResponse:
    """POST /programmes/tasks/<uuid>/report: how far a task has come."""
    form = TaskReportForm(request.POST)
    back = reverse("programmes:detail", args=[request.POST.get("programme", "-")])
    if not form.is_valid():
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect(back)
    task = writing.report_progress(
        by=request.viewer,
        at=request.at,
        task=ids.parse_id(uuid),
        progress_percent=form.cleaned_data["progress_percent"],
        note=form.cleaned_data["note"],
    )
    messages.success(
        request, gettext("已填报：%(task)s %(percent)s%%。") % {"task": task.name, "percent": task.progress_percent}
    )
    return redirect(back)
