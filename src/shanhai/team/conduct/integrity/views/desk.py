# SPDX-License-Identifier: Apache-2.0
"""The desk of discipline: who has not signed or declared, what is unread, trips and cases; one case."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.registers.places.selectors import find_divisions
from shanhai.team.conduct import labels
from shanhai.team.conduct.access import ways
from shanhai.team.conduct.integrity import forms, selectors
from shanhai.team.conduct.integrity.services import cases, letters
from shanhai.team.conduct.integrity.views.own import INTEGRITY, MOST_SHOWN
from shanhai.team.conduct.permissions import IntegrityPermission
from shanhai.team.conduct.states import CaseState


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: Request) -> HttpResponse:
    """GET and POST /integrity/desk/: coverage with the missing named, declarations, cases; setting the letter."""
    scope = scope_of(request, (IntegrityPermission.DISCIPLINE,))
    viewer, code, today = request.viewer, scope.programme, local_date(request.at)
    act = Act(forms.LetterForm, partial(letters.set_letter, programme=code), gettext_noop("已发出，大家可以签了。"))
    sent = "letter" if request.method == "POST" else ""
    drawn, went = answered(request, {"letter": act}, sent, lambda _made: redirect("integrity:desk"))
    if went:
        return went
    title = message(gettext_noop("纪检台"))
    context = {
        "crumbs": (TODAY, Crumb(INTEGRITY, address_in(code, "integrity:home")), Crumb(title)),
        "title": title,
        "ways": ways(request, code, "integrity:home"),
        "programme": get_programme(viewer=viewer, code=code),
        "year": today.year,
        "covered": selectors.coverage(viewer=viewer, programme=code, on=today),
        "undeclared": selectors.list_undeclared(viewer=viewer, programme=code, on=today),
        "unread": selectors.list_unread(viewer=viewer, programme=code)[:MOST_SHOWN],
        "cases": selectors.list_cases(viewer=viewer, programme=code)[:MOST_SHOWN],
        "form": drawn["letter"],
    }
    return render(request, "conduct/integrity_desk.html", context, status=status_of(drawn["letter"]))


@never_cache
@require_safe
def case_page(request: Request, uuid: str) -> HttpResponse:
    """GET /integrity/cases/<uuid>/: one case, for discipline."""
    return _case(request, uuid, "")


@never_cache
@require_POST
def case_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /integrity/cases/<uuid>/<act>: look into it, say what was found."""
    return _case(request, uuid, act)


def _case(request: Request, uuid: str, act: str) -> HttpResponse:
    case = selectors.get_case(viewer=request.viewer, uuid=ids.parse_id(uuid))
    acts = {
        "inquire": Act(SavingForm, partial(cases.inquire, case=case.uuid), gettext_noop("已开始了解。")),
        "find": Act(forms.FindingForm, partial(cases.find, case=case.uuid), gettext_noop("已记下结论。")),
    }
    drawn, went = answered(request, acts, act, lambda _made: redirect("integrity:case", uuid))
    if went:
        return went
    of_state = {CaseState.REPORTED: {"inquire"}, CaseState.INQUIRY: {"find"}}
    names_of_acts = of_state.get(CaseState(case.state), set()) if case.reported_by != request.viewer.ref else set()
    shown, refused = offered(drawn, names_of_acts, act)
    moves = list(case.moves.order_by("at", "pk"))
    names = names_by_ref(viewer=request.viewer, refs={one.by for one in moves})
    title = message(gettext_noop("事件详情"))
    context = {
        "crumbs": (TODAY, Crumb(INTEGRITY, address_in(case.programme.code, "integrity:home")), Crumb(title)),
        "title": title,
        "case": case,
        "place": find_divisions((case.place,)).get(case.place),
        "parties": case.parties.select_related("person").order_by("person__name", "pk"),
        "moves": [(one, labels.CASE_STATES[CaseState(one.new)], name_in(names, one.by)) for one in moves],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "conduct/case.html", context, status=status_of(*drawn.values()))
