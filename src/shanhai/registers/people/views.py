# SPDX-License-Identifier: Apache-2.0
"""The register of people: who is reachable for which duty, adding, correcting, ending a posting, erasing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.base.forms import saved
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import NotAllowed, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.kernel.registry import registries
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.registers.people import services
from shanhai.registers.people.forms import (
    DIVISIONS,
    ORGANISATIONS,
    PROGRAMMES,
    EndForm,
    EraseForm,
    FilterForm,
    PersonForm,
)
from shanhai.registers.people.models import Person
from shanhai.registers.people.permissions import PersonPermission
from shanhai.registers.people.selectors import get_person, list_people
from shanhai.registers.places.selectors import divisions_of, find_divisions, said_of_change

# As many organisations, or divisions, as a browser offers well while a name is typed.
OFFERED = 1000
PEOPLE = gettext_noop("人员")


@never_cache
@require_safe
def person_list(request: Request) -> HttpResponse:
    """GET /people/: those in duty, or all that are kept, fifty a page. Raises NotVisible for who may see nobody."""
    if not request.viewer.may_somewhere(PersonPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    form = FilterForm(request.GET)
    filters = form.filters(clock.local_date(request.at))
    page = Page.of(list_people(viewer=request.viewer, **filters), request.GET.get("page", ""))
    places = find_divisions(one.place for one in page.rows)
    context = {
        "crumbs": (TODAY, Crumb(message(PEOPLE))),
        "title": message(PEOPLE),
        "form": form,
        "rows": [(one, places.get(one.place)) for one in page.rows],
        "page": page,
        "filtered": bool(filters["text"] or filters["place"]),
        "may_add": request.viewer.may_somewhere(PersonPermission.MANAGE),
    }
    return render(request, "people/list.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_person(request: Request) -> HttpResponse:
    """GET and POST /people/new: keep another person in a duty."""
    viewer = request.viewer
    if not viewer.may_somewhere(PersonPermission.VIEW):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    if not viewer.may_somewhere(PersonPermission.MANAGE):
        raise NotAllowed(gettext_noop("您的岗位不管理人员。需要时请向指挥部办公室申请。"))
    sent = request.POST if request.method == "POST" else None
    form = PersonForm(sent, viewer=viewer, person=None, programme=request.GET.get("programme", ""))
    if sent is not None and saved(
        request, form, lambda given: services.add_person(by=viewer, at=request.at, facts=form.facts())
    ):
        messages.success(request, gettext("已登记“%(name)s”。") % {"name": form.cleaned_data["name"]})
        _tell_of_change(request, form)
        return redirect("people:list")
    crumbs = (TODAY, Crumb(message(PEOPLE), reverse("people:list")), Crumb(message(gettext_noop("登记人员"))))
    context = {"crumbs": crumbs, "form": form, **_offered(request)}
    return render(request, "people/new.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
def person_page(request: Request, uuid: str) -> HttpResponse:
    """GET /people/<uuid>/: what is kept of a person, and for who manages them, changing it."""
    return _page(request, get_person(viewer=request.viewer, uuid=ids.parse_id(uuid)))


@never_cache
@require_POST
def correct(request: Request, uuid: str) -> HttpResponse:
    """POST /people/<uuid>/correct: replace what is kept."""
    person = _managed(request, uuid)
    form = PersonForm(request.POST, viewer=request.viewer, person=person)

    def save(given: Mapping[str, Any]) -> object:
        facts, because = form.facts(), given["because"]
        return services.correct_person(by=request.viewer, at=request.at, uuid=person.uuid, facts=facts, because=because)

    if not saved(request, form, save):
        return _page(request, person, form=form)
    messages.success(request, gettext("已保存“%(name)s”。") % {"name": form.cleaned_data["name"]})
    _tell_of_change(request, form)
    return redirect("people:list")


def _changing(
    name: str, form_of: type[forms.Form], act: Callable[..., object], done: str
) -> Callable[[Request, str], HttpResponse]:
    """A view that does one thing to a person, told by the form that the page calls ``name``."""

    @never_cache
    @require_POST
    def changed(request: Request, uuid: str) -> HttpResponse:
        person, form = _managed(request, uuid), form_of(request.POST)
        if not saved(request, form, lambda given: act(by=request.viewer, at=request.at, uuid=person.uuid, **given)):
            return _page(request, person, **{name: form})
        messages.success(request, gettext(done))
        return redirect("people:list")

    return changed


end = _changing("ending", EndForm, services.end_posting, gettext_noop("任职已结束。三年后自动清除个人信息。"))
erase = _changing("erasing", EraseForm, services.erase_person, gettext_noop("个人信息已清除。"))


def _managed(request: Request, uuid: str) -> Person:
    """The person whom the viewer sees and manages."""
    person = get_person(viewer=request.viewer, uuid=ids.parse_id(uuid))
    request.viewer.require(PersonPermission.MANAGE, programme=person.programme, place=person.place or None)
    return person


def _page(request: Request, person: Person, **sent: forms.Form) -> HttpResponse:
    """The page; ``sent`` is the form that was sent and not saved, by its name on the page."""
    scope = {"programme": person.programme, "place": person.place or None}
    context = {
        "crumbs": (TODAY, Crumb(message(PEOPLE), reverse("people:list")), Crumb(person.name)),
        "person": person,
        "place": find_divisions([person.place]).get(person.place),
        "may_manage": request.viewer.may(PersonPermission.MANAGE, **scope),
        "form": PersonForm(None, viewer=request.viewer, person=person),
        "ending": EndForm(),
        "erasing": EraseForm(),
        **_offered(request),
        **sent,
    }
    return render(request, "people/person.html", context, status=422 if sent else 200)


def _offered(request: Request) -> dict[str, Any]:
    names = list_organisations(viewer=request.viewer).values_list("name", flat=True)[:OFFERED]
    return {
        "organisations": names,
        "divisions": [one for kind in registries.scopes if kind.key == "place" for one in kind.list_choices()][
            :OFFERED
        ],
        "organisations_id": ORGANISATIONS,
        "programmes_id": PROGRAMMES,
        "divisions_id": DIVISIONS,
    }


def _tell_of_change(request: Request, form: PersonForm) -> None:
    typed = form.cleaned_data["place"]
    found = divisions_of([typed]).get(typed)
    if found is not None and (said := said_of_change(typed, found)):
        messages.info(request, say(said))
