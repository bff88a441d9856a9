# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class VisitPermission(StrEnum):
    """Who sees visits; who arranges them and reads the names; who approves."""

    VIEW = "visit.view"
    MANAGE = "visit.manage"
    APPROVE = "visit.approve"
