# SPDX-License-Identifier: Apache-2.0
"""Posts: the list, asking for one, one with its holders and those named for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, name_in, names_by_ref
from shanhai.base.forms import Act, ReasonForm, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotAllowed
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors.programmes import get_programme, list_batches
from shanhai.planning.programmes.core.selectors.scopes import scope_of
from shanhai.registers.organisations.selectors import list_organisations
from shanhai.registers.people.selectors import list_people
from shanhai.registers.places.selectors import county_choices, find_divisions
from shanhai.team.secondments import forms, labels
from shanhai.team.secondments.models import Nomination
from shanhai.team.secondments.permissions import SecondmentPermission
from shanhai.team.secondments.selectors import posts as selectors
from shanhai.team.secondments.services import nominations, posts, secondments
from shanhai.team.secondments.states import LIVE, NominationState, PostState
from shanhai.team.secondments.views.roster import TEAM

if TYPE_CHECKING:
    from shanhai.registers.people.models import Person

POSTS = message(gettext_noop("援派岗位"))
# As many units, or people, as a browser offers well while a name is typed.
OFFERED = 1000


@never_cache
@require_safe
def post_list(request: Request) -> HttpResponse:
    """GET /team/posts/: the posts of a programme, those asked for first, fifty a page."""
    scope = scope_of(request, (SecondmentPermission.VIEW,), ahead=True)
    programme = get_programme(viewer=request.viewer, code=scope.programme)
    form = forms.PostsForm(request.GET, day=scope.as_of, counties=county_choices(programme.recipient.code))
    filters = form.filters()
    asked: dict[str, Any] = {"programme": scope.programme, "on": scope.as_of, "place": scope.place}
    page = Page.of(selectors.list_posts(viewer=request.viewer, **asked, **filters), request.GET.get("page", ""))
    places = find_divisions(one.place for one in page.rows)
    context = {
        "crumbs": (TODAY, Crumb(TEAM, reverse("secondments:roster")), Crumb(POSTS)),
        "title": POSTS,
        "programme": programme,
        "scope": scope,
        "form": form,
        "rows": [(one, places.get(one.place)) for one in page.rows],
        "page": page,
        "filtered": any(filters.values()) or "place" in request.GET,
        "may_ask": _may_ask(request, scope.programme),
    }
    return render(request, "secondments/posts.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def post_new(request: Request) -> HttpResponse:
    """GET and POST /team/posts/new: ask for a post."""
    scope = scope_of(request, (SecondmentPermission.VIEW,))
    if not _may_ask(request, scope.programme):
        raise NotAllowed(gettext_noop("您的岗位不提岗位需求。需要时请找受援县或人事干部。"))
    viewer, programme = request.viewer, get_programme(viewer=request.viewer, code=scope.programme)
    batches = [(str(one.uuid), gettext(_BATCH) % {"number": one.number}) for one in _batches(request, scope.programme)]
    there = [
        pair
        for pair in county_choices(programme.recipient.code)
        if any(
            viewer.may(permission, programme=programme.code, place=pair[0])
            for permission in (SecondmentPermission.ASK, SecondmentPermission.MANAGE)
        )
    ]
    latest = _batches(request, scope.programme)[:1]
    initial = {"since": local_date(request.at), "until": latest[0].ends_on + timedelta(days=1) if latest else None}
    made = partial(forms.PostForm, viewer=viewer, batches=batches, counties=there, initial=initial)
    act = Act(made, partial(posts.ask_post, programme=programme.code), gettext_noop("已提出。"))
    sent = "form" if request.method == "POST" else ""
    drawn, went = answered(request, {"form": act}, sent, lambda one: redirect("secondments:post", uuid=one.uuid))
    title = message(gettext_noop("提岗位需求"))
    context = {
        "crumbs": (
            TODAY,
            Crumb(TEAM, reverse("secondments:roster")),
            Crumb(POSTS, reverse("secondments:posts")),
            Crumb(title),
        ),
        "title": title,
        "programme": programme,
        "form": drawn["form"],
        **_offered(request),
    }
    return went or render(request, "secondments/post_new.html", context, status=status_of(drawn["form"]))


@never_cache
@require_safe
def post_page(request: Request, uuid: str) -> HttpResponse:
    """GET /team/posts/<uuid>/: who holds it when, who is named for it, and what may be done."""
    return _page(request, uuid, "", "")


@never_cache
@require_POST
def post_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /team/posts/<uuid>/<act>: open, decline or close it, name somebody."""
    return _page(request, uuid, "", act)


@never_cache
@require_POST
def nomination_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /team/nominations/<uuid>/<act>: check, dispatch or withdraw."""
    found = selectors.get_nomination(viewer=request.viewer, uuid=ids.parse_id(uuid))
    return _page(request, str(found.post.uuid), uuid, act)


def _page(request: Request, uuid: str, nomination: str, act: str) -> HttpResponse:
    page = selectors.get_post_page(viewer=request.viewer, uuid=ids.parse_id(uuid))
    acts, names = _of_post(page, request)
    for one in page.nominations or ():
        more, shown = _of_nomination(page, one, request)
        acts |= {f"{name} {one.uuid}": made for name, made in more.items()}
        names |= {f"{name} {one.uuid}" for name in shown}
    sent = f"{act} {nomination}" if nomination else act
    drawn, went = answered(request, acts, sent, lambda _made: redirect("secondments:post", uuid=page.post.uuid))
    if went:
        return went
    shown_forms, refused = offered(drawn, names, sent)
    refs = {one.by for one in page.moves} | {one.proposed_by for one in page.nominations or ()}
    people = names_by_ref(viewer=request.viewer, refs=refs)
    context = {
        "crumbs": (
            TODAY,
            Crumb(TEAM, reverse("secondments:roster")),
            Crumb(POSTS, reverse("secondments:posts")),
            Crumb(page.post.title),
        ),
        "page": page,
        "post": page.post,
        "place": find_divisions([page.post.place]).get(page.post.place),
        "moves": [(one, labels.POST_STATES[PostState(one.new)], name_in(people, one.by)) for one in page.moves],
        "nominations": [
            (
                one,
                {name.split()[0]: form for name, form in shown_forms.items() if name.endswith(f" {one.uuid}")},
                name_in(people, one.proposed_by),
            )
            for one in page.nominations or ()
        ],
        "acts": {name: form for name, form in shown_forms.items() if " " not in name},
        "refused": refused,
        "today": local_date(request.at),
        **_offered(request),
    }
    return render(request, "secondments/post.html", context, status=status_of(*drawn.values()))


def _of_post(page: selectors.PostPage, request: Request) -> tuple[dict[str, Act], set[str]]:
    """Every act on the post, and those that are offered: of the others the service says why not."""
    uuid, programme = page.post.uuid, page.post.programme.code
    made = partial(forms.ProposeForm, viewer=request.viewer, people=partial(_people, request, programme))
    acts = {
        "open": Act(SavingForm, partial(posts.open_post, post=uuid), gettext_noop("已同意选派。下一步：推荐人选。")),
        "decline": Act(ReasonForm, partial(posts.decline_post, post=uuid), gettext_noop("已回复不选派。")),
        "propose": Act(made, partial(nominations.propose, post=uuid), gettext_noop("已推荐，等另一位审查。")),
        "close": Act(ReasonForm, partial(posts.close_post, post=uuid), gettext_noop("岗位已关闭。")),
    }
    may = {PostState.ASKED: {"open", "decline"}, PostState.OPEN: {"propose", "close"}}
    return acts, may.get(PostState(page.post.state), set()) if page.may_manage else set()


def _people(request: Request, programme: str) -> list[tuple[str, str]]:
    """Those in the register who have not left, also who comes only later."""
    today = local_date(request.at)
    found = list_people(viewer=request.viewer, programme=programme).exclude(valid_until__lte=today)
    return [(str(one.uuid), " · ".join(filter(None, (one.name, one.duty, _unit(one))))) for one in found[:OFFERED]]


def _unit(person: Person) -> str:
    return person.organisation.name if person.organisation else ""


def _of_nomination(page: selectors.PostPage, one: Nomination, request: Request) -> tuple[dict[str, Act], set[str]]:
    """Every act on a nomination, and those that are offered."""
    acts: dict[str, Act] = {}

    def add(name: str, form: Callable[..., SavingForm], act: Callable[..., object], said: str) -> None:
        # There may be several of a kind on the page.
        acts[name] = Act(partial(form, auto_id=f"{name}-{one.uuid}_%s"), partial(act, nomination=one.uuid), said)

    add("check", partial(forms.CheckForm, nomination=one), nominations.check, gettext_noop("已记下审查结果。"))
    days = {"since": max(page.post.since, local_date(request.at)), "until": page.post.until}
    add("dispatch", partial(forms.DispatchForm, initial=days), secondments.dispatch, gettext_noop("已派出。"))
    add("withdraw", ReasonForm, nominations.withdraw, gettext_noop("已撤回推荐。"))
    going_on = page.post.state == PostState.OPEN and one.person.erased_at is None
    names = set()
    if going_on and page.may_check and one.state == NominationState.PROPOSED:
        names |= {"check"} if one.proposed_by != request.viewer.ref else set()
    if going_on and page.may_manage and one.state == NominationState.CLEARED:
        names |= {"dispatch"}
    if page.may_manage and one.state in LIVE:
        names |= {"withdraw"}
    return acts, names


_BATCH = gettext_noop("第 %(number)s 批")


def _may_ask(request: Request, programme: str) -> bool:
    return any(
        request.viewer.may_somewhere(permission, programme=programme)
        for permission in (SecondmentPermission.ASK, SecondmentPermission.MANAGE)
    )


def _batches(request: Request, programme: str) -> list[Any]:
    """The batches, the latest first."""
    return list_batches(viewer=request.viewer, programme=programme)[::-1]


def _offered(request: Request) -> dict[str, Any]:
    names = list_organisations(viewer=request.viewer).values_list("name", flat=True)[:OFFERED]
    return {"units": names, "units_id": forms.UNITS}
