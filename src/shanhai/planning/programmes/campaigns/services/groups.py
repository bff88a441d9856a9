# SPDX-License-Identifier: Apache-2.0
"""Work groups and their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts import selectors as accounts
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop, message
from shanhai.planning.programmes.core.rules import fields
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.models import GroupMember, WorkGroup
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.programmes.states import TaskState

NAME = message(gettext_noop("工作组名称"))
DUTY = message(gettext_noop("职责"))
MOST_MEMBERS = 100


@transaction.atomic
def add_group(*, by: Actor, at: datetime, programme: str, name: str, duty: str = "") -> WorkGroup:
    """Add a work group. Raises Conflict, BadInput, NotVisible."""
    by.require(ProgrammePermission.MANAGE, programme=programme)

    found = programmes.get_programme(viewer=by, code=programme, lock=True)

    name, duty = fields.checked_text(name, NAME, 60), fields.checked_text(duty, DUTY, 200, optional=True)
    _check_free(found.groups.filter(name=name).exists(), name)

    group = WorkGroup.objects.create(programme=found, name=name, duty=duty)
    _record(by, at, "added", group, {"name": name})
    return group


@transaction.atomic
def correct_group(*, by: Actor, at: datetime, group: UUID, name: str, duty: str = "") -> WorkGroup:
    """Give a group another name or duty. Raises Conflict, BadInput, NotVisible."""
    found = _locked(by, group)

    name, duty = fields.checked_text(name, NAME, 60), fields.checked_text(duty, DUTY, 200, optional=True)
    _check_free(found.programme.groups.filter(name=name).exclude(pk=found.pk).exists(), name)
    changes = {"name": [found.name, name], "duty": [found.duty, duty]}

    found.name, found.duty = name, duty
    found.save(update_fields=["name", "duty"])
    _record(by, at, "corrected", found, {key: pair for key, pair in changes.items() if pair[0] != pair[1]})
    return found


@transaction.atomic
def retire_group(*, by: Actor, at: datetime, group: UUID, on: date) -> WorkGroup:
    """Let a group rest: it keeps its past and gets no tasks. Raises Conflict, Refused, NotVisible."""
    found = _locked(by, group)

    if found.retired_on is not None:
        raise Conflict(
            gettext_noop("“%(group)s”已从 %(day)s 起停用。"),
            "programmes.group_already_retired",
            group=found.name,
            day=found.retired_on.isoformat(),
        )
    count = found.tasks.filter(state=TaskState.OPEN).count()
    if count:
        raise Refused(
            gettext_noop("“%(group)s”还有 %(count)s 项任务没有完成。请先把任务交给别的组，再停用。"),
            "programmes.group_at_work",
            group=found.name,
            count=str(count),
        )

    found.retired_on = on
    found.save(update_fields=["retired_on"])
    _record(by, at, "retired", found, {"retired_on": on.isoformat()})
    return found


@transaction.atomic
def choose_members(*, by: Actor, at: datetime, group: UUID, refs: Iterable[str]) -> WorkGroup:
    """Let just these users report for a group.

    Raises BadInput for who may not report in the programme, unless they belong to the group already; NotVisible.
    """
    found = _locked(by, group)

    programme = found.programme.code
    wanted = frozenset(refs)
    known = {
        one.ref for one in accounts.list_holders(permission=ProgrammePermission.REPORT_TASK, programme=programme, at=at)
    }
    before = set(found.members.values_list("ref", flat=True))
    if len(wanted) > MOST_MEMBERS or wanted - known - before:
        raise BadInput(
            gettext_noop("有人没有填报任务的岗位，不能加入“%(group)s”。请先请系统管理员给他岗位。"),
            "programmes.member_unknown",
            group=found.name,
        )

    found.members.filter(ref__in=before - wanted).delete()
    GroupMember.objects.bulk_create(GroupMember(group=found, ref=ref, since=at) for ref in sorted(wanted - before))
    if wanted != before:
        _record(by, at, "members_chosen", found, {"members": [sorted(before), sorted(wanted)]})
    return found


def _locked(by: Actor, group: UUID) -> WorkGroup:
    rows = WorkGroup.objects.visible_to(by).select_related("programme").select_for_update(of=("self",))
    found = rows.filter(uuid=group).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个工作组。请从计划页重新进入。"))
    by.require(ProgrammePermission.MANAGE, programme=found.programme.code)
    return found


def _check_free(taken: bool, name: str) -> None:
    if taken:
        raise Conflict(gettext_noop("已经有“%(name)s”了。请换一个名称。"), "programmes.group_already_there", name=name)


def _record(by: Actor, at: datetime, act: str, group: WorkGroup, changes: Mapping[str, object]) -> None:
    audit.record(
        by=by,
        at=at,
        action=f"programmes.group.{act}",
        subject_type="programmes.workgroup",
        subject_id=group.uuid,
        programme=group.programme.code,
        changes=changes,
    )
