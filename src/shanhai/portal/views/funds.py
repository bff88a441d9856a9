# SPDX-License-Identifier: Apache-2.0
"""Where the money of a programme stands, its vouchers, and recording what has arrived."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.kernel import ids, proofs
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.money import Money
from shanhai.kernel.parts import TODAY, Crumb, Flow, Page, page_number
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.programmes.core.selectors.scopes import scope_from
from shanhai.planning.programmes.plans import selectors as plans
from shanhai.planning.projects.shares import services as project_funds
from shanhai.planning.projects.shares.selectors import what_if as shares
from shanhai.portal.forms import ArrivalForm
from shanhai.registers.documents.selectors import documents
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import balances, postings
from shanhai.registers.ledger.values import AccountKind, Source
from shanhai.registers.places import selectors as place_register

SIZE = 20
FUNDS = gettext_noop("资金")
CHAIN = ("plan_issued", "funds_arrived", "funds_allotted", "funds_paid")
KINDS = (AccountKind.ISSUED, AccountKind.ARRIVED, AccountKind.ALLOTTED, AccountKind.PAID)


@require_safe
def funds(request: Request) -> HttpResponse:
    """GET /funds/: the chain, its rates and shares, the counties, and the latest vouchers."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    if scope is None:
        return render(request, "portal/funds.html", {"crumbs": (TODAY, Crumb(message(FUNDS)))})
    return render(request, "portal/funds.html", _context(request, scope, None))


@require_POST
def record_arrival(request: Request) -> HttpResponse:
    """POST /funds/arrivals: money has come in."""
    scope = scope_from(viewer=request.viewer, asked=request.POST, at=request.at)
    if scope is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
    form = ArrivalForm(request.POST, **_choices(request, scope))
    if not form.is_valid():
        return render(request, "portal/funds.html", _context(request, scope, form), status=422)
    given = form.cleaned_data
    entry = project_funds.record_pooled_arrival(
        by=request.viewer,
        at=request.at,
        programme=scope.programme,
        fund_source=given["fund_source"],
        year=int(given["year"]),
        amount=form.money,
        on_date=given["on"],
        source=Source("funds.arrival", f"{scope.programme}:{given['number']}"),
        memo=given["memo"] or given["number"],
    )
    messages.success(request, gettext("已记到位，凭证号 %(number)s。") % {"number": given["number"]})
    return redirect("entry", uuid=entry.uuid)


@require_safe
def entry_page(request: Request, uuid: str) -> HttpResponse:
    """GET /funds/entries/<uuid>/: one voucher with its postings and its papers."""
    entry = postings.get_entry(viewer=request.viewer, uuid=ids.parse_id(uuid))
    places = place_register.find_divisions({row.place for row in entry.postings if row.place})
    sources = programmes.list_fund_sources(viewer=request.viewer, programme=entry.programme)
    source_names = {source.code: source.name for source in sources}
    context = {
        "crumbs": (
            TODAY,
            Crumb(message(FUNDS), f"{reverse('funds')}?programme={entry.programme}"),
            Crumb(message(gettext_noop("凭证"))),
        ),
        "entry": entry,
        "programme": programmes.get_programme(viewer=request.viewer, code=entry.programme),
        "rows": [
            (row, KIND_LABELS[row.from_kind], KIND_LABELS[row.to_kind], places.get(row.place)) for row in entry.postings
        ],
        "source_name": source_names.get(entry.fund_source, entry.fund_source),
        "who": accounts.names_by_ref(viewer=request.viewer, refs={entry.recorded_by}).get(
            entry.recorded_by, entry.recorded_by
        ),
        "proofs": documents.list_proofs(viewer=request.viewer, subject_type="ledger.entry", subject_id=entry.uuid),
        "may_reverse": entry.reversed_by is None
        and entry.reverses is None
        and request.viewer.may(FundPermission.REVERSE, programme=entry.programme),
    }
    return render(request, "portal/entry.html", context)


@require_POST
def reverse_entry(request: Request, uuid: str) -> HttpResponse:
    """POST /funds/entries/<uuid>/reverse: mirror a mistaken entry, once, with the reason."""
    mirror = project_funds.reverse(
        by=request.viewer, at=request.at, entry=ids.parse_id(uuid), because=request.POST.get("because", "")
    )
    messages.success(request, gettext("已冲正。原凭证保留，账上互相抵消。"))
    return redirect("entry", uuid=mirror.uuid)


def _context(request: Request, scope: FigureScope, form: ArrivalForm | None) -> dict[str, Any]:
    viewer = request.viewer
    programme = programmes.get_programme(viewer=viewer, code=scope.programme)
    figures = proofs.some_figures(viewer, scope, ("funds", "projects"))
    text = request.GET.get("page", "")
    number = page_number(text)
    count, rows = postings.list_postings(
        viewer=viewer,
        programme=scope.programme,
        as_of=scope.as_of,
        place=scope.place,
        offset=(number - 1) * SIZE,
        limit=SIZE,
    )
    may_post = viewer.may(FundPermission.POST, programme=scope.programme)
    return {
        "crumbs": (TODAY, Crumb(message(FUNDS))),
        "programme": programme,
        "scope": scope,
        "flow": _flow(figures, scope),
        "figures": [figures[key] for key in RATES if key in figures],
        "rooms": shares.head_rooms(
            viewer=viewer, programme=scope.programme, as_of=scope.as_of, place=scope.place, year=scope.year
        ),
        "may_try": shares.may_ask(viewer=viewer, programme=scope.programme),
        "counties": _counties(request, scope),
        "rows": [(row, KIND_LABELS[row.from_kind], KIND_LABELS[row.to_kind]) for row in rows],
        "page": Page(rows=rows, count=count, number=number, size=SIZE),
        "form": form or (ArrivalForm(initial={"on": scope.as_of}, **_choices(request, scope)) if may_post else None),
    }


RATES = (
    "arrival_rate", "allotment_rate", "payment_rate", "plan_completion_rate", "livelihood_share", "grassroots_share",
    "reserve", "surplus",
)  # fmt: skip


def _flow(figures: dict[str, Figure], scope: FigureScope) -> list[Flow]:
    stages = []
    for key in CHAIN:
        figure = figures.get(key)
        if figure is not None and isinstance(figure.value, Money):
            address = f"{reverse('proof')}?{proofs.proof_address(scope, key)}"
            stages.append(Flow(label=figure.label, amount=figure.value, url=address))
    return stages


def _counties(request: Request, scope: FigureScope) -> list[tuple[object, list[Money]]]:
    amounts = balances.turnover_by_place(
        viewer=request.viewer, programme=scope.programme, kinds=KINDS, as_of=scope.as_of, place=scope.place
    )
    places = place_register.find_divisions({place for place, _kind in amounts if place})
    return [(places[code], [amounts.get((code, kind), Money(0)) for kind in KINDS[1:]]) for code in sorted(places)]


def _choices(request: Request, scope: FigureScope) -> dict[str, Any]:
    sources = programmes.list_fund_sources(viewer=request.viewer, programme=scope.programme)
    years = plans.list_yearly_plans(viewer=request.viewer, programme=scope.programme)
    return {"sources": [(one.code, one.name) for one in sources], "years": [plan.year for plan in years]}
