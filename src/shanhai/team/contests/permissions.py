# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class ContestPermission(StrEnum):
    """Who sees contests, inspections and honours; who runs contests. To judge one has to be named in the round."""

    VIEW = "contest.view"
    MANAGE = "contest.manage"


class InspectionPermission(StrEnum):
    """Who has groups inspected, gives findings to their owners and closes them."""

    MANAGE = "inspection.manage"


class HonourPermission(StrEnum):
    """Who nominates; who decides, and reads objections."""

    NOMINATE = "honour.nominate"
    DECIDE = "honour.decide"
