# SPDX-License-Identifier: Apache-2.0
"""The roles, as a person would describe them. A user holds a role within a scope: see ``models.RoleGrant``.

Permissions are named by their keys, since most belong to apps above; start-up refuses a key that no app has.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_LOOK = frozenset(
    {
        "programme.view",
        "project.view",
        "return.view",
        "fund.view",
        "document.view",
        "evidence.view",
        "bulletin.view",
        "sensor.view",
        "hazard.view",
        "trace.view",
        "code.view",
        "secondment.view",
        "contest.view",
        "visit.view",
    }
)


class Role:
    """A named set of permissions.

    ``bound_to`` is what a grant of it must name; who holds it in all programmes is given that by saying so.
    """

    key: ClassVar[str]
    name: ClassVar[Promise]
    description: ClassVar[Promise]
    permissions: ClassVar[frozenset[str]]
    bound_to: ClassVar[tuple[str, ...]] = ("programme",)


class Commander(Role):
    key = "commander"
    name = _("指挥长、副指挥长")
    description = _("看全部，定计划，推动项目，导入报表；不直接记账。")
    permissions = _LOOK | {
        "programme.manage", "project.manage", "project.move", "project.correct", "project.import", "return.submit",
        "document.upload", "person.view", "audit.view", "task.report", "gate.waive", "adjustment.propose",
        "adjustment.approve", "handover.manage", "handover.waive", "fund.override", "evidence.manage",
        "evaluation.decide", "bulletin.write", "bulletin.approve", "iati.publish", "secondment.check",
        "leave.ask", "leave.command", "vehicle.ask", "integrity.own", "integrity.countersign", "health.own",
        "health.figures", "honour.nominate", "honour.decide", "visit.approve",
    }  # fmt: skip


class Office(Role):
    key = "office"
    name = _("指挥部办公室")
    description = _("管计划、项目、报表和通讯录。")
    permissions = _LOOK | {
        "programme.manage", "project.manage", "project.move", "project.correct", "project.import", "return.submit",
        "document.upload", "person.view", "person.manage", "organisation.manage", "place.manage", "task.report",
        "adjustment.propose", "handover.manage", "evidence.manage", "bulletin.write", "iati.publish", "sensor.manage",
        "trace.manage", "code.issue", "secondment.manage", "secondment.check",
        "leave.ask", "leave.office", "vehicle.ask", "vehicle.dispatch", "integrity.own", "health.own",
        "contest.manage", "inspection.manage", "honour.nominate", "visit.manage",
    }  # fmt: skip


class PersonnelOfficer(Role):
    key = "personnel_officer"
    name = _("人事干部")
    description = _("管选派：岗位、推荐、派出、接替，登记带教。")
    permissions = frozenset(
        {
            "programme.view", "secondment.view", "secondment.manage", "person.view", "person.manage",
            "organisation.manage", "document.view", "document.upload", "leave.ask", "vehicle.ask", "integrity.own",
            "health.own", "contest.view", "honour.nominate",
        }
    )  # fmt: skip


class WorkGroupLead(Role):
    key = "work_group_lead"
    name = _("工作组组长")
    description = _("报本组任务进展，上传证明材料。")
    permissions = _LOOK | {
        "task.report", "document.upload", "person.view", "leave.ask", "leave.lead", "vehicle.ask", "integrity.own",
        "integrity.countersign", "health.own", "honour.nominate",
    }  # fmt: skip


class Secondee(Role):
    key = "secondee"
    name = _("援派人员")
    description = _("请假、用车，签责任书，填健康表，登记自己的带教；看队伍。")
    permissions = frozenset(
        {
            "programme.view", "secondment.view", "leave.ask", "vehicle.ask", "integrity.own", "health.own",
            "contest.view", "visit.view",
        }
    )  # fmt: skip


class VehicleDispatcher(Role):
    key = "vehicle_dispatcher"
    name = _("车辆调度员")
    description = _("登记车辆，派车，收车，记公里和油。")
    permissions = frozenset({"programme.view", "secondment.view", "person.view", "vehicle.dispatch"})


class DisciplineOfficer(Role):
    key = "discipline_officer"
    name = _("纪检干部")
    description = _("看责任书签了没有、重大事项报了没有，管行前教育和事件；看不到任何人的健康。")
    permissions = frozenset(
        {
            "programme.view",
            "secondment.view",
            "person.view",
            "integrity.discipline",
            "contest.view",
            "inspection.manage",
        }
    )


class HealthKeeper(Role):
    key = "health_keeper"
    name = _("健康管理员")
    description = _("看队员的健康清单和健康表，定模板；看不到重大事项和事件。")
    permissions = frozenset({"programme.view", "secondment.view", "person.view", "health.keep", "health.figures"})


class InformationOfficer(Role):
    key = "information_officer"
    name = _("信息员")
    description = _("收公开报道，核出数字，写报告，登记宣传和典型案例。")
    permissions = _LOOK | {"evidence.manage", "bulletin.write", "document.upload", "person.view"}


class CountyUser(Role):
    key = "county_user"
    name = _("受援县工作人员")
    description = _("看本县的项目和资金，报本县的数。")
    permissions = _LOOK | {
        "project.move", "project.import", "return.submit", "document.upload", "adjustment.propose", "secondment.ask",
        "secondment.confirm",
    }  # fmt: skip
    bound_to = ("programme", "place")


class StationEngineer(Role):
    key = "station_engineer"
    name = _("监测技术员")
    description = _("登记监测站和设备，发凭证，看设备是否正常。")
    # Stations come from sheets, which are kept as documents.
    permissions = frozenset(
        {
            "programme.view", "sensor.view", "sensor.write", "sensor.manage", "person.view", "document.upload",
            "hazard.view", "hazard.manage",
        }
    )  # fmt: skip


class DutyOfficer(Role):
    key = "duty_officer"
    name = _("防灾值班员")
    description = _("值班：看哪里在动，建议级别，派巡查，演练，交接班。")
    permissions = frozenset({"programme.view", "sensor.view", "person.view", "hazard.view", "hazard.duty"})


class ConsultationLead(Role):
    key = "consultation_lead"
    name = _("会商负责人")
    description = _("主持会商：定级别，解除预警，批阈值。")
    permissions = frozenset(
        {"programme.view", "sensor.view", "person.view", "hazard.view", "hazard.duty", "hazard.confirm"}
    )


class TraceRecorder(Role):
    key = "trace_recorder"
    name = _("溯源记录员")
    description = _("给合作社、屠宰场、检测机构记每一步，印码。")
    permissions = frozenset({"programme.view", "trace.record", "code.issue", "document.upload"})


class TraceInspector(Role):
    key = "trace_inspector"
    name = _("溯源监管员")
    description = _("查每一批从哪里来、到哪里去，召回，演练。")
    permissions = frozenset({"programme.view", "trace.view", "trace.inspect", "code.view", "person.view"})


class Finance(Role):
    key = "finance"
    name = _("财务")
    description = _("记到位、核拨、支付，冲正错账。")
    permissions = _LOOK | {"fund.post", "fund.reverse", "document.upload"}


class OriginalApprover(Role):
    key = "original_approver"
    name = _("原审批部门")
    description = _("看项目和资金，审批较大的调整。")
    permissions = _LOOK | {"adjustment.approve_as_original"}


class Auditor(Role):
    key = "auditor"
    name = _("审计")
    description = _("什么都能看，什么都不能改。")
    permissions = _LOOK | {"audit.view", "person.view"}


class Administrator(Role):
    key = "administrator"
    name = _("系统管理员")
    description = _("管账号和岗位，看操作记录；不看项目和资金。")
    permissions = frozenset({"user.manage", "audit.view"})
    bound_to = ()


ROLES: dict[str, type[Role]] = {role.key: role for role in Role.__subclasses__()}


def require_whole(roles: Iterable[type[Role]], permissions: Iterable[str]) -> None:
    """Raise ImproperlyConfigured for a permission that no role holds, and for one of a role that is none of them."""
    declared, held = set(permissions), {permission for role in roles for permission in role.permissions}
    if unheld := sorted(declared - held):
        raise ImproperlyConfigured(f"no role holds {', '.join(unheld)}")
    if unknown := sorted(held - declared):
        raise ImproperlyConfigured(f"roles hold what is no permission: {', '.join(unknown)}")
