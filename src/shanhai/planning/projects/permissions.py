# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class ProjectPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    VIEW = "project.view"
    MANAGE = "project.manage"
    MOVE = "project.move"
    CORRECT = "project.correct"
    IMPORT = "project.import"
    WAIVE_GATE = "gate.waive"
