# SPDX-License-Identifier: Apache-2.0
"""Rounds, one with its table, a team with its votes, evidence and how each score was made; criteria; an appeal."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base.accounts.selectors import Request, holder_choices, name_in, names_by_ref
from shanhai.base.forms import Act, SavingForm, answered, offered, status_of
from shanhai.kernel import ids
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.campaigns.selectors import list_groups
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.core.selectors.scopes import address_in, scope_of
from shanhai.team.contests import labels
from shanhai.team.contests.access import ways
from shanhai.team.contests.models import Entry, Round
from shanhai.team.contests.permissions import ContestPermission
from shanhai.team.contests.rounds import forms, selectors
from shanhai.team.contests.rounds.services import rounds, votes
from shanhai.team.contests.states import AppealState, RoundState

CONTESTS = message(gettext_noop("竞赛"))
BOTH = ["GET", "HEAD", "POST"]
_DONE = gettext_noop("已办。")


@never_cache
@require_safe
def home(request: Request) -> HttpResponse:
    """GET /contests/: the rounds of a programme, and the figures of contests."""
    scope = scope_of(request, (ContestPermission.VIEW,))
    code = scope.programme
    family = registries.figures.get("contests")
    context = {
        "crumbs": (TODAY, Crumb(CONTESTS)),
        "title": CONTESTS,
        "ways": ways(code, "contests:home"),
        "programme": get_programme(viewer=request.viewer, code=code),
        "scope": scope,
        "figures": family.list_figures(viewer=request.viewer, scope=scope) if family else (),
        "page": Page.of(selectors.list_rounds(viewer=request.viewer, programme=code), request.GET.get("page", "")),
        "manages": request.viewer.may(ContestPermission.MANAGE, programme=code),
    }
    return render(request, "contests/home.html", context)


@never_cache
@require_http_methods(BOTH)
def new(request: Request) -> HttpResponse:
    """GET and POST /contests/new: prepare a round."""
    scope = scope_of(request, (ContestPermission.VIEW,))
    viewer, code = request.viewer, scope.programme
    if not viewer.may(ContestPermission.MANAGE, programme=code):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    groups = [(str(one.uuid), one.name) for one in list_groups(viewer=viewer, programme=code)]
    judges = partial(holder_choices, permission=ContestPermission.VIEW, programme=code, at=request.at)
    form = partial(forms.RoundForm, teams=lambda: groups, judges=judges)
    act = Act(form, partial(rounds.draft_round, programme=code), gettext_noop("已筹备，到日子开始评分。"))
    sent = "draft" if request.method == "POST" else ""
    drawn, went = answered(request, {"draft": act}, sent, lambda made: redirect("contests:round", made.uuid))
    if went:
        return went
    title = message(gettext_noop("筹备竞赛"))
    context = {
        "crumbs": (TODAY, Crumb(CONTESTS, address_in(code, "contests:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=viewer, code=code),
        "form": drawn["draft"],
    }
    return render(request, "contests/form.html", context, status=status_of(drawn["draft"]))


@never_cache
@require_safe
def criteria(request: Request) -> HttpResponse:
    """GET /contests/criteria/: the criteria that hold."""
    return _criteria(request, "")


@never_cache
@require_POST
def criteria_act(request: Request, act: str) -> HttpResponse:
    """POST /contests/criteria/<act>: a new version, or the samples."""
    return _criteria(request, act)


def _criteria(request: Request, act: str) -> HttpResponse:
    scope = scope_of(request, (ContestPermission.VIEW,))
    code = scope.programme
    stands = selectors.criteria_in_force(programme=code, on=scope.as_of)
    items = list(stands.items.all()) if stands else []
    lines = "\n".join(f"{one.name} | {one.name_en} | {one.looks_for} | {one.weight} | {one.most}" for one in items)
    initial = {"items": lines, "trims_from": stands.trims_from if stands else 5}
    acts = {
        "define": Act(
            partial(forms.CriteriaForm, initial=initial),
            partial(rounds.define_criteria, programme=code),
            gettext_noop("已定。以前的竞赛不变。"),
        ),
        "samples": Act(
            SavingForm, partial(rounds.define_sample_criteria, programme=code), gettext_noop("示例已启用。")
        ),
    }
    to = address_in(code, "contests:criteria")
    drawn, went = answered(request, acts, act, lambda _made: redirect(to))
    if went:
        return went
    manages = request.viewer.may(ContestPermission.MANAGE, programme=code)
    names = {"define"} | (set() if stands else {"samples"}) if manages else set()
    shown, refused = offered(drawn, names, act)
    title = message(gettext_noop("竞赛标准"))
    context = {
        "crumbs": (TODAY, Crumb(CONTESTS, address_in(code, "contests:home")), Crumb(title)),
        "title": title,
        "programme": get_programme(viewer=request.viewer, code=code),
        "criteria": stands,
        "items": items,
        "acts": shown,
        "refused": refused,
    }
    return render(request, "contests/criteria.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def round_page(request: Request, uuid: str) -> HttpResponse:
    """GET /contests/<uuid>/: one round, its table once votes have ended, what may be done."""
    return _round(request, uuid, "")


@never_cache
@require_POST
def round_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /contests/<uuid>/<act>: open, close, freeze, withdraw."""
    return _round(request, uuid, act)


def _round(request: Request, uuid: str, act: str) -> HttpResponse:
    found = selectors.get_round(viewer=request.viewer, uuid=ids.parse_id(uuid))
    acts = {
        name: Act(SavingForm, partial(save, round_=found.uuid), _DONE)
        for name, save in (
            ("open", rounds.open_round), ("close", rounds.close_round), ("freeze", rounds.freeze_round),
            ("withdraw", rounds.withdraw_round),
        )
    }  # fmt: skip
    drawn, went = answered(request, acts, act, lambda _made: redirect("contests:round", uuid))
    if went:
        return went
    viewer, state = request.viewer, RoundState(found.state)
    manages = viewer.may(ContestPermission.MANAGE, programme=found.programme.code)
    moves_on = {RoundState.DRAFTED: {"open", "withdraw"}, RoundState.OPEN: {"close"}, RoundState.CLOSED: {"freeze"}}
    shown, refused = offered(drawn, moves_on.get(state, set()) if manages else set(), act)
    table = selectors.table_of(found)
    moves = list(found.moves.order_by("at", "pk"))
    judges = [one.ref for one in found.judges.order_by("pk")]
    names = names_by_ref(viewer=viewer, refs={*(one.by for one in moves), *judges})
    context = {
        "crumbs": (TODAY, Crumb(CONTESTS, address_in(found.programme.code, "contests:home")), Crumb(found.title)),
        "title": found.title,
        "round": found,
        "table": table,
        "rows": [(row, list(zip(table.criteria, row.scores, strict=True))) for row in table.rows],
        "shown": state in (RoundState.CLOSED, RoundState.FROZEN),
        "judges": [name_in(names, one) for one in judges],
        "judging": selectors.judge_of(found, viewer) is not None,
        "appeals": selectors.list_appeals(found),
        "moves": [(one, labels.ROUND_STATES[RoundState(one.new)], name_in(names, one.by)) for one in moves],
        "acts": shown,
        "refused": refused,
    }
    return render(request, "contests/round.html", context, status=status_of(*drawn.values()))


@never_cache
@require_safe
def team_page(request: Request, uuid: str, team: str) -> HttpResponse:
    """GET /contests/<uuid>/teams/<team>/: evidence, my votes, how each score was made."""
    return _team(request, uuid, team, "")


@never_cache
@require_POST
def team_act(request: Request, uuid: str, team: str, act: str) -> HttpResponse:
    """POST /contests/<uuid>/teams/<team>/<act>: vote, add evidence, appeal."""
    return _team(request, uuid, team, act)


def _team(request: Request, uuid: str, team: str, act: str) -> HttpResponse:
    found = selectors.get_round(viewer=request.viewer, uuid=ids.parse_id(uuid))
    entry = next((one for one in selectors.entries_of(found) if one.uuid == ids.parse_id(team)), None)
    if entry is None:
        raise NotVisible(gettext_noop("这次竞赛里没有这个队。"), "contests.team_not_found")
    criteria = selectors.criteria_of(found)
    judge = selectors.judge_of(found, request.viewer)
    given = {key[1]: value for key, value in selectors.own_votes(judge).items() if key[0] == entry.pk} if judge else {}
    of: dict[str, Any] = {"round_": found.uuid, "team": entry.uuid}
    may = selectors.votable(found, entry, local_date(request.at))
    words = partial(forms.OfCriterionForm, criteria=criteria)
    acts = {
        "vote": Act(
            partial(forms.VoteForm, criteria=may or criteria, given=given),
            partial(votes.vote, **of),
            gettext_noop("已评。"),
        ),
        "evidence": Act(
            partial(forms.EvidenceForm, criteria=criteria), partial(votes.add_evidence, **of), gettext_noop("已交。")
        ),
        "appeal": Act(words, partial(votes.raise_appeal, **of), gettext_noop("已申诉，等答复。")),
    }
    drawn, went = answered(request, acts, act, lambda _made: redirect("contests:team", uuid, team))
    if went:
        return went
    shown, refused = offered(drawn, _offered(request, found, entry, votes=judge is not None and bool(may)), act)
    table = selectors.table_of(found)
    row = next(one for one in table.rows if one.entry.pk == entry.pk)
    context = {
        "crumbs": (
            TODAY, Crumb(CONTESTS, address_in(found.programme.code, "contests:home")),
            Crumb(found.title, reverse("contests:round", args=[found.uuid])), Crumb(entry.group.name),
        ),
        "title": entry.group.name,
        "round": found,
        "entry": entry,
        "scores": list(zip(table.criteria, row.scores, strict=True)),
        "shown": found.state in (RoundState.CLOSED, RoundState.FROZEN),
        "frozen": found.state == RoundState.FROZEN,
        "evidence": entry.evidence.select_related("criterion").order_by("criterion__position", "pk"),
        "acts": shown,
        "refused": refused,
    }  # fmt: skip
    return render(request, "contests/team.html", context, status=status_of(*drawn.values()))


def _offered(request: Request, found: Round, entry: Entry, *, votes: bool) -> set[str]:
    viewer = request.viewer
    own = viewer.ref in selectors.members_of([entry]).get(entry.pk, frozenset())
    manages = viewer.may(ContestPermission.MANAGE, programme=found.programme.code)
    names = set()
    if votes and not own:
        names |= {"vote"}
    if (own or manages) and found.state in (RoundState.DRAFTED, RoundState.OPEN):
        names |= {"evidence"}
    if own and found.state == RoundState.CLOSED:
        names |= {"appeal"}
    return names


@never_cache
@require_http_methods(BOTH)
def appeal(request: Request, uuid: str) -> HttpResponse:
    """GET and POST /contests/appeals/<uuid>/: one appeal, and its answer."""
    found = selectors.get_appeal(viewer=request.viewer, uuid=ids.parse_id(uuid))
    round_ = found.entry.round
    act = Act(forms.AnswerForm, partial(votes.answer_appeal, appeal=found.uuid), gettext_noop("已答复。"))
    sent = "answer" if request.method == "POST" else ""
    drawn, went = answered(request, {"answer": act}, sent, lambda _made: redirect("contests:round", round_.uuid))
    if went:
        return went
    waits = found.state == AppealState.RAISED and round_.state == RoundState.CLOSED
    manages = request.viewer.may(ContestPermission.MANAGE, programme=round_.programme.code)
    own = request.viewer.ref in selectors.members_of([found.entry]).get(found.entry.pk, frozenset())
    shown, refused = offered(drawn, {"answer"} if waits and manages and not own else set(), sent)
    title = message(gettext_noop("%(team)s的申诉"), team=found.entry.group.name)
    context = {
        "crumbs": (
            TODAY, Crumb(CONTESTS, address_in(round_.programme.code, "contests:home")),
            Crumb(round_.title, reverse("contests:round", args=[round_.uuid])), Crumb(title),
        ),
        "title": title,
        "appeal": found,
        "acts": shown,
        "refused": refused,
    }  # fmt: skip
    return render(request, "contests/appeal.html", context, status=status_of(*drawn.values()))
