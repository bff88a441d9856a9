# SPDX-License-Identifier: Apache-2.0
"""Health on a phone: my lists and who opened them; filling one in; the health keeper's desk; somebody's sheets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.team.conduct import labels
from shanhai.team.conduct.access import ways
from shanhai.team.conduct.health import forms, selectors, services
from shanhai.team.conduct.health.rules.items import from_json, is_beyond, write_items
from shanhai.team.conduct.models import HealthSheet
from shanhai.team.conduct.permissions import HealthPermission
from shanhai.team.conduct.selectors import openings_of
from shanhai.team.conduct.values import ItemType, ListKind, Sealed
from shanhai.team.secondments.selectors.roster import find_own, list_roster

if TYPE_CHECKING:
    from shanhai.team.secondments.models import Secondment

HEALTH = message(gettext_noop("健康"))
MOST_SHOWN = 50
_FILLED = gettext_noop("已填好。只有您和健康管理员看得到。")


@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    """GET /health/: my lists and when I filled them in, who opened them."""
    scope = scope_of(request, HealthPermission)
    viewer, code, today = request.viewer, scope.programme, local_date(request.at)
    held = find_own(viewer=viewer, on=today)
    sheets = list(selectors.list_own_sheets(viewer=viewer)[:MOST_SHOWN])
    latest = {ListKind(one.kind): one for one in reversed(sheets) if one.erased_at is None}
    opened = list(openings_of(person=held.person.pk).filter(what=Sealed.HEALTH)[:MOST_SHOWN]) if held else []
    names = names_by_ref(viewer=viewer, refs={one.by for one in opened}) if opened else {}
    templates = selectors.templates_of(programme=code, on=today)
    context = {
        "crumbs": (TODAY, Crumb(HEALTH)),
        "title": HEALTH,
        "ways": ways(request, code, "health:home"),
        "programme": get_programme(viewer=viewer, code=code),
        "held": held,
        "keeps": viewer.may_somewhere(HealthPermission.KEEP, programme=code),
        "lists": [
            (kind, words, templates[kind], latest.get(kind))
            for kind, words in labels.LISTS.items()
            if kind in templates
        ],
        "sheets": sheets,
        "opened": [(one, name_in(names, one.by)) for one in opened],
    }
    return render(request, "conduct/health.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fill(request: Request, kind: str) -> HttpResponse:
    """GET and POST /health/fill/<kind>/: fill in one of my lists."""
    scope = scope_of(request, (HealthPermission.OWN,))
    held = find_own(viewer=request.viewer, on=local_date(request.at))
    programme = held.programme.code if held else scope.programme
    return _fill(request, programme, kind, held, None, address_in(programme, "health:home"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def fill_for(request: Request, uuid: str, kind: str) -> HttpResponse:
    """GET and POST /health/people/<secondment>/<kind>/: the health keeper fills in a list for somebody."""
    held, _sheets = services.open_sheets(by=request.viewer, at=request.at, secondment=ids.parse_id(uuid))
    return _fill(request, held.programme.code, kind, held, held.uuid, reverse("health:person", args=[held.uuid]))


def _fill(
    request: Request, programme: str, kind: str, held: Secondment | None, secondment: UUID | None, to: str
) -> HttpResponse:
    today = local_date(request.at)
    template = (
        selectors.templates_of(programme=programme, on=today).get(ListKind(kind)) if kind in list(ListKind) else None
    )
    if template is None:
        raise NotVisible(gettext_noop("没有找到这张表。请从健康页进入。"))
    form = partial(forms.SheetForm, items=from_json(template.items), initial={"day": today.isoformat()})
    act = Act(form, partial(services.fill_sheet, template=template.uuid, secondment=secondment), _FILLED)
    sent = "fill" if request.method == "POST" else ""
    drawn, went = answered(request, {"fill": act}, sent, lambda _made: redirect(to))
    if went:
        return went
    title = message(template.kind_name)
    context = {
        "crumbs": (TODAY, Crumb(HEALTH, address_in(programme, "health:home")), Crumb(title)),
        "title": title,
        "template": template,
        "held": held,
        "form": drawn["fill"],
    }
    return render(request, "conduct/health_fill.html", context, status=status_of(drawn["fill"]))


@never_cache
@require_safe
def sheet_page(request: Request, uuid: str) -> HttpResponse:
    """GET /health/sheets/<uuid>/: one sheet; whoever else opens it is kept."""
    return _sheet(request, uuid, "")


@never_cache
@require_POST
def sheet_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /health/sheets/<uuid>/erase: erase one's own."""
    return _sheet(request, uuid, act)


def _sheet(request: Request, uuid: str, act: str) -> HttpResponse:
    sheet = services.open_sheet(by=request.viewer, at=request.at, sheet=ids.parse_id(uuid))
    erase = Act(SavingForm, partial(services.erase_own, sheet=sheet.uuid), gettext_noop("已抹去，不能恢复。"))
    drawn, went = answered(
        request, {"erase": erase}, act, lambda _made: redirect(address_in(sheet.programme.code, "health:home"))
    )
    if went:
        return went
    mine = sheet.person.is_actor(request.viewer)
    shown, refused = offered(drawn, {"erase"} if mine and sheet.erased_at is None else set(), act)
    title = message(sheet.kind_name)
    context = {
        "crumbs": (TODAY, Crumb(HEALTH, address_in(sheet.programme.code, "health:home")), Crumb(title)),
        "title": title,
        "sheet": sheet,
        "answers": _answers(sheet),
        "acts": shown,
        "refused": refused,
    }
    return render(request, "conduct/health_sheet.html", context, status=status_of(*drawn.values()))


def _answers(sheet: HealthSheet) -> list[tuple[Any, Any, bool]]:
    """Each item that was answered, its answer, and whether it lies beyond a threshold."""
    found = []
    for number, item in enumerate(from_json(sheet.template.items)):
        answer = sheet.answers.get(str(number))
        if answer is not None:
            said = (
                answer
                if item.type is not ItemType.YES_NO
                else message(gettext_noop("是") if answer else gettext_noop("否"))
            )
            found.append((item, said, is_beyond(item, answer)))
    return found


@never_cache
@require_safe
def desk(request: Request) -> HttpResponse:
    """GET /health/desk/: who filled in what, fifty a page; what lies beyond thresholds; the versions of the lists."""
    return _desk(request, "")


@never_cache
@require_POST
def desk_act(request: Request, act: str) -> HttpResponse:
    """POST /health/desk/<act>: a new version of a list, or the samples."""
    return _desk(request, act)


def _desk(request: Request, act: str) -> HttpResponse:
    scope = scope_of(request, (HealthPermission.KEEP,))
    viewer, code, today = request.viewer, scope.programme, local_date(request.at)
    templates = selectors.templates_of(programme=code, on=today)
    to = address_in(code, "health:desk")
    asked = request.GET.get("list", "")
    chosen = ListKind(asked) if asked in list(ListKind) else ListKind.MONTHLY
    stands = templates.get(chosen)
    initial = {"kind": chosen, "items": write_items(from_json(stands.items)) if stands else ""}
    acts = {
        "template": Act(
            partial(forms.TemplateForm, initial=initial),
            partial(services.publish_template, programme=code),
            gettext_noop("新的一版已定。填过的表不变。"),
        ),
        "samples": Act(SavingForm, partial(services.publish_samples, programme=code), gettext_noop("示例已启用。")),
    }
    drawn, went = answered(request, acts, act, lambda _made: redirect(to))
    if went:
        return went
    page = Page.of(list_roster(viewer=viewer, programme=code, on=today), request.GET.get("page", ""))
    filled = selectors.filled_by(viewer=viewer, programme=code, people=[one.person_id for one in page.rows])
    title = message(gettext_noop("健康管理"))
    context = {
        "crumbs": (TODAY, Crumb(HEALTH, address_in(code, "health:home")), Crumb(title)),
        "title": title,
        "ways": ways(request, code, "health:home"),
        "programme": get_programme(viewer=viewer, code=code),
        "kinds": list(labels.LISTS.items()),
        "chosen": chosen,
        "templates": templates,
        "page": page,
        "rows": [
            (one, [(words, filled.get(one.person_id, {}).get(kind)) for kind, words in labels.LISTS.items()])
            for one in page.rows
        ],
        "beyond": selectors.list_beyond(viewer=viewer, programme=code, since=today.replace(day=1))[:MOST_SHOWN],
        "missing": len(templates) < len(ListKind),
        "acts": drawn,
    }
    return render(request, "conduct/health_desk.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def person(request: Request, uuid: str) -> HttpResponse:
    """GET /health/people/<secondment>/: somebody's sheets, for the health keeper; that they were opened is kept."""
    held, sheets = services.open_sheets(by=request.viewer, at=request.at, secondment=ids.parse_id(uuid))
    title = message(gettext_noop("%(name)s的健康表"), name=held.person.name)
    context = {
        "crumbs": (TODAY, Crumb(HEALTH, address_in(held.programme.code, "health:home")), Crumb(title)),
        "title": title,
        "held": held,
        "lists": list(labels.LISTS.items()),
        "sheets": [(one, _answers(one)) for one in sheets[:MOST_SHOWN]],
    }
    return render(request, "conduct/health_person.html", context)
