# SPDX-License-Identifier: Apache-2.0
"""Opening a month's round, reminding those who are late, closing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.campaigns.selectors import groups
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.rounds.models import GroupReport, ReportingRound
from shanhai.planning.rounds.states import IN_HAND, ROUND_MOVES, ReportState, RoundState


class ReportsMissing(Refused):
    """A round closes only when every report is accepted, or with a reason."""

    code = "rounds.reports_missing"


@transaction.atomic
def open_round(
    *, by: Actor, at: datetime, programme: str, year: int, month: int, opens_on: date, due_on: date
) -> ReportingRound:
    """Open the reports on a month: each group that is at work gets a draft.

    Raises Conflict, BadInput, Refused, NotVisible.
    """
    by.require(ProgrammePermission.MANAGE, programme=programme)

    found = programmes.get_programme(viewer=by, code=programme, lock=True)
    if not 1 <= month <= 12 or not found.starts_on.year <= year <= found.ends_on.year or due_on < opens_on:
        raise BadInput(
            gettext_noop("%(year)s 年 %(month)s 月（%(opens_on)s 至 %(due_on)s）不能开报。请核对月份和起止日期。"),
            "rounds.month_not_accepted",
            year=str(year)[:10],
            month=str(month)[:10],
            opens_on=opens_on.isoformat(),
            due_on=due_on.isoformat(),
        )
    if ReportingRound.objects.filter(programme=found, year=year, month=month).exists():
        raise Conflict(
            gettext_noop("%(year)s 年 %(month)s 月已经开报。请打开它。"),
            "rounds.round_already_there",
            year=str(year),
            month=str(month),
        )
    reporting = groups.list_groups(viewer=by, programme=programme)
    if not reporting:
        raise Refused(gettext_noop("还没有工作组，没有人可以填报。请先在“工作组”里登记。"), "rounds.nobody_to_report")

    opened = ReportingRound.objects.create(programme=found, year=year, month=month, opens_on=opens_on, due_on=due_on)
    GroupReport.objects.bulk_create(GroupReport(round=opened, group=group, moved_at=at) for group in reporting)
    facts = {"year": year, "month": month, "due_on": due_on.isoformat(), "groups": len(reporting)}
    _record(by, at, "opened", opened, facts)
    return opened


@transaction.atomic
def remind(*, by: Actor, at: datetime, round_uuid: UUID) -> int:
    """Remind every group whose turn it is (催报), and answer how many; it stands among what waits for its members.

    Raises Refused when all have reported or the round is closed, NotVisible.
    """
    found = _locked(by, round_uuid)

    late = found.reports.filter(state__in=[state.value for state in IN_HAND])
    count = late.update(reminded_at=at)
    if not count:
        raise Refused(gettext_noop("各组都已经报了，没有要催的。"), "rounds.nobody_to_report")

    _record(by, at, "reminded", found, {"groups": count})
    return count


@transaction.atomic
def close_round(*, by: Actor, at: datetime, round_uuid: UUID, because: str = "") -> ReportingRound:
    """Close a round for good; with reports that are not accepted only for a reason.

    Raises ReportsMissing, Refused, NotVisible.
    """
    found = _locked(by, round_uuid)

    require_move(ROUND_MOVES, RoundState(found.state), RoundState.CLOSED)
    because = because.strip()[:2000]
    open_reports = found.reports.exclude(state=ReportState.ACCEPTED).select_related("group").order_by("pk")
    missing = [report.group.name for report in open_reports]
    if missing and not because:
        raise ReportsMissing(
            gettext_noop("还有 %(count)s 个组没有通过：%(groups)s。请催报，或写明理由再结束。"),
            count=str(len(missing)),
            groups="、".join(missing[:20]),
        )

    found.state, found.closed_because = RoundState.CLOSED, because
    found.save(update_fields=["state", "closed_because"])
    _record(by, at, "closed", found, {"missing": missing}, because)
    return found


def _locked(by: Actor, round_uuid: UUID) -> ReportingRound:
    rows = ReportingRound.objects.visible_to(by).select_related("programme").select_for_update(of=("self",))
    found = rows.filter(uuid=round_uuid).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这一期月报。请从月报页重新进入。"))
    by.require(ProgrammePermission.MANAGE, programme=found.programme.code)
    if found.state == RoundState.CLOSED:
        raise Refused(gettext_noop("这一期月报已经结束，不再改动。"), "rounds.round_closed")
    return found


def _record(
    by: Actor, at: datetime, act: str, found: ReportingRound, changes: Mapping[str, object], because: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        action=f"rounds.round.{act}",
        subject_type="rounds.reportinground",
        subject_id=found.uuid,
        programme=found.programme.code,
        changes=changes,
        because=because,
    )
