# SPDX-License-Identifier: Apache-2.0
"""Checking rows of organisations before anything is written: every fault is found, not only the first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from shanhai.kernel.errors import DomainError, Problem
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.registers.organisations.rules.uscc import check_uscc, uscc_doubts
from shanhai.registers.organisations.values import OrganisationKind, OrganisationRow

LONGEST_NAME, LONGEST_SHORT_NAME = 120, 40


@dataclass(frozen=True, slots=True)
class CheckedOrganisation:
    """A row that may be stored; "" and None are what the file did not state: the stored value stays."""

    row: int
    name: str
    short_name: str
    uscc: str
    kind: OrganisationKind | None
    division: str


def checked_organisations(
    rows: Sequence[OrganisationRow], divisions: Collection[str]
) -> tuple[tuple[CheckedOrganisation, ...], tuple[Problem, ...]]:
    """The rows that are good, and all problems. ``divisions`` are the registered codes among those the rows name."""
    good: list[CheckedOrganisation] = []
    problems: list[Problem] = []
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        checked = _checked(row, divisions, problems)
        keys = {"name": (checked.name, checked.division), "uscc": (checked.uscc,)}
        for column, key in keys.items():
            if key[0] and first.setdefault(key, row.row) != row.row:
                text = gettext_noop("“%(value)s”与第 %(row)s 行重复。请只留一行。")
                problems.append(
                    problem(row.row, column, "organisations.duplicate", message(text, value=key[0], row=first[key]))
                )
        good.append(checked)
    return tuple(good), tuple(problems)


def _checked(row: OrganisationRow, divisions: Collection[str], problems: list[Problem]) -> CheckedOrganisation:
    def fault(column: str, code: str, text: str, **params: object) -> None:
        problems.append(problem(row.row, column, f"organisations.{code}", message(text, **params)))

    if not row.name:
        fault("name", "name_missing", gettext_noop("缺少名称。请填证书上的全称。"))
    for column, value, longest in (
        ("name", row.name, LONGEST_NAME),
        ("short_name", row.short_name, LONGEST_SHORT_NAME),
    ):
        if len(value) > longest:
            fault(column, "too_long", gettext_noop("超过 %(longest)s 个字符。请缩短。"), longest=longest)
    if row.kind and row.kind not in list(OrganisationKind):
        kinds = "、".join(OrganisationKind)
        text = gettext_noop("“%(kind)s”不是已知的类别。请填：%(kinds)s。")
        fault("kind", "kind", text, kind=row.kind[:40], kinds=kinds)
    if row.division and row.division not in divisions:
        text = gettext_noop("没有登记代码 %(division)s。请检查代码，或先导入行政区划。")
        fault("division", "unknown_division", text, division=row.division[:12])
    kind = OrganisationKind(row.kind) if row.kind in list(OrganisationKind) else None
    return CheckedOrganisation(row.row, row.name, row.short_name, _uscc(row, problems), kind, row.division)


def _uscc(row: OrganisationRow, problems: list[Problem]) -> str:
    if row.uscc in ("", None):
        return ""
    try:
        code = check_uscc(row.uscc)
    except DomainError as error:
        problems.append(problem(row.row, "uscc", error.code, error.message))
        return ""
    problems += [
        problem(row.row, "uscc", "organisations.uscc_doubtful", doubt, blocking=False) for doubt in uscc_doubts(code)
    ]
    return code


def problem(row: int, column: str, code: str, text: Message, blocking: bool = True) -> Problem:
    """A problem of one column of one row."""
    return Problem(code, text, row, column, blocking)
