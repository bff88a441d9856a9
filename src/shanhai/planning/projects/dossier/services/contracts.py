# SPDX-License-Identifier: Apache-2.0
"""Correcting what a contract was recorded as."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import Conflict, Refused, checked_reason
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.money import Money
from shanhai.planning.projects.ceilings.services import keep_ceilings
from shanhai.planning.projects.core.selectors import in_order, locked_project
from shanhai.planning.projects.core.services import record_change
from shanhai.planning.projects.dossier.rules import check_contract
from shanhai.planning.projects.labels import METHODS
from shanhai.planning.projects.models import Contract, Project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.rules import refuse_twins
from shanhai.planning.projects.states import Method

# What money or days hang on: once something is paid, not for who recorded it alone.
BINDING = {"amount_fen", "signed_on", "awarded_on"}


@transaction.atomic
def correct_contract(
    *,
    by: Actor,
    at: datetime,
    project: UUID,
    contract: UUID,
    number: str,
    contractor: str,
    method: Method,
    amount: Money,
    signed_on: date,
    because: str,
    awarded_on: date | None = None,
    apart: bool = False,
    beyond: str = "",
    seen: Mapping[str, object] | None = None,
) -> Contract:
    """Correct a contract, with the reason; once money was paid its amount and days are a second person's to correct.

    That is who holds project.correct and did not record it. ``apart`` as in ``add_contract``, ``seen`` as in
    ``kernel.corrections``; ``beyond`` says why it goes beyond a ceiling all the same.
    Raises NotVisible, NotAllowed, BadInput, Conflict, Refused, and as ``keep_ceilings`` does.
    """
    found = locked_project(by=by, project=project, permission=ProjectPermission.MOVE)
    missing = gettext_noop("没有找到这份合同。请从项目档案重新进入。")
    row = row_of(found.contracts.all(), contract, missing, lock=True)
    because = checked_reason(because, gettext_noop("请写明为什么改这份合同。"), "projects")
    number, contractor = number.strip()[:100], contractor.strip()[:200]
    check_contract(
        number=number, contractor=contractor, amount=amount, currency=found.currency,
        signed_on=signed_on, awarded_on=awarded_on, today=local_date(at),
    )  # fmt: skip
    new = {
        "number": number, "contractor": contractor, "method": method.value, "amount": amount,
        "signed_on": signed_on, "awarded_on": awarded_on,
    }  # fmt: skip
    changes = corrected({name: getattr(row, name) for name in new}, new, seen, {"method": METHODS})
    if not changes:
        return row
    others = list(found.contracts.exclude(pk=row.pk).values_list("number", flat=True).order_by("number"))
    if number in others:
        text = gettext_noop("编号 %(number)s 的合同已经登记过，内容不同。请核对编号。")
        raise Conflict(text, "projects.contract_already_there", field="number", number=number)
    if "number" in changes and not apart:
        refuse_twins(number, others)
    if BINDING & set(changes):
        _require_second_person(by, found, row)

    grown = amount.fen > row.amount_fen
    with in_order(found):
        row.number, row.contractor, row.method, row.amount_fen = number, contractor, method.value, amount.fen
        row.signed_on, row.awarded_on = signed_on, awarded_on
        row.save()
    if grown:
        keep_ceilings(by=by, at=at, projects=[found.uuid], grown=["contracts"], because=beyond)
    act, facts = "projects.contract.corrected", {"contract": row.number, **changes}
    record_change(by=by, at=at, project=found, action=act, changes=facts, because=because)
    return row


def _require_second_person(by: Actor, project: Project, contract: Contract) -> None:
    paid = project.lines.aggregate(paid=Sum("paid_fen", default=0))["paid"]
    scope = {"programme": project.programme.code, "place": project.place.code}
    if paid and (contract.added_by == by.ref or not by.may(ProjectPermission.CORRECT, **scope)):
        raise Refused(
            gettext_noop("这个项目已支付 %(paid)s，合同的金额和日期要由登记人以外、有更正权限的人来改。请交给他办。"),
            "projects.contract_paid",
            paid=Money(paid, project.currency),
        )
