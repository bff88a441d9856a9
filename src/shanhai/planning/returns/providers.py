# SPDX-License-Identifier: Apache-2.0
"""What returns offer the registries: the figures counties report, the import of county tables, findings to explain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext

from shanhai.base.database.selectors import Things
from shanhai.kernel import proofs
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.families import FigureFamily, Headline
from shanhai.kernel.figures import EvidencePage, EvidenceRow, Figure, FigureScope, Source, Strength
from shanhai.kernel.imports import ImportReport, TableFile
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import MOST_TODOS, Asked, Filled, Importer, MenuItem, Panel, Progress, Todo, TodoSource
from shanhai.planning.returns.models import Finding, Return, ReturnRow
from shanhai.planning.returns.permissions import ReturnPermission
from shanhai.planning.returns.rules.figures import FIGURES, FigureRule, lines_behind, measured, share_of, summed
from shanhai.planning.returns.rules.sheet import COUNTIES
from shanhai.planning.returns.selectors import (
    NO_SOURCE,
    Newest,
    list_doubted,
    list_to_send_again,
    newest_lines,
    return_template,
)
from shanhai.planning.returns.services import submit_return
from shanhai.registers.tables.rules import cells
from shanhai.registers.tables.rules.reading import is_of

THINGS = (
    Things(
        "returns.return",
        Return.objects.visible_to,
        url=lambda one: one.get_absolute_url(),
        texts=("title",),
    ),
    Things(
        "returns.finding",
        lambda viewer: Finding.objects.visible_to(viewer).select_related("row__report"),
        lambda one: f"{one.row.report} · {one.row}",
        lambda one: one.row.report.get_absolute_url(),
    ),
)

PREFIX = "returned:"
SILENT = message(gettext_noop("县级报表里没有填全这一项，算不出来。请看报表原表。"))
FROM_TOTAL = message(gettext_noop("各县市的数不全，用的是报表的合计。"))
PART = message(gettext_noop("分子：各县市上报的数"))
WHOLE = message(gettext_noop("分母：各县市上报的数"))
SEND_AGAIN = message(gettext_noop("这份报表撤回了。请改好再报。"))
RULES = {f"{PREFIX}{rule.key}": rule for rule in FIGURES}


class Reported(FigureFamily):
    """What counties report, by their newest returns."""

    key = "returns"
    keys = (PREFIX,)
    # Where counties only report, their return answers for what no project row does.
    headlines = tuple(
        Headline(PREFIX + key, instead_of=key) for key in ("project_count", "start_rate", "completion_rate")
    )
    order = 40

    def list_figures(self, *, viewer: Actor, scope: FigureScope) -> tuple[Figure, ...]:
        """What the newest returns say; nothing where nobody has reported. Two queries."""
        newest = newest_lines(viewer=viewer, scope=scope)
        return tuple(_figure(rule, scope, newest) for rule in FIGURES) if newest.counties else ()

    def list_evidence(
        self, *, viewer: Actor, scope: FigureScope, key: str, part: str, offset: int, limit: int
    ) -> EvidencePage:
        """The lines behind the "part" or the "whole" of a figure, county by county. Raises NotVisible."""
        rule = RULES.get(key)
        newest = newest_lines(viewer=viewer, scope=scope)
        if rule is None or not newest.counties:
            raise NotVisible(gettext_noop("没有找到这个数。请从页面上的数重新进入。"))
        lines, base = _behind(rule, scope, newest)
        measure = base if part == "whole" and base else rule.part
        rows = [
            EvidenceRow(line.label, found, Strength.FORM, line.report.cut_off_on, _source(line.report))
            for line in lines
            if (found := measured(line, measure)) is not None
        ]
        total = summed(lines, measure) if lines else None
        return EvidencePage(WHOLE if part == "whole" else PART, tuple(rows[offset : offset + limit]), len(rows), total)


def _figure(rule: FigureRule, scope: FigureScope, newest: Newest) -> Figure:
    lines, base = _behind(rule, scope, newest)
    value = None if not lines else share_of(lines, rule.part, base) if base else summed(lines, rule.part)
    others = [
        share_of(found, rule.part, other)
        for other in rule.bases
        if other != base and (found := lines_behind(newest.counties, newest.total, (rule.part, other)))
    ]
    concerned = {rule.key, rule.part, *([base] if base else [])}
    used = {line.label for line in newest.lines}
    return Figure(
        key=f"{PREFIX}{rule.key}",
        label=rule.label,
        value=value,
        unit=rule.unit,
        formula=rule.formula,
        as_of=scope.as_of,
        strength=Strength.FORM if lines else Strength.NONE,
        gap=None if lines else SILENT,
        note=FROM_TOTAL if any(line.is_total for line in lines) else None,
        other_bases=tuple(other for other in others if other.ratio is not None),
        flags=tuple(
            finding.message
            for finding in newest.findings
            if finding.at.measure in concerned and finding.at.label in used
        ),
        sources=tuple(_source(report) for report in dict.fromkeys(line.report for line in lines)),
        provenance=next((line.report.provenance for line in lines if line.report.provenance), ""),
    )


def _behind(rule: FigureRule, scope: FigureScope, newest: Newest) -> tuple[tuple[ReturnRow, ...], str]:
    """The lines that a figure is made of, and its base: the one asked for, else the usual one; "" for an amount."""
    base = scope.base if scope.base in rule.bases else next(iter(rule.bases), "")
    keys = (rule.part, base) if base else (rule.part,)
    return lines_behind(newest.counties, newest.total, keys), base


def _source(report: Return) -> Source:
    words = {"title": report.title, "day": report.cut_off_on.isoformat()}
    return Source(gettext("%(title)s（截至 %(day)s）") % words, report.get_absolute_url())


def reported(asked: Asked) -> Filled | None:
    """What counties have reported, as far as it can be told."""
    found = proofs.some_figures(asked.viewer, asked.scope, (Reported.key,))
    shown = [figure for figure in found.values() if not figure.gap]
    return Filled("returns/panel.html", {"figures": shown}) if shown else None


MENU = MenuItem("returns", message(gettext_noop("报表")), "returns:list", ReturnPermission.VIEW.value, order=50)
PANEL = Panel("returns.reported", "today", 60, reported)


class Returns(Importer):
    """County tables."""

    key = "returns"
    label = message(gettext_noop("县级报表"))
    permissions = frozenset({ReturnPermission.SUBMIT.value})
    options = frozenset({"programme", "cut_off", "title", "fund_source", "provenance"})
    in_background = False

    def write_template(self, *, viewer: Actor, programme: str) -> bytes:
        """Raises NotVisible for a programme the viewer does not see."""
        return return_template(viewer=viewer, programme=programme)

    def recognises(self, file: TableFile) -> bool:
        """Whether a sheet has the header of a county table."""
        return is_of(COUNTIES, file)

    def run(
        self,
        *,
        file: TableFile,
        options: Mapping[str, str],
        answers: Mapping[str, str],
        by: Actor,
        at: datetime,
        dry_run: bool,
        progress: Progress,
    ) -> ImportReport:
        """Options: ``programme`` (code, needed), ``cut_off`` (2021-09-30, where the table does not say), ``title``,
        ``fund_source``, ``provenance``. Raises BadInput and what ``submit_return`` raises.
        """
        if not options.get("programme"):
            raise BadInput(gettext_noop("没有说明是哪一项对口支援的报表。请选择。"), "returns.option_missing")
        try:
            cut_off_on = cells.day(options["cut_off"]) if options.get("cut_off") else None
        except BadInput as error:
            raise BadInput(error.message.text, "returns.option_missing", **error.message.params) from None
        return submit_return(
            by=by,
            at=at,
            programme=options["programme"],
            file=file,
            answers=answers,
            cut_off_on=cut_off_on,
            title=options.get("title", ""),
            fund_source=options.get("fund_source", ""),
            provenance=options.get("provenance", ""),
            dry_run=dry_run,
        )


DOUBTS = gettext_noop("有 %(number)s 处疑点要说明。头一处，%(row)s：%(first)s")


class ToExplain(TodoSource):
    """Returns to send again, then those of the newest ones with findings to explain, the worst first."""

    key = "returns.findings"
    order = 20

    def find(self, *, viewer: Actor, programme: str | None, at: datetime) -> tuple[Todo, ...]:
        """What the viewer may explain or send in for a county: one line a return."""
        again = list_to_send_again(viewer=viewer, programme=programme, at=at, limit=MOST_TODOS)
        return tuple(
            Todo(
                one.title,
                SEND_AGAIN if one.withdrawn_at else message(NO_SOURCE),
                one.get_absolute_url(),
                programme=one.programme.code,
            )
            for one in again
        ) + tuple(
            Todo(
                label=worst.row.report.title,
                why=message(DOUBTS, number=many, row=worst.row.label, first=worst.message),
                url=worst.row.report.get_absolute_url(),
                status="late" if worst.is_error else "wait",
                programme=worst.row.report.programme.code,
            )
            for worst, many in list_doubted(viewer=viewer, programme=programme, at=at)[:MOST_TODOS]
        )
