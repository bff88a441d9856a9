# SPDX-License-Identifier: Apache-2.0
"""The page of a source: the copy to read with its numbers, and what becomes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import saved, status_of
from shanhai.insight.evidence import labels
from shanhai.insight.evidence.facts import services
from shanhai.insight.evidence.facts.forms import DecideForm, TakeBackForm
from shanhai.insight.evidence.facts.rules import guessed_period
from shanhai.insight.evidence.facts.selectors import list_facts_of, list_indicators, places_of, suggested_indicator
from shanhai.insight.evidence.models import FoundClaim, Source
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.sources.rules import laid_out
from shanhai.insight.evidence.sources.selectors import (
    READER,
    get_claim,
    get_source,
    list_claims,
    list_moves,
    list_replacing,
)
from shanhai.insight.evidence.sources.services import SUBJECT
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.texts.values import Cut
from shanhai.insight.evidence.values import Level
from shanhai.kernel import ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Happening, Page
from shanhai.kernel.plain import from_plain
from shanhai.registers.documents.selectors import list_proofs

EVIDENCE = message(gettext_noop("证据"))
# Of these each character is cut by itself, so they are counted instead of shown.
COUNTED = frozenset({Cut.PINYIN, Cut.BLANK})
MOST_CLAIMS_LISTED = 40


@require_safe
def page(request: Request, uuid: str) -> HttpResponse:
    """GET /evidence/sources/<uuid>/: its text with the numbers marked; ``claim`` names the one to decide about."""
    source = get_source(viewer=request.viewer, uuid=ids.parse_id(uuid))
    claims = list_claims(viewer=request.viewer, source=source)
    asked = request.GET.get("claim", "")
    chosen = next((one for one in claims if str(one.number) == asked), None)
    waiting = (one for one in claims if one.state == ClaimState.PROPOSED)
    return _render(request, source, claims, chosen or next(waiting, None))


@require_POST
def decide(request: Request, uuid: str) -> HttpResponse:
    """POST /evidence/claims/<uuid>/decide: take the number as it stands, as it is meant, or not at all."""
    claim = get_claim(viewer=request.viewer, uuid=ids.parse_id(uuid))
    form = _decide_form(request, claim, request.POST)
    act = partial(services.decide, by=request.viewer, at=request.at, claim=claim.uuid)
    decided = saved(request, form, lambda given: act(**given))
    if decided is None:
        return _again(request, claim, form)
    state = labels.STATES[ClaimState(decided.state)][1]
    messages.success(request, gettext("“%(text)s”：%(state)s。") % {"text": claim.text, "state": gettext(state)})
    return _next(request, claim)


@require_POST
def take_back(request: Request, uuid: str) -> HttpResponse:
    """POST /evidence/claims/<uuid>/take-back: take a decision back, and the fact that came of it."""
    claim = get_claim(viewer=request.viewer, uuid=ids.parse_id(uuid))
    form = TakeBackForm(request.POST)
    act = partial(services.take_back, by=request.viewer, at=request.at, claim=claim.uuid)
    if saved(request, form, lambda given: act(**given)) is None:
        return _again(request, claim, form)
    messages.success(request, gettext("已收回对“%(text)s”的决定。") % {"text": claim.text})
    return redirect(f"{reverse('evidence:source', args=[claim.source.uuid])}?claim={claim.number}#decide")


def _next(request: Request, done: FoundClaim) -> HttpResponse:
    """The next number that waits, in the order of the text."""
    claims = list_claims(viewer=request.viewer, source=done.source)
    waiting = [one for one in claims if one.state == ClaimState.PROPOSED]
    following = next((one for one in waiting if one.start > done.start), waiting[0] if waiting else None)
    where = f"?claim={following.number}#decide" if following else f"?claim={done.number}#c-{done.number}"
    return redirect(reverse("evidence:source", args=[done.source.uuid]) + where)


def _again(request: Request, claim: FoundClaim, form: DecideForm | TakeBackForm) -> HttpResponse:
    source = get_source(viewer=request.viewer, uuid=claim.source.uuid)
    claims = list_claims(viewer=request.viewer, source=source)
    chosen = next((one for one in claims if one.pk == claim.pk), None)
    return _render(request, source, claims, chosen, form)


def _render(
    request: Request,
    source: Source,
    claims: Sequence[FoundClaim],
    chosen: FoundClaim | None,
    form: DecideForm | TakeBackForm | None = None,
) -> HttpResponse:
    may_manage = request.viewer.may(EvidencePermission.MANAGE, programme=source.programme.code)
    tally = Counter(one.state for one in claims)
    moves = list_moves(chosen) if chosen else []
    names = accounts.names_by_ref(viewer=request.viewer, refs={source.recorded_by, *(move.by for move in moves)})
    if chosen and may_manage and form is None:
        waits = chosen.state == ClaimState.PROPOSED
        form = _decide_form(request, chosen) if waits else TakeBackForm()
    page = Page.of(_Sequence(claims), request.GET.get("page", "") or _page_with(claims, chosen), MOST_CLAIMS_LISTED)
    context = {
        "crumbs": (TODAY, Crumb(EVIDENCE, reverse("evidence:list")), Crumb(source.title)),
        "source": source,
        "programme": source.programme,
        "level": labels.LEVELS[Level(source.level)],
        "paragraphs": _paragraphs(source, claims),
        "page": page,
        "listed": [(one, *labels.STATES[ClaimState(one.state)]) for one in page.rows],
        "tally": [(word, tally[state]) for state, (_mark, word) in labels.STATES.items()],
        "chosen": chosen,
        "state": labels.STATES[ClaimState(chosen.state)] if chosen else None,
        "stated": labels.number_words(chosen.stated) if chosen else None,
        "meant": labels.number_words(chosen.meant) if chosen and chosen.meant else None,
        "facts": list_facts_of(viewer=request.viewer, claim=chosen) if chosen else [],
        "correcting": isinstance(form, DecideForm) and form.is_bound and bool(form["meant_value"].value()),
        "deciding": isinstance(form, DecideForm) and chosen is not None and chosen.state == ClaimState.PROPOSED,
        "form": form,
        "happenings": [
            Happening(move.at, accounts.name_in(names, move.by), *labels.STATES[ClaimState(move.new)], move.because)
            for move in moves
        ],
        "recorded_by": accounts.name_in(names, source.recorded_by),
        "notes": [from_plain(note) for note in source.notes],
        "cuts": _cuts(source),
        "replaced_by": list_replacing(viewer=request.viewer, source=source),
        "proofs": list_proofs(viewer=request.viewer, subject_type=SUBJECT, subject_id=source.uuid),
        "may_manage": may_manage,
        "outdated": may_manage and source.reader != READER,
    }
    return render(request, "evidence/source.html", context, status=status_of(form))


def _decide_form(request: Request, claim: FoundClaim, data: Any = None) -> DecideForm:
    code = claim.source.programme.code
    indicators = list_indicators(viewer=request.viewer, programme=code)
    places = places_of(claim.source.programme)
    suggested = suggested_indicator(viewer=request.viewer, claim=claim) if data is None else None
    initial = {
        "indicator": str(suggested.uuid) if suggested else "",
        "period": guessed_period(claim.period, claim.source.published_on),
        "place": next((key for key, name in places if claim.place and name.startswith(claim.place)), ""),
        "meant_unit": claim.unit,
        "meant_bound": claim.bound,
    }
    form = DecideForm(data, indicators=indicators, places=places, initial=initial)
    if suggested:
        form.fields["indicator"].help_text = gettext("这是按句子建议的，请核对。")
    return form


def _paragraphs(source: Source, claims: Sequence[FoundClaim]) -> list[list[tuple[Any, FoundClaim | None, str]]]:
    marks = [(one.start, one.end) for one in claims]
    return [
        [
            (piece, claims[piece.claim], labels.STATES[ClaimState(claims[piece.claim].state)][1])
            if piece.claim is not None
            else (piece, None, "")
            for piece in paragraph
        ]
        for paragraph in laid_out(source.reading, source.runs, marks, source.damage)
    ]


def _cuts(source: Source) -> dict[str, Any]:
    known = [(start, end, Cut(why)) for start, end, why in source.cuts]
    shown = [(labels.CUTS[why], source.text[start:end].strip()) for start, end, why in known if why not in COUNTED]
    return {"shown": [one for one in shown if one[1]], "counted": sum(why in COUNTED for _s, _e, why in known)}


class _Sequence(list[FoundClaim]):
    """A list that is paged like a query."""

    def count(self, _value: object = None) -> int:
        """How many there are."""
        return len(self)


def _page_with(claims: Sequence[FoundClaim], chosen: FoundClaim | None) -> str:
    return str(claims.index(chosen) // MOST_CLAIMS_LISTED + 1) if chosen in claims else ""
