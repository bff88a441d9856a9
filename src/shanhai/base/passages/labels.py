# SPDX-License-Identifier: Apache-2.0
"""The words of passages for people."""

from __future__ import annotations

from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Area

AREA = Area("passages", message(gettext_noop("段落")), {})
