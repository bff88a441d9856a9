# SPDX-License-Identifier: Apache-2.0
"""The states of jobs in words."""

from django.utils.translation import gettext_lazy as _

from shanhai.base.jobs.states import JobState

STATES = {
    JobState.QUEUED: _("等着开始"),
    JobState.RUNNING: _("正在做"),
    JobState.DONE: _("做完了"),
    JobState.FAILED: _("没有做成"),
}
