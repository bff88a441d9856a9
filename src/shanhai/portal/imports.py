# SPDX-License-Identifier: Apache-2.0
"""Taking in a file by whichever importer knows its kind: at once, or by a job when it is a large one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.urls import reverse

from shanhai.base.formats import say
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Problem
from shanhai.kernel.imports import Choice, ImportReport, Question, Remark, SheetMarks, TableFile
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.plain import from_plain, to_plain
from shanhai.kernel.registry import Importer, JobKind, JobOutcome, Progress, registries
from shanhai.registers.documents import selectors as documents
from shanhai.registers.tables.selectors.workbooks import Workbook, open_workbook
from shanhai.registers.tables.selectors.writing import Marked, write_marked

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Document

# Six imports of 10,000 new projects held SQLite for 0.8 to 2.0 s by the clock on two shared cores, three of them for
# less than 1.0 s. The bench measures it as the longest wait of another writer.
ROWS_A_SECOND = 8_000
REASON = gettext_noop("原因")
QUIET: Progress = lambda done, total: None  # noqa: E731 - the least that can be told
CONFIRM = gettext_noop("检查完了，还没有入库。请看结果，确认或改好再来。")


def importer_named(kind: str) -> Importer:
    """The importer of that kind. Raises BadInput for one that nobody registered."""
    found = registries.importers.get(kind)
    if found is None:
        raise BadInput(gettext_noop("没有这一种导入。请从导入页选择。"))
    return found


def importer_for(file: TableFile, *, by: Actor, kind: str) -> Importer:
    """The importer that was named, or the one that knows the file, where its kind was left open.

    A county table sent in as projects is a return: what the header tells outweighs a kind that does not know it.
    """
    offered = [one for one in registries.importers if any(by.may_somewhere(name) for name in one.permissions)]
    if kind:
        named = importer_named(kind)
        if named.recognises(file):
            return named
        return next((one for one in offered if one.recognises(file)), named)
    known = next((one for one in offered if one.recognises(file)), None)
    if known is None:
        raise BadInput(gettext_noop("从表头看不出这是什么表。请选择种类，或对照模板改表头。"))
    return known


def run(
    *,
    importer: Importer,
    file: TableFile,
    options: Mapping[str, str],
    answers: Mapping[str, str],
    by: Actor,
    at: datetime,
    dry_run: bool,
    progress: Progress = QUIET,
) -> ImportReport:
    """Check the file, and take it in unless ``dry_run``, with the options that its kind knows."""
    given = {key: value for key, value in options.items() if key in importer.options}
    return importer.run(file=file, options=given, answers=answers, by=by, at=at, dry_run=dry_run, progress=progress)


def is_large(importer: Importer, file: TableFile) -> bool:
    """Whether the file is one for the background: more rows than SHANHAI_IMPORT_JOB_ROWS. Raises TableNotReadable."""
    limit: int = settings.IMPORT_JOB_ROWS
    return importer.in_background and sum(sheet.count for sheet in file.sheets if sheet.shown) > limit


def seconds_others_wait(report: ImportReport) -> int:
    """About how long others cannot write while the report's rows are taken in, in seconds; 0 for under one second.

    Only kinds of large tables have been measured: of the others nothing is said.
    """
    measured = connection.vendor == "sqlite" and importer_named(report.kind).in_background
    return report.rows // ROWS_A_SECOND if measured else 0


@contextmanager
def stored_file(*, viewer: Actor, document: Document) -> Iterator[Workbook]:
    """A stored file under the name it came with, for the time of the block; it is opened once, whoever looks at it."""
    name = documents.name_for(viewer=viewer, document=document)
    with open_workbook(path=documents.path_of(document.sha256), name=name) as file:
        yield file


class Import(JobKind):
    """The job behind a large file; ``arguments`` are kind, document, options, answers and dry_run."""

    key = "portal.import"
    label = message(gettext_noop("导入表格"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Check the file, or take it in; the plain report is kept."""
        document = documents.get_document(viewer=by, uuid=ids.parse_id(arguments["document"]))
        with stored_file(viewer=by, document=document) as file:
            report = run(
                importer=importer_named(arguments["kind"]),
                file=file,
                options=arguments["options"],
                answers=arguments["answers"],
                by=by,
                at=at,
                dry_run=arguments["dry_run"],
                progress=progress,
            )
        shown = reverse("import-checked", args=[job])
        then = "" if report.applied else CONFIRM
        return JobOutcome(report.url if report.applied else shown, plain(report), then)


def plain(report: ImportReport) -> dict[str, Any]:
    """A report in plain JSON values; ``unplain`` makes it again."""
    found: dict[str, Any] = _plain(report)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return to_plain(value)
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def unplain(kept: Mapping[str, Any]) -> ImportReport:
    """The report that ``plain`` made plain."""
    given = {one.name: kept[one.name] for one in fields(ImportReport)}
    given["problems"] = tuple(Problem(**{**one, "message": from_plain(one["message"])}) for one in kept["problems"])
    given["questions"] = tuple(
        Question(
            **{
                **one,
                "text": from_plain(one["text"]),
                "choices": tuple(Choice(choice["key"], from_plain(choice["label"])) for choice in one["choices"]),
            }
        )
        for one in kept["questions"]
    )
    given["findings"] = tuple(Remark(from_plain(one["message"]), one["facts"]) for one in kept["findings"])
    given["note"] = from_plain(kept["note"]) if kept["note"] else None
    given["told"] = tuple(from_plain(one) for one in kept["told"])
    given["marks"] = tuple(SheetMarks(**one) for one in kept["marks"])
    return ImportReport(**given)


def write_errors(target: IO[bytes], *, file: TableFile, report: ImportReport) -> None:
    """Write the tables of the file as they came, with red cells and a column of what is wrong in each row."""
    marks = {one.sheet: one for one in report.marks}
    read = [sheet for sheet in file.sheets if sheet.name in marks] or [
        next(sheet for sheet in file.sheets if sheet.shown and sheet.count)
    ]
    reasons: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    red: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for problem in report.problems:
        if problem.row is None:
            continue
        sheet, column, sentence = problem.sheet or read[0].name, problem.column, say(problem.message)
        reasons[sheet][problem.row].append(f"{column}：{sentence}" if column else sentence)
        columns = marks[sheet].columns if sheet in marks else {}
        if problem.blocking and column is not None and column in columns:
            red[sheet].add((problem.row, columns[column]))
    write_marked(
        target,
        marked=[
            Marked(
                sheet,
                marks[sheet.name].header_row if sheet.name in marks else None,
                {row: "\n".join(said) for row, said in reasons[sheet.name].items()},
                frozenset(red[sheet.name]),
            )
            for sheet in read
        ],
        title=say(message(REASON)),
    )
