# SPDX-License-Identifier: Apache-2.0
"""What an evaluation has to change: values in, values out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shanhai.planning.warnings.rules.findings import Found, to_json

Key = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Told:
    """What a standing warning says: the label and place of its subject, and its numbers as JSON."""

    label: str
    place: str
    why: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Changes:
    """Findings that are new, findings whose standing warning says something else, and warnings without a finding."""

    raised: tuple[Found, ...]
    retold: tuple[Found, ...]
    gone: tuple[Key, ...]


def told_by(found: Found) -> Told:
    """What a warning of that finding says."""
    _, subject, finding = found
    return Told(subject.label, subject.place, to_json(finding.params))


def changes_between(standing: Mapping[Key, Told], findings: Iterable[Found]) -> Changes:
    """Compare the warnings that stand with what the rules find now."""
    now = {(rule, subject.uuid): (rule, subject, finding) for rule, subject, finding in findings}
    return Changes(
        raised=tuple(found for key, found in now.items() if key not in standing),
        retold=tuple(found for key, found in now.items() if key in standing and standing[key] != told_by(found)),
        gone=tuple(key for key in standing if key not in now),
    )
