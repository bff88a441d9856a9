# SPDX-License-Identifier: Apache-2.0
"""How the stages of a project look on its pages."""

from __future__ import annotations

from shanhai.kernel.parts import Status
from shanhai.planning.projects.states import FINISHED, NOT_STARTED, Stage

STATUS: dict[Stage, Status] = {Stage.SUSPENDED: "rest", Stage.CANCELLED: "stop"}
STANDING: dict[Stage, Status] = {
    **dict.fromkeys(NOT_STARTED, "wait"), **dict.fromkeys(FINISHED, "done"), Stage.UNDER_WAY: "ok", **STATUS,
}  # fmt: skip
