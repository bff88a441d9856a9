# SPDX-License-Identifier: Apache-2.0
"""Words that several pages of programmes share."""

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb

TODAY = Crumb(message(gettext_noop("今日")), "/")
PLANS = gettext_noop("计划")
