# SPDX-License-Identifier: Apache-2.0
"""Returns: one, a list, the page of one; the newest line of every county; what waits; files read as returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from shanhai.base.database.selectors import in_programme, row_of, within
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.imports import TableFile
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.money import Money, total
from shanhai.kernel.page_memory import remembered
from shanhai.kernel.plain import from_plain
from shanhai.kernel.units import UNITS, Unit, money_in
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.plans.selectors import list_yearly_plans
from shanhai.planning.returns.models import SUBJECT, Finding, Return, ReturnRow
from shanhai.planning.returns.permissions import ReturnPermission, may_submit
from shanhai.planning.returns.rules.checks import column_decimals, in_wrong_unit, printed
from shanhai.planning.returns.rules.sheet import COUNTIES, CountySheet, county_sheet
from shanhai.planning.returns.states import ReturnState
from shanhai.planning.returns.values import COUNTY, At, Measure, MeasureKind, Severity, Table
from shanhai.registers.documents.selectors import list_proofs
from shanhai.registers.places.selectors import OWN_LEVEL, PlaceWords, list_counties_of
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.selectors.writing import write_template

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme
    from shanhai.registers.documents.models import Proof


def get_return(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Return:
    """A return with its programme and document, if the viewer may see one of its rows. ``lock`` holds its row.

    Raises NotVisible.
    """
    rows = Return.objects.visible_to(viewer).select_related("programme__recipient", "document")
    missing = gettext_noop("没有找到这份报表，或者您的岗位看不到它。请从报表列表进入。")
    return row_of(rows, uuid, missing, "returns.return_not_found", lock=lock)


def list_returns(*, viewer: Actor, programme: str) -> tuple[Return, ...]:
    """The returns of a programme, withdrawn ones too, the newest first; ``row_count`` and ``open_findings`` are of what
    the viewer may see, ``labels`` are their rows, and of a ``replaced`` one a later return says each anew. Two queries.
    """
    rows = (
        Return.objects.visible_to(viewer)
        .filter(programme__code=programme)
        .annotate(
            row_count=_count(ReturnRow.objects.visible_to(viewer).filter(report=OuterRef("pk")), "report"),
            open_findings=_count(
                Finding.objects.visible_to(viewer).open().filter(row__report=OuterRef("pk")), "row__report"
            ),
        )
        .newest_first()
    )
    found, taken = tuple(rows), set[tuple[int, str, bool]]()
    lines = defaultdict[int, list[ReturnRow]](list)
    for row in ReturnRow.objects.visible_to(viewer).filter(report__in=found).order_by("is_total", "position", "pk"):
        lines[row.report_id].append(row)
    for one in found:
        of_one = {(one.cut_off_on.year, row.place, row.is_total) for row in lines[one.pk]}
        one.labels = [row.label for row in lines[one.pk]]
        one.replaced = bool(of_one) and of_one <= taken and one.state == ReturnState.SUBMITTED
        taken |= of_one if one.state == ReturnState.SUBMITTED else set()
    return found


def _count(rows: QuerySet[ReturnRow] | QuerySet[Finding], parent: str) -> Coalesce:
    counted = rows.order_by().values(parent).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


Cell = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class ReturnPage:
    """A return with what its page shows: each cell is what is printed, and the numbers of the doubts about it.

    ``sums`` are the rows added up, column by column, "" where a row is silent and for rates; there are none without a
    total, or for viewers who may not see it. ``unposted`` are the reasons why amounts did not go into the ledger.
    """

    report: Return
    unit: Unit
    proof: Proof | None
    columns: tuple[Measure, ...]
    rows: tuple[tuple[ReturnRow, tuple[Cell, ...]], ...]
    sums: tuple[str, ...]
    doubts: list[Finding]
    unposted: tuple[Message, ...]
    may_withdraw: bool


def return_page(*, viewer: Actor, uuid: UUID) -> ReturnPage:
    """The page of a return: the rows the viewer may see, the findings on them. Five queries. Raises NotVisible."""
    report = get_return(viewer=viewer, uuid=uuid)
    programme = report.programme.code
    rows = list(report.rows.visible_to(viewer).order_by("is_total", "position", "pk"))
    doubts = list(Finding.objects.visible_to(viewer).filter(row__report=report).select_related("row").worst_first())
    labels = {row.label for row in rows}
    marks: dict[At, tuple[int, ...]] = {}
    for number, doubt in enumerate(doubts, start=1):
        doubt.number = number
        # A check may speak of rows that this viewer may not see: of the total, or of other counties added up.
        seen = (check["message"] for check in doubt.content["checks"] if check["label"] in labels)
        doubt.checks = tuple(map(from_plain, seen))
        doubt.may_explain = may_submit(viewer, programme=programme, places=[doubt.row.place])
        marks[doubt.at] = (*marks.get(doubt.at, ()), doubt.number)
    columns = tuple(measure for measure in COUNTY.measures if any(measure.key in row.stated for row in rows))
    places = set(report.rows.values_list("place", flat=True))
    return ReturnPage(
        report,
        UNITS[report.unit],
        proof=next(iter(list_proofs(viewer=viewer, subject_type=SUBJECT, subject_id=report.uuid)), None),
        columns=columns,
        rows=tuple(
            (row, tuple((row.stated.get(one.key, ""), marks.get(At(row.label, one.key), ())) for one in columns))
            for row in rows
        ),
        sums=_sums(stated_table(report, rows), columns),
        doubts=doubts,
        unposted=tuple(
            from_plain(reason["message"])
            for reason in report.unposted
            if viewer.may(ReturnPermission.VIEW, programme=programme, place=reason["place"] or None)
        ),
        may_withdraw=report.state == ReturnState.SUBMITTED and may_submit(viewer, programme=programme, places=places),
    )


def _sums(table: Table, columns: tuple[Measure, ...]) -> tuple[str, ...]:
    """The rows added up, column by column; nothing where there is no total to compare with."""
    return tuple(_sum(table, column) for column in columns) if table.total else ()


def _sum(table: Table, column: Measure) -> str:
    cells = [row.cells.get(column.key) for row in table.rows]
    known = [cell.number for cell in cells if cell is not None]
    if column.kind == MeasureKind.RATE or not known or len(known) < len(cells):
        return ""
    return printed(sum(known, Decimal(0)), column_decimals(table, column.key), column.kind).text


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


def list_to_send_again(*, viewer: Actor, programme: str | None, at: datetime, limit: int) -> tuple[Return, ...]:
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
        in_programme(programme),
    )
    waiting = (
        one
        for one in rows.select_related("programme").order_by("-since", "-pk")
        if one.withdrawn_at or any(reason["message"]["text"] == NO_SOURCE for reason in one.unposted)
    )
    return tuple(islice(waiting, limit))


def list_doubted(*, viewer: Actor, programme: str | None, at: datetime) -> tuple[tuple[Finding, int], ...]:
    """Of each return with findings that wait for the viewer the worst one and how many there are, the worst first.

    Three queries a programme; without one, another that asks which have findings.
    """
    open_now = Finding.objects.visible_to(viewer, ReturnPermission.SUBMIT).open().exclude(severity=Severity.NOTE)
    path = "row__report__programme__code"
    found: dict[int, tuple[Finding, int]] = {}
    for code in [programme] if programme else open_now.order_by(path).values_list(path, flat=True).distinct():
        for one in list_open_findings(viewer=viewer, programme=code, at=at):
            worst, many = found.get(one.row.report_id, (one, 0))
            found[one.row.report_id] = (worst, many + 1)
    return tuple(found.values())


def list_open_findings(*, viewer: Actor, programme: str, at: datetime) -> tuple[Finding, ...]:
    """Open errors and warnings on the newest lines of every county, where the viewer may submit; the worst first.

    What a later return has replaced waits for nobody. Notes are only read on the page of the return. Three queries.
    """
    scope = FigureScope(programme, clock.local_date(at))
    newest = newest_lines(viewer=viewer, scope=scope)
    if not newest.lines:
        return ()
    rows = (
        Finding.objects.visible_to(viewer, ReturnPermission.SUBMIT)
        .open()
        .exclude(severity=Severity.NOTE)
        .filter(row__in=[line.pk for line in newest.lines])
        .select_related("row__report__programme")
        # By the letters an error comes before a warning.
        .order_by("severity", "-row__report__cut_off_on", "position", "pk")
    )
    return tuple(rows)


if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


TITLE = "县级报表 · 截至____年__月__日 · 单位见列名 · 第 4 行是示例，导入时跳过"
NOTES = (
    ("截至日期", "写在表头上方，例如“截至2026年9月30日”。数都是到这一天的累计数。"),
    ("县市", "一个县市一行，填全称或六位区划代码。州本级的项目单独一行；全部的数写“合计”。"),
    ("金额", "单位万元，各列同一种单位。"),
    ("比率", "可以空着。填了的，系统按分子分母核对。"),
    ("没有的列", "可以删去；至少留“县市”和两列数。"),
)


def return_template(*, viewer: Actor, programme: str) -> bytes:
    """An empty county table for the programme, its counties to choose from. Raises NotVisible."""
    recipient = get_programme(viewer=viewer, code=programme).recipient
    names = [division.name for division in list_counties_of(recipient.code)]
    wanted = [one for one in COUNTIES.fields if one.key == "place" or one.key in COUNTY.by_key()]
    example, choices = (f"示例：{names[0]}" if names else None), (*names, *OWN_LEVEL[:1], "合计")
    fields = [replace(one, example=example, choices=choices) if one.key == "place" else one for one in wanted]
    return write_template(tab="县级报表", title=TITLE, fields=fields, notes=NOTES)


def read_return(
    *,
    viewer: Actor,
    at: datetime,
    programme: Programme,
    file: TableFile,
    answers: Mapping[str, str],
    cut_off_on: date | None = None,
) -> CountySheet:
    """Read the file that ``viewer`` wants to send in; problems stand in the sheet, ``cut_off_on`` overrides its title.

    One sheet with the header is read; of several the person chooses. Raises what opening the file raises.
    """
    recipient = programme.recipient
    counties = [division.code for division in list_counties_of(recipient.code)]
    read = read_table(COUNTIES, file.sheets, answers)
    sheet = county_sheet(read, places=PlaceWords(recipient), counties=counties, recipient=recipient.code)
    sheet.cut_off_on = cut_off_on or sheet.cut_off_on
    _check_day(sheet, programme, clock.local_date(at))
    _check_places(sheet, viewer, programme)
    if not sheet.read.held:
        _check_unit(sheet, viewer, programme)
    return sheet


def _check_day(sheet: CountySheet, programme: Programme, today: date) -> None:
    if sheet.cut_off_on is None:
        text = gettext_noop("没有写数据截至哪一天。请在表头上方写“截至2026年9月30日”，或另外填上。")
        sheet.problem("cut_off_missing", message(text))
    elif sheet.cut_off_on > today:
        text = gettext_noop("截止日 %(day)s 还没有到。请核对日期。")
        sheet.problem("cut_off_in_future", message(text, day=sheet.cut_off_on.isoformat()))
    elif sheet.cut_off_on < programme.starts_on:
        text = gettext_noop("截止日 %(day)s 早于对口支援开始的 %(start)s。请核对日期。")
        params = {"day": sheet.cut_off_on.isoformat(), "start": programme.starts_on.isoformat()}
        sheet.problem("cut_off_before_start", Message(text, params))


def _check_places(sheet: CountySheet, viewer: Actor, programme: Programme) -> None:
    total = {sheet.total.label: programme.recipient.code} if sheet.total else {}
    for label, place in (sheet.places | total).items():
        if not may_submit(viewer, programme=programme.code, places=[place]):
            text = gettext_noop("您的岗位不能报“%(label)s”的数。请只留您负责的县市的行。")
            sheet.read.problem(sheet.row_numbers[label], None, "place_not_yours", message(text, label=label))


def _check_unit(sheet: CountySheet, viewer: Actor, programme: Programme) -> None:
    """Compare the planned amounts with the year's plan, or with the five-year plan where there is none."""
    rows = [sheet.total] if sheet.total and "planned" in sheet.total.cells else sheet.rows
    cells = [row.cells["planned"] for row in rows if "planned" in row.cells]
    if not cells or sheet.unit is None or sheet.cut_off_on is None:
        return
    stated = total(money_in(cell.number, sheet.unit) for cell in cells)
    plans = list_yearly_plans(viewer=viewer, programme=programme.code, amounts=True)
    year = [
        Money(line.amount_fen) for plan in plans if plan.year == sheet.cut_off_on.year for line in plan.amounts.all()
    ]
    plan = total(year) if year else Money(programme.five_year_plan_fen)
    if in_wrong_unit(stated, plan, whole=sheet.total is not None):
        text = gettext_noop(
            "“计划投资”共 %(stated)s 元，而计划是 %(plan)s 元，相差百倍以上。请核对单位是万元还是亿元。"
        )
        params = {"stated": f"{stated.yuan:,.2f}", "plan": f"{plan.yuan:,.2f}"}
        sheet.problem("unit_improbable", Message(text, params))
