# SPDX-License-Identifier: Apache-2.0
"""The states of jobs in words."""

from django.utils.translation import gettext_lazy as _

from shanhai.base.jobs.states import JobState
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

STATES = {
    JobState.QUEUED: _("等着开始"),
    JobState.RUNNING: _("正在做"),
    JobState.DONE: _("做完了"),
    JobState.FAILED: _("没有做成"),
}

AREA = Area(
    "jobs",
    message(gettext_noop("后台任务")),
    {
        "jobs.job.started": gettext_noop("开始后台任务"),
        "jobs.job.queued_again": gettext_noop("后台任务中断，重新排队"),
        "jobs.job.given_up": gettext_noop("后台任务几次中断，不再重试"),
    },
    words={"state": (STATES,)},
)
