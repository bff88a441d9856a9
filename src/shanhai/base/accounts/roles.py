# SPDX-License-Identifier: Apache-2.0
"""The roles, as a person would describe them. A user holds a role within a scope: see ``models.RoleGrant``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shanhai.base.accounts.permissions import Permission as P

_LOOK = frozenset({P.PROGRAMME_VIEW, P.PROJECT_VIEW, P.RETURN_VIEW, P.FUND_VIEW, P.DOCUMENT_VIEW})


class Role:
    """A named set of permissions."""

    key: ClassVar[str]
    name: ClassVar[Promise]
    description: ClassVar[Promise]
    permissions: ClassVar[frozenset[P]]


class Commander(Role):
    key = "commander"
    name = _("指挥长、副指挥长")
    description = _("看全部，定计划，推动项目，导入报表；不直接记账。")
    permissions = _LOOK | {
        P.PROGRAMME_MANAGE, P.PROJECT_MANAGE, P.PROJECT_MOVE, P.PROJECT_IMPORT, P.RETURN_SUBMIT, P.DOCUMENT_UPLOAD,
        P.PERSON_VIEW, P.AUDIT_VIEW, P.TASK_REPORT, P.GATE_WAIVE, P.ADJUSTMENT_PROPOSE, P.ADJUSTMENT_APPROVE,
        P.HANDOVER_MANAGE, P.HANDOVER_WAIVE, P.FUND_OVERRIDE,
    }  # fmt: skip


class Office(Role):
    key = "office"
    name = _("指挥部办公室")
    description = _("管计划、项目、报表和通讯录。")
    permissions = _LOOK | {
        P.PROGRAMME_MANAGE, P.PROJECT_MANAGE, P.PROJECT_MOVE, P.PROJECT_IMPORT, P.RETURN_SUBMIT, P.DOCUMENT_UPLOAD,
        P.PERSON_VIEW, P.PERSON_MANAGE, P.ORGANISATION_MANAGE, P.PLACE_MANAGE, P.TASK_REPORT, P.ADJUSTMENT_PROPOSE,
        P.HANDOVER_MANAGE,
    }  # fmt: skip


class WorkGroupLead(Role):
    key = "work_group_lead"
    name = _("工作组组长")
    description = _("报本组任务进展，上传证明材料。")
    permissions = _LOOK | {P.TASK_REPORT, P.DOCUMENT_UPLOAD, P.PERSON_VIEW}


class CountyUser(Role):
    key = "county_user"
    name = _("受援县工作人员")
    description = _("看本县的项目和资金，报本县的数。")
    permissions = _LOOK | {P.PROJECT_MOVE, P.RETURN_SUBMIT, P.DOCUMENT_UPLOAD, P.ADJUSTMENT_PROPOSE}


class Finance(Role):
    key = "finance"
    name = _("财务")
    description = _("记到位、核拨、支付，冲正错账。")
    permissions = _LOOK | {P.FUND_POST, P.FUND_REVERSE, P.DOCUMENT_UPLOAD}


class OriginalApprover(Role):
    key = "original_approver"
    name = _("原审批部门")
    description = _("看项目和资金，审批较大的调整。")
    permissions = _LOOK | {P.ADJUSTMENT_APPROVE_AS_ORIGINAL}


class Auditor(Role):
    key = "auditor"
    name = _("审计")
    description = _("什么都能看，什么都不能改。")
    permissions = _LOOK | {P.AUDIT_VIEW, P.PERSON_VIEW}


class Administrator(Role):
    key = "administrator"
    name = _("系统管理员")
    description = _("管账号和岗位，看操作记录；不看项目和资金。")
    permissions = frozenset({P.USER_MANAGE, P.AUDIT_VIEW})


ROLES: dict[str, type[Role]] = {
    role.key: role
    for role in (Commander, Office, WorkGroupLead, CountyUser, Finance, OriginalApprover, Auditor, Administrator)
}


def require_whole(roles: Iterable[type[Role]], permissions: Iterable[str]) -> None:
    """Raise ImproperlyConfigured for a permission that no role holds, and for one of a role that is none of them."""
    declared, held = set(permissions), {permission for role in roles for permission in role.permissions}
    if unheld := sorted(declared - held):
        raise ImproperlyConfigured(f"no role holds {', '.join(unheld)}")
    if unknown := sorted(held - declared):
        raise ImproperlyConfigured(f"roles hold what is no permission: {', '.join(unknown)}")
