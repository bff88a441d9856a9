# SPDX-License-Identifier: Apache-2.0
"""What the rules find, how its numbers are kept as JSON, and what an evaluation has to change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from shanhai.kernel.plain import from_plain, to_plain
from shanhai.planning.warnings.rules.catalogue import KINDS
from shanhai.planning.warnings.values import Case, Finding, Param, Subject

Found = tuple[str, Subject, Finding]


class Standing(NamedTuple):
    """A warning that stands, as a plain row."""

    pk: int
    rule: str
    subject: UUID
    state: str
    label: str
    place: str
    why: Mapping[str, Any]


class Told(NamedTuple):
    """What a warning says: its rule and subject, since which day if that can be told, and its numbers as JSON."""

    rule: str
    subject: Subject
    since: date | None
    why: Mapping[str, Any]


class Changes(NamedTuple):
    """Findings that are new, warnings that say something else now, and warnings whose fact is gone."""

    raised: list[Told]
    retold: list[tuple[Standing, Told]]
    gone: list[Standing]


def findings_in(cases: Iterable[Case], on: date) -> Iterator[Found]:
    """The key of each rule that holds on the day, with what it is about and what was found."""
    for case in cases:
        for rule in KINDS[case.subject.kind]:
            found = rule.check(case, on, rule.limit)
            if found is not None:
                yield rule.key, case.subject, found


def changes_between(standing: Iterable[Standing], findings: Iterable[Found]) -> Changes:
    """Compare the warnings that stand with what the rules find now; a rule finds a thing once at most."""
    left = {(row.rule, row.subject): row for row in standing}
    changes = Changes([], [], [])
    for rule, subject, finding in findings:
        told = Told(rule, subject, finding.since, to_json(finding.params))
        row = left.pop((rule, subject.uuid), None) if left else None
        if row is None:
            changes.raised.append(told)
        elif (row.label, row.place, row.why) != (subject.label, subject.place, told.why):
            changes.retold.append((row, told))
    return changes._replace(gone=[*left.values()])


def to_json(params: Mapping[str, Param]) -> dict[str, Any]:
    """The numbers as plain JSON values; a day and an amount say what they are."""
    return {name: to_plain(value) for name, value in params.items()}


def from_json(stored: Mapping[str, Any]) -> dict[str, Param]:
    """The numbers that ``to_json`` stored; a list was once kept as ``{"all": [...]}``."""
    return {
        name: from_plain(value["all"] if isinstance(value, dict) and "all" in value else value)
        for name, value in stored.items()
    }
