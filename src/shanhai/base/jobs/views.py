# SPDX-License-Identifier: Apache-2.0
"""How a job stands, asked again every second while it runs."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.jobs import labels, selectors
from shanhai.base.jobs.models import Job
from shanhai.base.jobs.selectors import list_daily
from shanhai.base.jobs.states import JobState
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Status

JOBS = message(gettext_noop("后台任务"))
STATUSES: dict[str, Status] = {
    JobState.QUEUED: "wait",
    JobState.RUNNING: "ok",
    JobState.DONE: "done",
    JobState.FAILED: "stop",
}


@require_safe
def job_list(request: Request) -> HttpResponse:
    """GET /jobs/: the viewer's latest jobs."""
    jobs = [(job, *_words(job)) for job in selectors.list_jobs(viewer=request.viewer)]
    context = {"crumbs": (TODAY, Crumb(JOBS)), "jobs": jobs, "daily": list_daily(viewer=request.viewer)}
    return render(request, "jobs/list.html", context)


@require_safe
def job_page(request: Request, uuid: str) -> HttpResponse:
    """GET /jobs/<uuid>/: how far it is; for htmx the part that changes, and the way to the outcome when it is there."""
    job = selectors.get_job(viewer=request.viewer, uuid=ids.parse_id(uuid))
    status, words = _words(job)
    context = {"crumbs": (TODAY, Crumb(JOBS, reverse("jobs:list")), Crumb(job.label)), "job": job}
    context |= {"status": status, "words": words}
    if not request.htmx:
        return render(request, "jobs/detail.html", context)
    answer = render(request, "jobs/_job.html", context)
    if job.url:
        answer["HX-Redirect"] = job.url
    return answer


def _words(job: Job) -> tuple[Status, Promise | str]:
    return STATUSES[job.state], labels.STATES[JobState(job.state)]
