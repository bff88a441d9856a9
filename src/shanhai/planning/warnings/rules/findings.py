# SPDX-License-Identifier: Apache-2.0
"""What the rules find in a case, and how a finding's numbers are kept as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from shanhai.kernel.money import Money
from shanhai.planning.warnings.rules.catalogue import KINDS
from shanhai.planning.warnings.values import Case, Finding, Param, Subject

Found = tuple[str, Subject, Finding]


def findings_in(cases: Iterable[Case], on: date) -> Iterator[Found]:
    """The key of each rule that holds on the day, with what it is about and what was found."""
    for case in cases:
        for rule in KINDS[case.subject.kind]:
            found = rule.check(case, on, rule.limit)
            if found is not None:
                yield rule.key, case.subject, found


def to_json(params: Mapping[str, Param]) -> dict[str, Any]:
    """The numbers as plain JSON values; a day and an amount say what they are."""
    return {name: _plain(value) for name, value in params.items()}


def from_json(stored: Mapping[str, Any]) -> dict[str, Param]:
    """The numbers that ``to_json`` stored."""
    return {name: _param(value) for name, value in stored.items()}


def _plain(value: Param) -> Any:
    if isinstance(value, Money):
        return {"fen": value.fen, "currency": value.currency}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _param(value: Any) -> Param:
    if not isinstance(value, dict):
        plain: int | str = value
        return plain
    return date.fromisoformat(value["day"]) if "day" in value else Money(value["fen"], value["currency"])
