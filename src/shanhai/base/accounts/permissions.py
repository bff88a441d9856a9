# SPDX-License-Identifier: Apache-2.0
"""Every permission there is, by the thing it is about. Roles (``roles.py``) say who holds which."""

from enum import StrEnum


class Permission(StrEnum):
    """A permission; it always holds within a scope (a programme, a place, or everywhere)."""

    PROGRAMME_VIEW = "programme.view"
    PROGRAMME_MANAGE = "programme.manage"
    TASK_REPORT = "task.report"

    PROJECT_VIEW = "project.view"
    PROJECT_MANAGE = "project.manage"
    PROJECT_MOVE = "project.move"
    PROJECT_IMPORT = "project.import"
    GATE_WAIVE = "gate.waive"

    ADJUSTMENT_PROPOSE = "adjustment.propose"
    ADJUSTMENT_APPROVE = "adjustment.approve"
    # Held by the body that approved the project in the first place.
    ADJUSTMENT_APPROVE_AS_ORIGINAL = "adjustment.approve_as_original"

    HANDOVER_MANAGE = "handover.manage"
    HANDOVER_WAIVE = "handover.waive"

    RETURN_VIEW = "return.view"
    RETURN_SUBMIT = "return.submit"

    FUND_VIEW = "fund.view"
    FUND_POST = "fund.post"
    FUND_REVERSE = "fund.reverse"
    # Allots although a share falls below its floor.
    FUND_OVERRIDE = "fund.override"

    DOCUMENT_VIEW = "document.view"
    DOCUMENT_UPLOAD = "document.upload"

    PLACE_MANAGE = "place.manage"
    ORGANISATION_MANAGE = "organisation.manage"
    PERSON_VIEW = "person.view"
    PERSON_MANAGE = "person.manage"

    AUDIT_VIEW = "audit.view"
    USER_MANAGE = "user.manage"
