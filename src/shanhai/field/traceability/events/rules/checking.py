# SPDX-License-Identifier: Apache-2.0
"""All checks of a document, with the place of each finding."""

from __future__ import annotations

from collections.abc import Iterator

from shanhai.field.traceability.events.rules.meaning import check_meaning
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.events.rules.structure import check_structure
from shanhai.field.traceability.events.values import Document, Fault, Path, Verdict
from shanhai.kernel.errors import BadInput, Refused
from shanhai.kernel.findings import Finding
from shanhai.kernel.messages import first_of, gettext_noop, message

_MOST_FINDINGS = 200


def check(content: bytes) -> Verdict:
    """What is wrong with a document. What cannot be read is one finding, of rule ``file``."""
    try:
        document = read(content)
    except BadInput as error:
        line = int(error.message.params.get("line", 0))
        return Verdict((Finding("file", "error", line, "", error.message, ""),), 0, 1)
    faults = list(_faults(document))
    errors = sum(fault.severity == "error" for fault in faults)
    kept = sorted(faults, key=lambda fault: fault.severity != "error")[:_MOST_FINDINGS]
    kept = sorted(kept, key=lambda fault: _order(fault.path))
    lines = {event.path: event.line for event in document.events}
    findings = tuple(
        Finding(one.rule, one.severity, _line(one.path, lines), pointer(one.path), one.message, one.remedy)
        for one in kept
    )
    return Verdict(findings, len(document.events), errors, len(faults) - len(kept))


def sound(content: bytes) -> Document:
    """The document, its structure sound, so that its events can be hashed.

    Raises BadInput for what cannot be read, Refused with the place of the first fault.
    """
    document = read(content)
    if faults := check_structure(document.root):
        text = gettext_noop("%(place)s：%(said)s%(remedy)s")
        place = pointer(faults[0].path) or "/"
        code = "traceability.unsound"
        raise Refused(text, code, field="file", place=place, said=faults[0].message, remedy=faults[0].remedy)
    return document


def pointer(path: Path) -> str:
    """The place as a JSON pointer (RFC 6901)."""
    return "".join(f"/{str(one).replace('~', '~0').replace('/', '~1')}" for one in path)


def _faults(document: Document) -> Iterator[Fault]:
    if document.doubled:
        text = gettext_noop("同一处写了两次的字段：%(names)s。算数的是后一个。")
        said = message(text, names=first_of(document.doubled, 5))
        yield Fault((), "twice", said, message(gettext_noop("请删去一个。")), "warning")
    structure = check_structure(document.root)
    yield from structure
    # What an event means whose structure is not sound cannot be asked.
    unsound = {fault.path[:length] for fault in structure for length in range(len(fault.path) + 1)}
    for event in document.events:
        if event.path not in unsound:
            yield from check_meaning(event)


def _order(path: Path) -> tuple[tuple[bool, int, str], ...]:
    """Positions by number, before names."""
    return tuple((isinstance(one, str), one if isinstance(one, int) else 0, str(one)) for one in path)


def _line(path: Path, lines: dict[Path, int]) -> int:
    return next((lines[path[:length]] for length in range(len(path), -1, -1) if path[:length] in lines), 0)
