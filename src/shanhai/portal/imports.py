# SPDX-License-Identifier: Apache-2.0
"""Taking in a file by whichever importer knows its kind: at once, or by a job when it is a large one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.registry import Importer, JobKind, JobOutcome, Progress, registries
from shanhai.portal.formats import say
from shanhai.registers.documents.selectors import documents, spreadsheets, tables

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Document

REASON = gettext_noop("原因")


class FileMissing(BadInput):
    """There is no such file, or it cannot be read."""

    code = "portal.file_missing"


def subjects() -> list[str]:
    """The kinds of file that can be taken in."""
    return [importer.key for importer in registries.importers]


def importer_for(subject: str, path: Path) -> Importer:
    """The importer of that subject, or the one that knows the file: a county table given as projects is a return."""
    named = registries.importers.get(subject)
    if named is None:
        raise BadInput(gettext_noop("不认识的导入种类“%(subject)s”。"), subject=subject)
    if named.recognises is None or named.recognises(path):
        return named
    others = (one for one in registries.importers if one.recognises is not None and one.recognises(path))
    return next(others, named)


def run(
    *,
    subject: str,
    path: Path,
    options: Mapping[str, str],
    by: Actor,
    at: datetime,
    dry_run: bool,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Check the file, store it unless ``dry_run``, and answer the report ``kernel.registry.Importer`` describes."""
    if not path.is_file():
        raise FileMissing(gettext_noop("没有找到文件 %(path)s。"), path=path)
    importer = importer_for(subject, path)
    told = {"progress": progress} if importer.in_background and progress is not None else {}
    return importer.run(path=path, options=options, by=by, at=at, dry_run=dry_run, **told)


def is_large(*, subject: str, path: Path) -> bool:
    """Whether the file is one for the background: more rows than SHANHAI_IMPORT_JOB_ROWS. Raises TableNotReadable."""
    if not importer_for(subject, path).in_background:
        return False
    limit: int = settings.IMPORT_JOB_ROWS
    return len(tables.read_sheet(path=path).rows) > limit


@contextmanager
def named_file(*, viewer: Actor, document: Document) -> Iterator[Path]:
    """A stored file under the name it came with, for the time of the block: importers tell its kind by that, too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / documents.name_for(viewer=viewer, document=document)
        shutil.copyfile(documents.path_of(document.sha256), path)
        yield path


class Import(JobKind):
    """The job behind a large file; ``arguments`` are subject, document, options and dry_run."""

    key = "portal.import"
    label = message(gettext_noop("导入表格"))

    def run(
        self, *, arguments: Mapping[str, Any], job: UUID, by: Actor, at: datetime, progress: Progress
    ) -> JobOutcome:
        """Check the file, or take it in; the plain report is kept."""
        document = documents.get_document(viewer=by, uuid=ids.parse_id(arguments["document"]))
        with named_file(viewer=by, document=document) as path:
            report = run(
                subject=arguments["subject"],
                path=path,
                options=arguments["options"],
                by=by,
                at=at,
                dry_run=arguments["dry_run"],
                progress=progress,
            )
        shown = reverse("import-checked", args=[job])
        return JobOutcome(report["url"] if report["applied"] else shown, plain(report))


def plain(value: Any) -> Any:
    """A report in plain JSON values; ``unplain`` makes messages of what were messages."""
    if isinstance(value, Message):
        return {"text": value.text, "params": {name: str(item) for name, item in value.params.items()}}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def unplain(value: Any) -> Any:
    """What ``plain`` made of a report, as the importer answered it."""
    if isinstance(value, Mapping):
        if value.keys() == {"text", "params"}:
            return Message(value["text"], value["params"])
        return {key: unplain(item) for key, item in value.items()}
    return [unplain(item) for item in value] if isinstance(value, list) else value


def write_errors(target: IO[bytes], *, path: Path, report: Mapping[str, Any]) -> None:
    """Write the table at ``path`` as it came, with red cells and a column of what is wrong in each row."""
    reasons: dict[int, list[str]] = {}
    marked = set()
    for problem in report["problems"]:
        row, column = problem.get("row"), problem.get("column")
        if row is None:
            continue
        sentence = say(problem["message"])
        reasons.setdefault(row, []).append(f"{column}：{sentence}" if column else sentence)
        if problem.get("blocking", True) and column in report.get("columns", {}):
            marked.add((row, report["columns"][column]))
    sheet = tables.read_sheet(path=path, sheet=report.get("tab") or None)
    spreadsheets.write_with_reasons(
        target,
        tab=sheet.name,
        rows=sheet.rows,
        header_row=report.get("header_row"),
        reasons={row: "\n".join(sentences) for row, sentences in reasons.items()},
        marked=marked,
        title=say(message(REASON)),
    )
