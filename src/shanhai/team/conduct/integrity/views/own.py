# SPDX-License-Identifier: Apache-2.0
"""One's own: the letter to sign, matters to declare, who opened them; signing beside one's own people; reporting."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, SavingForm, answered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.registers.places.selectors import county_choices
from shanhai.team.conduct.access import ways
from shanhai.team.conduct.integrity import forms, selectors
from shanhai.team.conduct.integrity.services import cases, letters
from shanhai.team.conduct.permissions import IntegrityPermission
from shanhai.team.conduct.selectors import openings_of
from shanhai.team.conduct.values import Sealed
from shanhai.team.secondments.selectors.roster import find_own, list_roster

if TYPE_CHECKING:
    from datetime import date

    from shanhai.kernel.actors import Actor

INTEGRITY = message(gettext_noop("廉洁"))
MOST_SHOWN = 50
_SIGNED = gettext_noop("已签。")


def people_on(viewer: Actor, programme: str, on: date) -> list[tuple[str, str]]:
    """Who is here on a day, to choose among."""
    here = list_roster(viewer=viewer, programme=programme, on=on).order_by("person__name", "pk")
    return [(str(one.uuid), f"{one.person.name} · {one.post.title}") for one in here]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: Request) -> HttpResponse:
    """GET and POST /integrity/: my letter, what I declare, who read it; whose letters wait for my signature; trips."""
    scope = scope_of(request, IntegrityPermission)
    viewer, code, today = request.viewer, scope.programme, local_date(request.at)
    may = {one.name: viewer.may_somewhere(one, programme=code) for one in IntegrityPermission}
    declare = Act(forms.DeclareForm, letters.declare, gettext_noop("已报告。"))
    sent = "declare" if request.method == "POST" else ""
    acts = {"declare": declare} if may["OWN"] else {}
    drawn, went = answered(request, acts, sent, lambda _made: redirect(address_in(code, "integrity:home")))
    if went:
        return went
    held = find_own(viewer=viewer, on=today) if may["OWN"] else None
    letter = selectors.letter_of(programme=code, year=today.year)
    family = registries.figures.get("conduct")
    context = {
        "crumbs": (TODAY, Crumb(INTEGRITY)),
        "title": INTEGRITY,
        "ways": ways(request, code, "integrity:home"),
        "programme": get_programme(viewer=viewer, code=code),
        "may": may,
        "scope": scope,
        "figures": family.list_figures(viewer=viewer, scope=scope) if family else (),
        "held": held,
        "letter": letter,
        "signature": selectors.own_signature(viewer=viewer, letter=letter) if letter else None,
        "form": drawn.get("declare") if held else None,
        "declared": selectors.list_own_declarations(viewer=viewer)[:MOST_SHOWN],
        "openings": _openings(viewer, held.person.pk if held else None),
        "waiting": selectors.list_to_countersign(viewer=viewer, programme=code)[:MOST_SHOWN],
        "trips": selectors.list_trips(viewer=viewer, programme=code)[:MOST_SHOWN],
    }
    return render(request, "conduct/integrity.html", context, status=status_of(*drawn.values()))


def _openings(viewer: Actor, person: int | None) -> list[Any]:
    rows = list(openings_of(person=person).filter(what=Sealed.DECLARATION)[:MOST_SHOWN]) if person else []
    names = names_by_ref(viewer=viewer, refs={one.by for one in rows}) if rows else {}
    return [(one, name_in(names, one.by)) for one in rows]


@never_cache
@require_POST
def sign(request: Request, uuid: str) -> HttpResponse:
    """POST /integrity/letters/<uuid>/sign: sign it oneself."""
    return _signed(request, partial(letters.sign_letter, letter=ids.parse_id(uuid)))


@never_cache
@require_POST
def countersign(request: Request, uuid: str, secondment: str) -> HttpResponse:
    """POST /integrity/letters/<uuid>/<secondment>/countersign: sign beside somebody."""
    save = partial(letters.countersign, letter=ids.parse_id(uuid), secondment=ids.parse_id(secondment))
    return _signed(request, save)


def _signed(request: Request, save: Any) -> HttpResponse:
    act = Act(SavingForm, save, _SIGNED)
    drawn, went = answered(
        request, {"sign": act}, "sign", lambda made: redirect(address_in(made.letter.programme.code, "integrity:home"))
    )
    if went:
        return went
    context = {
        "crumbs": (TODAY, Crumb(INTEGRITY, reverse("integrity:home"))),
        "title": INTEGRITY,
        "refused": drawn["sign"],
    }
    return render(request, "conduct/not_signed.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def declaration(request: Request, uuid: str) -> HttpResponse:
    """GET /integrity/declarations/<uuid>/: one declaration; whoever opens it is kept."""
    found = letters.open_declaration(by=request.viewer, at=request.at, declaration=ids.parse_id(uuid))
    title = message(gettext_noop("重大事项报告"))
    crumbs = (TODAY, Crumb(INTEGRITY, address_in(found.programme.code, "integrity:home")), Crumb(title))
    return render(request, "conduct/declaration.html", {"crumbs": crumbs, "title": title, "one": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request) -> HttpResponse:
    """GET and POST /integrity/report/: report an incident to discipline."""
    scope = scope_of(request, (IntegrityPermission.OWN, IntegrityPermission.DISCIPLINE))
    viewer, code = request.viewer, scope.programme
    programme = get_programme(viewer=viewer, code=code)
    form = partial(
        forms.CaseForm,
        people=partial(people_on, viewer, code, local_date(request.at)),
        counties=partial(county_choices, programme.recipient.code),
    )
    act = Act(form, partial(cases.report_case, programme=code), gettext_noop("已报告。由纪检了解，只有纪检看得到。"))
    sent = "report" if request.method == "POST" else ""
    drawn, went = answered(request, {"report": act}, sent, lambda _made: redirect(address_in(code, "integrity:home")))
    if went:
        return went
    title = message(gettext_noop("报告事件"))
    context = {
        "crumbs": (TODAY, Crumb(INTEGRITY, address_in(code, "integrity:home")), Crumb(title)),
        "title": title,
        "programme": programme,
        "form": drawn["report"],
    }
    return render(request, "conduct/report.html", context, status=status_of(drawn["report"]))
