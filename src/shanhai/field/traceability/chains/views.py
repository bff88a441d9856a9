# SPDX-License-Identifier: Apache-2.0
"""The pages on which a party records, and those that show lots and permits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import Act, ReasonForm, answered, saved, status_of
from shanhai.field.traceability import labels
from shanhai.field.traceability.chains.forms import (
    AnswerForm,
    ClosureForm,
    CorrectForm,
    PermitForm,
    RevokeForm,
    StepForm,
    ZoneForm,
)
from shanhai.field.traceability.chains.selectors import pages
from shanhai.field.traceability.chains.selectors.lots import get_finding, list_coming, list_findings
from shanhai.field.traceability.chains.selectors.products import (
    called,
    definition_of,
    facts_of,
    get_product,
    list_permits,
    list_products,
    list_zones,
    step_words,
)
from shanhai.field.traceability.chains.services import correcting, registering
from shanhai.field.traceability.chains.services.recording import record_step
from shanhai.field.traceability.chains.services.shipped import load_shipped
from shanhai.field.traceability.models import Lot, Party, Record
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import FindingKind, LotKind, LotState, Part
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page, Status
from shanhai.planning.programmes.core.selectors.scopes import scope_from

TRACE = gettext_noop("溯源")
PER_PAGE = 50
_WITHDRAWN, _CORRECTED = gettext_noop("撤回了。"), gettext_noop("更正了。下家会看到。")
_ANSWERED, _REGISTERED, _REVOKED = gettext_noop("说明记下了。"), gettext_noop("登记了。"), gettext_noop("吊销了。")


def _crumbs(*more: Crumb) -> tuple[Crumb, ...]:
    return (TODAY, Crumb(message(TRACE), reverse("chains:today") if more else ""), *more)


def _require_some(request: Request) -> None:
    """Raise NotVisible for who may do nothing with traceability anywhere."""
    if not any(map(request.viewer.may_somewhere, TracePermission)):
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))


@require_safe
def today(request: Request) -> HttpResponse:
    """GET /trace/: what each party that one records for may record today, what comes, what does not add up."""
    _require_some(request)
    viewer = request.viewer
    found = list_findings(viewer=viewer)[:20]
    context = {
        "crumbs": _crumbs(),
        "desks": [
            (desk, [(one, called(one.step.names), called(one.definition.names)) for one in desk.ready],
             [(one, step_words(one)) for one in desk.records])
            for desk in pages.desks(viewer=viewer)
        ],
        "coming": [(one, called(definition_of(one.product_class).names)) for one in list_coming(viewer=viewer)[:20]],
        "findings": [(one, labels.FINDINGS[FindingKind(one.kind)]) for one in found],
        "may_see": viewer.may_somewhere(TracePermission.VIEW),
        "may_manage": viewer.may_somewhere(TracePermission.MANAGE),
        "no_products": not list_products(viewer=viewer),
        "may_print": viewer.may_somewhere("code.issue"),
        "may_see_codes": viewer.may_somewhere("code.view"),
    }  # fmt: skip
    return render(request, "traceability/today.html", context)


@require_POST
def load(request: Request) -> HttpResponse:
    """POST /trace/load: load the chains that come with the product, where there are none yet or newer ones came."""
    _require_some(request)
    load_shipped(by=request.viewer, at=request.at)
    messages.success(request, gettext("产品载入了。现在可以登记采集区和采集证，记录员可以记第一步。"))
    return redirect("chains:today")


@require_http_methods(["GET", "HEAD", "POST"])
def step_page(request: Request, party: str, product: str, step: str) -> HttpResponse:
    """GET: the form of a step, whose id stands in its address; POST records it, once however often it is sent."""
    of, form_id = ids.parse_id(party), request.GET.get("form", "")
    offer = pages.offer(
        viewer=request.viewer,
        party=of,
        product=get_product(viewer=request.viewer, uuid=ids.parse_id(product)),
        step=step,
    )
    if not form_id:
        # In the address, so that loading the page again after a lost answer sends the same form, not another.
        return redirect(f"{request.path}?form={ids.new_id()}")
    known = pages.recorded(viewer=request.viewer, form_id=ids.parse_id(form_id), party=offer.party)
    if known is not None:
        if request.method == "POST" or known.step == step:
            messages.info(request, gettext("这张表已经记下了，没有再记一次。"))
        return redirect("chains:record", uuid=known.uuid)
    first = {"form_id": form_id, "day": clock.local_date(request.at)}
    form = StepForm(request.POST if request.method == "POST" else None, offer=offer, initial=first)
    made = saved(request, form, lambda given: _record(request, form, given)) if request.method == "POST" else None
    if made is not None:
        messages.success(request, gettext("记下了。"))
        return redirect("chains:record", uuid=made.uuid)
    context = {
        "crumbs": _crumbs(Crumb(called(offer.step.names))),
        "form": form,
        "offer": offer,
        "step": called(offer.step.names),
        "product": called(offer.definition.names),
        "notice": called(offer.definition.notice) if offer.definition.notice else "",
    }
    return render(request, "traceability/step.html", context, status=status_of(form))


def _record(request: Request, form: StepForm, given: Mapping[str, Any]) -> Record:
    offer = form.offer
    to = next((one for one in offer.receivers if str(one.uuid) == given.get("to")), None)
    return record_step(
        party=offer.party,
        product_class=offer.product,
        step=offer.step.key,
        form_id=given["form_id"],
        inputs=form.taken(),
        outputs=form.made(),
        fields=form.typed(),
        permit=UUID(given["permit"]) if given.get("permit") else None,
        to=to,
        covered=bool(given.get("covered")),
        happened_at=_moment(given["day"], request.at),
        by=request.viewer,
        at=request.at,
    )


def _moment(day: date, at: datetime) -> datetime:
    """Now for today; noon of another day, since nobody types a time on a phone."""
    if day == clock.local_date(at):
        return at
    return datetime.combine(day, time(12), clock.SHANGHAI)


@require_http_methods(["GET", "HEAD", "POST"])
def record_page(request: Request, uuid: str, act: str = "") -> HttpResponse:
    """GET: what was recorded, with the lots and their codes; POST puts weights right, or says it did not happen."""
    record, rows, own = pages.get_record(viewer=request.viewer, uuid=ids.parse_id(uuid))
    weights = [(row.lot.uuid, row.lot.code, row.grams) for row in pages.correctable(record, rows)]
    acts = {}
    if own:
        acts["withdraw"] = Act(ReasonForm, partial(correcting.withdraw_record, record=record.uuid), _WITHDRAWN)
    if own and weights:
        correct = partial(correcting.correct_record, record=record.uuid)
        acts["correct"] = Act(lambda data: CorrectForm(data, weights=weights), correct, _CORRECTED)
    drawn, gone = answered(request, acts, act, lambda made: redirect("chains:record", uuid=made.uuid))
    if gone is not None:
        return gone
    definition = definition_of(record.product_class)
    step = definition.step(record.step)
    typed = [
        (called(one.names), _words(one, record.fields[one.key]))
        for one in (step.fields if step else ())
        if one.key in record.fields
    ]
    context = {
        "crumbs": _crumbs(Crumb(step_words(record))),
        "record": record,
        "step": step_words(record),
        "product": called(definition.names),
        "typed": typed,
        "made": [
            (row, " · ".join(value for _name, value in facts_of(row.lot, definition)))
            for row in rows
            if row.part == Part.MADE
        ],
        "taken": [row for row in rows if row.part != Part.MADE],
        "codes": record.codes,
        **drawn,
    }
    return render(request, "traceability/record.html", context, status=status_of(*drawn.values()))


def _words(one: Any, value: str) -> str:
    return next((called(choice.names) for choice in one.choices if choice.key == value), f"{value} {one.unit}".strip())


@require_http_methods(["GET", "HEAD", "POST"])
def finding_page(request: Request, uuid: str) -> HttpResponse:
    """GET: what was found about a lot; POST explains it."""
    found = get_finding(viewer=request.viewer, uuid=ids.parse_id(uuid))
    acts = {"answer": Act(AnswerForm, partial(correcting.answer_finding, finding=found.uuid), _ANSWERED)}
    drawn, gone = answered(request, acts, "answer", lambda _made: redirect("chains:today"))
    if gone is not None:
        return gone
    words = labels.FINDINGS[FindingKind(found.kind)]
    context = {"crumbs": _crumbs(Crumb(message(words))), "one": found, "words": words, **drawn}
    return render(request, "traceability/finding.html", context, status=status_of(*drawn.values()))


def _lot_row(lot: Lot) -> tuple[Lot, tuple[Status, str], str, str, str]:
    definition = definition_of(lot.product_class)
    words = " · ".join(value for _name, value in facts_of(lot, definition))
    return lot, labels.LOTS[LotState(lot.state)], labels.LOT_KINDS[LotKind(lot.kind)], called(definition.names), words


@require_safe
def lot_list(request: Request) -> HttpResponse:
    """GET /trace/lots/: the lots that one sees, by state and by a word of their code."""
    _require_some(request)
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at)
    state, text = request.GET.get("state", ""), request.GET.get("q", "")
    code = scope.programme if scope else None
    found = pages.list_lots(viewer=request.viewer, programme=code, state=state, text=text)
    page = Page.of(found, request.GET.get("page", ""), PER_PAGE)
    context = {
        "crumbs": _crumbs(Crumb(message(gettext_noop("溯源批次")))),
        "page": page,
        "rows": [_lot_row(lot) for lot in page.rows],
        "states": [(key, words) for key, (_kind, words) in labels.LOTS.items()],
        "state": state,
        "q": text,
    }
    return render(request, "traceability/lots.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def permit_page(request: Request, act: str = "") -> HttpResponse:
    """GET /trace/permits/: permits with what is left, zones; POST registers or revokes one, or closes a zone."""
    _require_some(request)
    viewer, acts = request.viewer, dict[str, Act]()
    zones, permits = list(list_zones(viewer=viewer)), list_permits(viewer=viewer)
    if viewer.may_somewhere(TracePermission.MANAGE):
        parties = list(Party.objects.visible_to(viewer).select_related("organisation", "programme"))
        products = [definition_of(one) for one in list_products(viewer=viewer)]
        collected = [one for one in products if any(step.permit for step in one.steps)]
        permit = partial(PermitForm, parties=parties, zones=zones)
        acts = {
            "zone": Act(
                partial(ZoneForm, parties=parties, products=collected),
                lambda **given: registering.register_zone(programme=given["party"].programme.code, **given),
                _REGISTERED,
            ),
            "permit": Act(permit, registering.register_permit, _REGISTERED),
            "close": Act(partial(ClosureForm, zones=zones), registering.close_zone, _REGISTERED),
            "revoke": Act(partial(RevokeForm, permits=list(permits)), registering.revoke_permit, _REVOKED),
        }
    drawn, gone = answered(request, acts, act, lambda _made: redirect("chains:permits"))
    if gone is not None:
        return gone
    context = {
        "crumbs": _crumbs(Crumb(message(gettext_noop("采集证")))),
        "page": Page.of(permits, request.GET.get("page", ""), PER_PAGE),
        "zones": zones,
        **drawn,
    }
    return render(request, "traceability/permits.html", context, status=status_of(*drawn.values()))
