# SPDX-License-Identifier: Apache-2.0
"""What the ledger says of allocation lines. Who may see a line sees its totals, so the product itself reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

from django.db.models import CharField, Func
from django.db.models.sql.compiler import SQLCompiler

from shanhai.kernel.actors import system
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.values import Funds
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.balances import rows_by_subject, sums_by_subject
from shanhai.registers.ledger.values import AccountKind

READER = system("projects", (FundPermission.VIEW.value,))
KINDS = (AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID, AccountKind.ISSUED)


class AsSubject(Func):
    """A line's uuid as the ledger's subjects spell it."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra_context: Any) -> Any:
        """Stored as hexadecimal digits, in groups."""
        groups = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        template = " || '-' || ".join(f"substr(%(expressions)s, {start}, {length})" for start, length in groups)
        return self.as_sql(compiler, connection, template=template, **extra_context)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra_context: Any) -> Any:
        """Stored as what it is."""
        return self.as_sql(compiler, connection, template="%(expressions)s::text", **extra_context)


def rows_by_line(*, programme: str, currency: str, as_of: date) -> Any:
    """The ledger's totals by ``subject`` and day until the end of ``as_of``, with a column for each station."""
    return rows_by_subject(viewer=READER, programme=programme, currency=currency).filter(on_date__lte=as_of)


def ledger_funds(
    *,
    programme: str,
    currency: str,
    subjects: Iterable[str] | None = None,
    kinds: Collection[AccountKind] = KINDS,
    as_of: date | None = None,
) -> dict[str, Funds]:
    """What has been issued to, has arrived, been allotted and been paid for each line the ledger knows, by its uuid.

    ``subjects`` keeps those lines, ``kinds`` leaves the rest at nought; ``as_of`` asks for the end of that day.
    """
    rows = sums_by_subject(
        viewer=READER, programme=programme, kinds=kinds, subjects=subjects, as_of=as_of, currency=currency
    )
    names = [kind.value for kind in kinds]
    return {subject: Funds(**dict(zip(names, sums, strict=True))) for subject, *sums in rows if subject}


def funds_as_of(lines: Iterable[AllocationLine], programme: str, currency: str, as_of: date) -> dict[int, Funds]:
    """For lines whose money has moved after ``as_of``: by primary key, what had arrived, been allotted and paid then.

    No query when there are none.
    """
    moved = [line for line in lines if line.funds_changed_on is not None and line.funds_changed_on > as_of]
    if not moved:
        return {}
    subjects = [str(line.uuid) for line in moved]
    funds = ledger_funds(programme=programme, currency=currency, subjects=subjects, as_of=as_of)
    return {line.pk: funds.get(str(line.uuid), Funds()) for line in moved}


def lines_that_differ() -> tuple[str, ...]:
    """A sentence for each line whose totals are not the ledger's; none when all agree."""
    faults = []
    rows = AllocationLine.objects.order_by("project__programme__code", "pk")
    programmes = rows.values_list("project__programme__code", "project__programme__currency")
    for programme, currency in programmes.order_by("project__programme__code").distinct():
        funds = ledger_funds(programme=programme, currency=currency)
        columns = ("uuid", "project__code", "arrived_fen", "allotted_fen", "paid_fen")
        for uuid, code, *stored in rows.filter(project__programme__code=programme).values_list(*columns).iterator():
            known = funds.get(str(uuid), Funds())
            if tuple(stored) != (known.arrived, known.allotted, known.paid):
                sums = (known.arrived, known.allotted, known.paid)
                faults.append(f"{programme} {code} line {uuid}: stored {stored}, ledger {list(sums)}")
    return tuple(faults)
