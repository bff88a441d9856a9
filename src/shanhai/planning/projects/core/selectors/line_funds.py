# SPDX-License-Identifier: Apache-2.0
"""What the ledger says of allocation lines. Who may see a line sees its totals, so the product itself reads them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import system
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.values import Funds
from shanhai.registers.ledger.selectors.balances import totals_by_subject
from shanhai.registers.ledger.values import AccountKind

READER = system("projects", (Permission.FUND_VIEW.value,))
# In the order of the fields of Funds.
KINDS = (AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID, AccountKind.ISSUED)


def ledger_funds(
    *,
    programme: str,
    currency: str,
    subjects: Iterable[str] | None = None,
    kinds: Collection[AccountKind] = KINDS,
    as_of: date | None = None,
    after: date | None = None,
) -> dict[str, Funds]:
    """What has been issued to, has arrived, been allotted and been paid for each line the ledger knows, by its uuid.

    ``subjects`` keeps those lines, ``kinds`` leaves the rest at nought; ``as_of`` asks for the end of that day,
    ``after`` for what has moved since its end.
    """
    totals = totals_by_subject(
        viewer=READER,
        programme=programme,
        subjects=subjects,
        kinds=None if kinds is KINDS else kinds,
        as_of=as_of,
        after=after,
        currency=currency,
    )
    found: dict[str, dict[str, int]] = {}
    for (subject, kind), amount in totals.items():
        if subject:
            found.setdefault(subject, {})[kind.value] = amount.fen
    return {subject: Funds(*(sums.get(kind.value, 0) for kind in KINDS)) for subject, sums in found.items()}


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
