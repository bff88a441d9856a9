# SPDX-License-Identifier: Apache-2.0
"""Early warnings that nobody has acted on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from django.urls import reverse

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.values import THE_OFFICE, Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.warnings.selectors.warnings import WarningFilters, WarningRow, stream_warnings
from shanhai.planning.warnings.states import Severity, WarningState
from shanhai.registers.places.selectors.divisions import find_divisions


def list_open_warnings(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Warnings of what has been so since ``until`` or before, on which nobody has acted; notices hold nobody back.

    Two queries.
    """
    found = stream_warnings(viewer=viewer, programme=programme, filters=WarningFilters(state=WarningState.OPEN))
    rows = [row for row in found if row.since_on <= until and row.rule.severity is not Severity.NOTICE]
    names = {code: place.name for code, place in find_divisions(row.place for row in rows).items()}
    for row in rows:
        yield Cause(
            kind=ItemKind.OPEN_WARNING,
            subject_type="warnings.earlywarning",
            subject_id=str(row.uuid),
            label=f"{row.label} · {row.rule.say(row.rule.title)}",
            url=reverse("warnings:detail", args=[row.uuid]),
            responsible=_whose_turn(row, names.get(row.place, "")),
            place=row.place,
            since=row.since_on,
        )


def _whose_turn(row: WarningRow, county: str) -> Responsible:
    """The county for what counties report; money is the finance's, the rest the office's."""
    if row.rule.acts == Permission.FUND_POST:
        return Responsible(ResponsibleKind.GROUP, "财务")
    if row.rule.acts == Permission.PROJECT_MOVE and county:
        return Responsible(ResponsibleKind.ORGANISATION, county)
    return THE_OFFICE
