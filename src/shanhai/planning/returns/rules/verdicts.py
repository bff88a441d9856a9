# SPDX-License-Identifier: Apache-2.0
"""Which number is most probably wrong: the one whose replacement sets most failed checks right and breaks fewest.

Each round tries, for every failed check, the numbers that would satisfy it. The best one, if no other explains the same
checks as well, becomes a verdict and is put in its place; then the rest is judged again. What no number settles is
reported as it failed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.planning.returns.rules.checks import (
    Checks,
    check_table,
    column_decimals,
    implying_rate,
    printed,
    shown,
    sum_of_rows,
    value_in,
)
from shanhai.planning.returns.values import (
    HUNDRED,
    At,
    Check,
    CheckKey,
    CheckKind,
    Confidence,
    Finding,
    Interval,
    MeasureKind,
    Rate,
    Reconciliation,
    Row,
    Severity,
    Stated,
    Table,
)

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


Proposal = tuple[At, Stated]
# With more projects than this, one digit changed gives too many whole numbers to tell anything.
_LARGEST_BASE = 2000
_SHIFTS = (-4, -3, -2, -1, 1, 2, 3, 4)


def proposals(table: Table, failed: Check) -> Iterator[Proposal]:
    """The replacements of one cell that satisfy ``failed``; none for an order that is broken."""
    kind, at = failed.key.kind, failed.key.at
    row = next(line for line in table.lines if line.label == at.label)
    if kind in (CheckKind.SUM, CheckKind.IMPLIED_SUM):
        for line in table.lines:
            yield from _balancing(table, line, at.measure)
    elif kind == CheckKind.RATE:
        yield from _computed_rate(table, row, _rate(table, at.measure))
    elif kind == CheckKind.WHOLE:
        yield from _whole_rates(table, row, _rate(table, at.measure))
    elif kind == CheckKind.IDENTITY:
        yield from _identity_numbers(table, row, at.measure)


def clues(table: Table, at: At, suggested: Stated) -> Iterator[Check]:
    """How the printed number may have come about: copied from a neighbour, a digit mistyped, the point moved."""
    row = next(line for line in table.lines if line.label == at.label)
    stated, label = row.cells[at.measure], table.scheme.measure(at.measure).label
    twin = copied_from(table, row, at.measure)
    if twin:
        text = gettext_noop("%(label)s的“%(measure)s”与“%(other)s”是同一个数 %(stated)s。")
        params = {"other": table.scheme.measure(twin).label}
        yield _clue(CheckKind.COPY, at, twin, text, label=at.label, measure=label, stated=stated.text, **params)
    if slipped(stated, suggested):
        text = gettext_noop("%(label)s的“%(measure)s”%(stated)s 与 %(suggested)s 只差一处笔误。")
        yield _clue(
            CheckKind.SLIP, at, "", text, label=at.label, measure=label, stated=stated.text, suggested=suggested.text
        )


def copied_from(table: Table, row: Row, key: str) -> str:
    """Another column of the same kind with the very same number in this row; empty when there is none."""
    kinds, stated = table.scheme.by_key(), row.cells[key]
    return next(
        (
            other
            for other, cell in row.cells.items()
            if other != key and kinds[other].kind == kinds[key].kind and cell.text == stated.text and cell.number
        ),
        "",
    )


def slipped(stated: Stated, suggested: Stated) -> bool:
    """Whether one digit differs, two neighbouring digits changed places, or the decimal point moved."""
    left, right = stated.text.strip("%"), suggested.text.strip("%")
    if len(left) == len(right) and len(left.replace(".", "")) >= 3:
        unlike = [index for index in range(len(left)) if left[index] != right[index]]
        if len(unlike) == 1 and "." not in (left[unlike[0]], right[unlike[0]]):
            return True
        if len(unlike) == 2 and left[unlike[0]] == right[unlike[1]] and left[unlike[1]] == right[unlike[0]]:
            return unlike[1] - unlike[0] == 1
    low, high = suggested.interval.low, suggested.interval.high
    return stated.number > 0 and any(
        Interval(low.scaleb(shift), high.scaleb(shift)).meets(stated.interval) for shift in _SHIFTS
    )


def _clue(kind: CheckKind, at: At, against: str, text: str, **params: object) -> Check:
    return Check(CheckKey(kind, at, against), False, Severity.NOTE, message(text, **params))


def _rate(table: Table, key: str) -> Rate:
    return next(rate for rate in table.scheme.rates if rate.key == key)


def _balancing(table: Table, line: Row, key: str) -> Iterator[Proposal]:
    """The number in ``line`` with which the column adds up; where the line only implies it, the rate that does so."""
    value = balancing_value(table, line, key)
    if value is None:
        return
    measure = table.scheme.measure(key)
    if key in line.cells:
        decimals = column_decimals(table, key)
        yield At(line.label, key), printed(value.middle, decimals, measure.kind, value)
        return
    rate = implying_rate(table.scheme, line, key)
    base = value_in(table.scheme, line, rate.bases[0]) if rate else None
    if rate and base and base.low > 0:
        decimals = line.cells[rate.key].decimals
        yield At(line.label, rate.key), printed(value.middle * HUNDRED / base.middle, decimals, MeasureKind.RATE)


def balancing_value(table: Table, line: Row, key: str) -> Interval | None:
    """What ``key`` must be in ``line`` for rows and total to agree; None when unknown or below zero."""
    if table.total is None:
        return None
    if line is table.total:
        return sum_of_rows(table, key)
    value = value_in(table.scheme, table.total, key)
    for other in table.rows:
        part = None if other is line else value_in(table.scheme, other, key)
        if other is not line:
            value = value - part if value is not None and part is not None else None
    if value is None or value.high < 0:
        return None
    return Interval(max(value.low, Decimal(0)), value.high)


def _computed_rate(table: Table, row: Row, rate: Rate) -> Iterator[Proposal]:
    base = value_in(table.scheme, row, rate.bases[0])
    if base and base.low > 0:
        percent = row.cells[rate.part].interval.middle * HUNDRED / base.middle
        yield At(row.label, rate.key), printed(percent, row.cells[rate.key].decimals, MeasureKind.RATE)


def _whole_rates(table: Table, row: Row, rate: Rate) -> Iterator[Proposal]:
    """Rates of whole numbers: the number that the total leaves for this row, and those one slip away from the print."""
    base, stated = value_in(table.scheme, row, rate.bases[0]), row.cells[rate.key]
    if base is None or not base.is_exact or not 0 < base.low <= _LARGEST_BASE:
        return
    left = balancing_value(table, row, rate.part)
    for number in range(int(base.low) + 1):
        share = printed(number * HUNDRED / base.low, stated.decimals, MeasureKind.RATE)
        if slipped(stated, share) or (left and left.is_exact and left.low == number):
            yield At(row.label, rate.key), share


def _identity_numbers(table: Table, row: Row, whole: str) -> Iterator[Proposal]:
    identity = next(item for item in table.scheme.identities if item.whole == whole)
    cells = {key: row.cells[key].interval for key in (whole, *identity.parts)}
    for key in cells:
        value = Interval.exact(0) if key == whole else cells[whole]
        for other in identity.parts:
            if other != key:
                value = value + cells[other] if key == whole else value - cells[other]
        if value.low >= 0:
            kind = table.scheme.measure(key).kind
            yield At(row.label, key), printed(value.middle, column_decimals(table, key), kind, value)
