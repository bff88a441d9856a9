# SPDX-License-Identifier: Apache-2.0
"""Money for allocation lines: each act posts through the chain and brings the line's totals up to the ledger's.

The totals are never counted up here: after every posting they are read back from the ledger, the only truth.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import Strength
from shanhai.kernel.money import Money
from shanhai.planning.programmes.selectors.plans import get_yearly_plan
from shanhai.planning.programmes.selectors.programmes import get_fund_source
from shanhai.planning.programmes.services import chain
from shanhai.planning.projects.models import AllocationLine
from shanhai.planning.projects.rules.arrivals import Awaited, pooled_shares
from shanhai.planning.projects.selectors.projects import get_line
from shanhai.registers.ledger import selectors as ledger
from shanhai.registers.ledger import services as ledger_services
from shanhai.registers.ledger.values import AccountKind, EntryRef, NewPosting, Source


@transaction.atomic
def arrive(
    *,
    by: Actor,
    at: datetime,
    line: UUID,
    amount: Money,
    on_date: date,
    source: Source,
    strength: Strength = Strength.VOUCHER,
    memo: str = "",
) -> EntryRef:
    """Record that money earmarked for the line has arrived. The same source twice is posted once.

    Raises NotVisible, NotAllowed, and what ``chain.record_arrival`` raises (more than the plan issued).
    """
    return _post(chain.record_arrival, by, at, line, amount, on_date, source, strength, memo)


@transaction.atomic
def allot(
    *,
    by: Actor,
    at: datetime,
    line: UUID,
    amount: Money,
    on_date: date,
    source: Source,
    strength: Strength = Strength.VOUCHER,
    memo: str = "",
) -> EntryRef:
    """Record that money was allotted to the line. Raises what ``chain.allot`` raises (more than has arrived)."""
    return _post(chain.allot, by, at, line, amount, on_date, source, strength, memo)


@transaction.atomic
def pay(
    *,
    by: Actor,
    at: datetime,
    line: UUID,
    amount: Money,
    on_date: date,
    source: Source,
    strength: Strength = Strength.VOUCHER,
    memo: str = "",
) -> EntryRef:
    """Record that the line's money was paid out. Raises what ``chain.pay`` raises (more than was allotted)."""
    return _post(chain.pay, by, at, line, amount, on_date, source, strength, memo)
