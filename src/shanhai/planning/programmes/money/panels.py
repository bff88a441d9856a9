# SPDX-License-Identifier: Apache-2.0
"""What the money has on 今日 and 资金: how far it has come, what went where, the vouchers, what has been published."""

from __future__ import annotations

from django.urls import reverse

from shanhai.kernel import proofs
from shanhai.kernel.money import Money
from shanhai.kernel.parts import Flow, Page, page_number
from shanhai.kernel.registry import Asked, Filled, Panel
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import balances, postings
from shanhai.registers.ledger.values import AccountKind
from shanhai.registers.places.selectors import find_divisions

CHAIN = ("plan_issued", "funds_arrived", "funds_allotted", "funds_paid")
KINDS = (AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID)
VOUCHERS, PUBLISHED = 20, 4


def chain(asked: Asked) -> Filled:
    """How far the money has come, each stage with its proof."""
    found = proofs.some_figures(asked.viewer, asked.scope, ("funds",))
    stages = [
        Flow(figure.label, figure.value, url=f"{reverse('proof')}?{proofs.proof_address(asked.scope, figure.key)}")
        for figure in (found[key] for key in CHAIN)
        if isinstance(figure.value, Money)
    ]
    return Filled("programmes/panels/chain.html", {"stages": stages}, columns=5)


def counties(asked: Asked) -> Filled:
    """What has arrived, been allotted and been paid in each county."""
    scope = asked.scope
    amounts = balances.turnover_by_place(
        viewer=asked.viewer, programme=scope.programme, kinds=KINDS, as_of=scope.as_of, place=scope.place
    )
    places = find_divisions({place for place, _kind in amounts if place})
    rows = [(places[code], [amounts.get((code, kind), Money(0)) for kind in KINDS]) for code in sorted(places)]
    # Who posts has the form of arrivals beside it.
    columns = 8 if asked.viewer.may(FundPermission.POST, programme=scope.programme) else 12
    return Filled("programmes/panels/counties.html", {"counties": rows}, columns)


def vouchers(asked: Asked) -> Filled:
    """Every posting, newest first, a page of them."""
    scope, number = asked.scope, page_number(asked.query.get("page", ""))
    count, rows = postings.list_postings(
        viewer=asked.viewer,
        programme=scope.programme,
        as_of=scope.as_of,
        place=scope.place,
        offset=(number - 1) * VOUCHERS,
        limit=VOUCHERS,
    )
    shown = [(row, KIND_LABELS[row.from_kind], KIND_LABELS[row.to_kind]) for row in rows]
    page = Page(rows=rows, count=count, number=number, size=VOUCHERS)
    return Filled("programmes/panels/vouchers.html", {"rows": shown, "page": page})


def published(asked: Asked) -> Filled | None:
    """The first of what has been published about the programme."""
    found = [one for one in proofs.all_figures(asked.viewer, asked.scope) if one.provenance == "public"]
    context = {"figures": found[:PUBLISHED], "count": len(found)}
    return Filled("programmes/panels/published.html", context) if found else None


PANELS = (
    Panel("money.chain", "today", 30, chain),
    Panel("money.published", "today", 90, published),
    Panel("money.chain.funds", "funds", 10, chain),
    Panel("money.counties", "funds", 40, counties),
    Panel("money.vouchers", "funds", 90, vouchers),
)
