# SPDX-License-Identifier: Apache-2.0
"""The newest line of every county: what the counties say as of a day, from as many returns as it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce

from shanhai.base.database.selectors import within
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.page_memory import remembered
from shanhai.kernel.units import UNITS
from shanhai.planning.returns.models import Finding, Return, ReturnRow
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.planning.returns.values.findings import Severity
from shanhai.planning.returns.values.tables import COUNTY, Table

NO_SOURCE = gettext_noop("没有说明资金来源，所以没有记账。请撤回后选定资金来源再报。")


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest lines, the total that belongs to just these lines if there is one, and the open findings on them."""

    counties: tuple[ReturnRow, ...] = ()
    total: ReturnRow | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def lines(self) -> tuple[ReturnRow, ...]:
        """All of them, the total last."""
        return (*self.counties, self.total) if self.total else self.counties


@remembered
def newest_lines(*, viewer: Actor, scope: FigureScope) -> Newest:
    """What the viewer may see of the counties' newest returns in the scope; empty when there are none. Two queries.

    Returns are cumulative within a year, so only those of one year stand together: of ``scope.year``, or else of the
    year of the newest.
    """
    rows = ReturnRow.objects.visible_to(viewer).filter(
        within(scope.place),
        report__programme__code=scope.programme,
        report__cut_off_on__lte=scope.as_of,
    )
    chosen = _first_of_each(rows.newest_first(scope.year))
    if not chosen:
        return Newest()
    counties = tuple(row for row in chosen if not row.is_total)
    total = next((row for row in chosen if row.is_total), None)
    if total is not None and any(row.report_id != total.report_id for row in counties):
        chosen, total = list(counties), None
    stored = Finding.objects.open().filter(row__in=[row.pk for row in chosen]).select_related("row")
    return Newest(
        counties=tuple(sorted(counties, key=lambda row: (row.place, row.pk))),
        total=total,
        findings=tuple(stored.worst_first()),
    )


def stated_table(report: Return, rows: Iterable[ReturnRow]) -> Table:
    """The table that stored ``rows`` make, the total among them set apart."""
    stated = list(rows)
    total = next((row.numbers for row in stated if row.is_total), None)
    return Table(COUNTY, tuple(row.numbers for row in stated if not row.is_total), total, UNITS[report.unit])


def _first_of_each(rows: Iterable[ReturnRow]) -> list[ReturnRow]:
    found: dict[tuple[str, bool], ReturnRow] = {}
    year = None
    for row in rows:
        year = year or row.report.cut_off_on.year
        if row.report.cut_off_on.year != year:
            break
        found.setdefault((row.place, row.is_total), row)
    return list(found.values())


def list_to_send_again(*, viewer: Actor, programme: str, at: datetime, limit: int) -> tuple[Return, ...]:
    """Returns withdrawn in the last thirty days, or not posted for want of a fund source, which nothing has replaced.

    Those that the viewer may submit. Whatever is sent in afterwards, for the same place and up to that day or a later
    one, replaces one. One query.
    """
    later = (
        Return.objects.submitted()
        .filter(
            programme=OuterRef("programme"),
            place=OuterRef("place"),
            cut_off_on__gte=OuterRef("cut_off_on"),
            submitted_at__gte=OuterRef("since"),
        )
        .exclude(pk=OuterRef("pk"))
    )
    own = ReturnRow.objects.visible_to(viewer, ReturnPermission.SUBMIT).filter(report=OuterRef("pk"))
    rows = Return.objects.alias(since=Coalesce("withdrawn_at", "submitted_at")).filter(
        Q(withdrawn_at__gte=at - timedelta(days=30)) | Q(withdrawn_at=None, fund_source=""),
        Exists(own),
        ~Exists(later),
        programme__code=programme,
    )
    found = (one for one in rows.order_by("-since", "-pk") if one.withdrawn_at or _lacks_source(one))
    return tuple(islice(found, limit))


def _lacks_source(report: Return) -> bool:
    return any(reason["message"]["text"] == NO_SOURCE for reason in report.unposted)


def list_open_findings(*, viewer: Actor, programme: str, at: datetime, limit: int | None = None) -> tuple[Finding, ...]:
    """Open errors and warnings on the newest lines of every county, where the viewer may submit; the worst first.

    All of them without a ``limit``. What a later return has replaced waits for nobody. Notes are only read on the page
    of the return. Three queries.
    """
    scope = FigureScope(programme, clock.local_date(at))
    newest = newest_lines(viewer=viewer, scope=scope)
    if not newest.lines:
        return ()
    rank = Case(When(severity=Severity.ERROR, then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = (
        Finding.objects.visible_to(viewer, ReturnPermission.SUBMIT)
        .open()
        .exclude(severity=Severity.NOTE)
        .filter(row__in=[line.pk for line in newest.lines])
        .select_related("row__report")
        .order_by(rank, "-row__report__cut_off_on", "position", "pk")
    )
    return tuple(rows[:limit])
