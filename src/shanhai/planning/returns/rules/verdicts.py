# SPDX-License-Identifier: Apache-2.0
"""Which number is most probably wrong: the one whose replacement sets most failed checks right and breaks fewest.

Each round tries, for every failed check, the numbers that would satisfy it. The best one, if no other explains the same
checks as well, becomes a verdict and is put in its place; then the rest is judged again. What no number settles is
reported as it failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.returns.rules.checks import Checks, check_table, shown, value_in
from shanhai.planning.returns.rules.proposals import clues, proposals
from shanhai.planning.returns.values.findings import (
    Check,
    CheckKind,
    Confidence,
    Finding,
    Reconciliation,
    Severity,
)
from shanhai.planning.returns.values.tables import At, MeasureKind, Row, Stated, Table

# More failures than this come from how the sheet was read (unit, columns), not from one mistyped number.
MOST_FAILURES_JUDGED = 60


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What would follow if ``suggested`` stood at ``at``."""

    at: At
    suggested: Stated
    repaired: tuple[Check, ...]
    confirmed: tuple[Check, ...]
    clues: tuple[Check, ...]
    broken: int

    @property
    def supports(self) -> int:
        return len(self.repaired) + len(self.confirmed)

    @property
    def score(self) -> int:
        return self.supports + len(self.clues) - self.broken

    def rivals(self, other: _Verdict) -> bool:
        """Whether the other, about another number, explains one of the same failures at least as well."""
        return (
            other is not self
            and other.score >= self.score
            and bool({check.key for check in self.repaired} & {check.key for check in other.repaired})
        )


def reconcile(table: Table) -> Reconciliation:
    """Check ``table`` and judge it: findings worst first, and the base that each printed rate fits."""
    checks = outcome = check_table(table)
    findings: list[Finding] = []
    settled: set[At] = set()
    while failed := [check for check in outcome.values() if not check.passed]:
        best = _best(table, outcome, failed, settled) if len(failed) <= MOST_FAILURES_JUDGED else None
        if best is None:
            break
        findings.append(_judged(table, best))
        settled.add(best.at)
        table = table.with_cell(best.at, best.suggested)
        outcome = check_table(table)
    findings.extend(
        Finding(
            check.key.kind,
            check.severity,
            check.key.at,
            check.message,
            stated=_text(table, check.key.at),
            checks=(check,),
        )
        for check in failed
    )
    findings.extend(_unusual_bases(table, outcome))
    findings.sort(key=lambda finding: (finding.severity.rank, -len(finding.checks), finding.at))
    bases = {check.key.at: check.base for check in outcome.values() if check.passed and check.base}
    return Reconciliation(tuple(findings), bases, len(checks))


def _best(table: Table, before: Checks, failed: list[Check], settled: set[At]) -> _Verdict | None:
    tried: dict[tuple[At, str], _Verdict] = {}
    for check in failed:
        for at, suggested in proposals(table, check):
            if at not in settled and (at, suggested.text) not in tried:
                tried[at, suggested.text] = _judge(table, before, at, suggested)
    ranked = sorted(
        (verdict for verdict in tried.values() if verdict.repaired and verdict.supports > verdict.broken),
        key=lambda verdict: -verdict.score,
    )
    return next((verdict for verdict in ranked if not any(map(verdict.rivals, ranked))), None)


def _judge(table: Table, before: Checks, at: At, suggested: Stated) -> _Verdict:
    """Replace one number and compare the checks it takes part in."""
    after = check_table(table.with_cell(at, suggested), touching=at)
    repaired, confirmed, broken = [], [], 0
    for key, check in after.items():
        old = before.get(key)
        if not check.passed:
            broken += old is None or old.passed
        elif old is None:
            confirmed.append(check)
        elif not old.passed:
            repaired.append(old)
    return _Verdict(at, suggested, tuple(repaired), tuple(confirmed), tuple(clues(table, at, suggested)), broken)


def _text(table: Table, at: At) -> str:
    stated = table.stated(at)
    return stated.text if stated else ""


def _judged(table: Table, verdict: _Verdict) -> Finding:
    first = min(verdict.repaired, key=lambda check: (check.severity.rank, list(CheckKind).index(check.key.kind)))
    weight = verdict.supports + len(verdict.clues)
    return Finding(
        kind=first.key.kind,
        severity=first.severity,
        at=verdict.at,
        message=first.message if weight == 1 else _sentence(table, verdict),
        stated=_text(table, verdict.at),
        suggested=verdict.suggested.text,
        confidence=Confidence.HIGH if weight >= 3 else Confidence.MEDIUM if weight == 2 else Confidence.LOW,
        checks=(*verdict.repaired, *verdict.confirmed, *verdict.clues),
    )


def _sentence(table: Table, verdict: _Verdict) -> Message:
    at, measure = verdict.at, table.scheme.measure(verdict.at.measure)
    params = {
        "label": at.label,
        "measure": measure.label,
        "stated": _with_unit(table, at, _text(table, at)),
        "suggested": _with_unit(table, at, verdict.suggested.text),
        "count": verdict.supports,
    }
    copied = next((clue.key.against for clue in verdict.clues if clue.key.kind == CheckKind.COPY), "")
    if copied:
        return message(
            gettext_noop(
                "%(label)s的“%(measure)s”%(stated)s 很可能抄成了“%(other)s”的数，应为 %(suggested)s："
                "换成这个数后，有 %(count)s 处核对对得上。"
            ),
            other=table.scheme.measure(copied).label,
            **params,
        )
    return message(
        gettext_noop(
            "%(label)s的“%(measure)s”%(stated)s 很可能有误，应为 %(suggested)s："
            "换成这个数后，有 %(count)s 处核对对得上。"
        ),
        **params,
    )


def _with_unit(table: Table, at: At, text: str) -> str:
    return text + table.unit.symbol if table.scheme.measure(at.measure).kind == MeasureKind.AMOUNT else text


def _unusual_bases(table: Table, outcome: Checks) -> Iterator[Finding]:
    """Rates that do not fit their usual base, though it is known, and do fit another that is in use."""
    usual = {rate.key: rate.bases[0] for rate in table.scheme.rates}
    for row in table.lines:
        for check in outcome.values():
            if check.base and check.key.at.label == row.label and check.base != usual[check.key.at.measure]:
                yield from _unusual_base(table, row, check, usual[check.key.at.measure])


def _unusual_base(table: Table, row: Row, check: Check, usual: str) -> Iterator[Finding]:
    known = value_in(table.scheme, row, usual)
    if known is None:
        return
    at, labels = check.key.at, table.scheme.by_key()
    yield Finding(
        kind=check.key.kind,
        severity=Severity.NOTE,
        at=at,
        message=message(
            gettext_noop(
                "%(label)s的“%(rate)s”%(stated)s 是按“%(base)s”算的；通常的分母是“%(usual)s”（%(usual_value)s）。"
            ),
            label=row.label,
            rate=labels[at.measure].label,
            stated=_text(table, at),
            base=labels[check.base].label,
            usual=labels[usual].label,
            usual_value=shown(table, usual, known.middle),
        ),
        stated=_text(table, at),
        checks=(check,),
    )
