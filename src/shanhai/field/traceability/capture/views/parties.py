# SPDX-License-Identifier: Apache-2.0
"""The parties of chains: registering one, who records for it, the credentials of its programs, what they captured."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts.selectors import Request, holder_choices
from shanhai.base.forms import Act, answered, status_of, told_once
from shanhai.field.traceability.capture import forms
from shanhai.field.traceability.capture.selectors.captures import captures_of
from shanhai.field.traceability.capture.selectors.credentials import live_credentials
from shanhai.field.traceability.capture.selectors.parties import get_party, list_parties, list_recorders
from shanhai.field.traceability.capture.services.credentials import give_credential, revoke_credential
from shanhai.field.traceability.capture.services.leaving import end_party, release_recorder
from shanhai.field.traceability.capture.services.parties import name_recorder, register_party
from shanhai.field.traceability.capture.values import VERSION
from shanhai.field.traceability.labels import PARTY_KINDS
from shanhai.field.traceability.models import Party
from shanhai.field.traceability.permissions import TracePermission
from shanhai.field.traceability.states import PartyKind
from shanhai.field.traceability.store.selectors.reading import missing_correctives
from shanhai.kernel import ids
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb, Page
from shanhai.planning.programmes.core.selectors.programmes import list_programmes
from shanhai.registers.organisations.selectors import list_organisations

_TITLE = message(gettext_noop("经营主体"))


@require_http_methods(["GET", "HEAD", "POST"])
def party_list(request: Request) -> HttpResponse:
    """GET and POST /trace/parties/: those in sight; registering one."""
    viewer = request.viewer
    rows = list_parties(viewer=viewer)
    acts: dict[str, Act] = {}
    if viewer.may_somewhere(TracePermission.MANAGE):
        programmes = [
            (one.code, formats.named(one))
            for one in list_programmes(viewer=viewer)
            if viewer.may_somewhere(TracePermission.MANAGE, programme=one.code)
        ]
        organisations = [(str(one.uuid), one.name) for one in list_organisations(viewer=viewer)]
        form = partial(forms.PartyForm, organisations=organisations, programmes=programmes)
        acts["register"] = Act(form, register_party, gettext_noop("已登记。请加记录员，或者给程序发凭证。"))
    drawn, went = answered(request, acts, "register", lambda made: redirect("parties:party", made.uuid))
    if went:
        return went
    page = Page.of(rows, request.GET.get("page", ""))
    context = {
        "crumbs": (TODAY, Crumb(_TITLE)),
        "title": _TITLE,
        "page": page,
        "rows": [(one, PARTY_KINDS[PartyKind(one.kind)]) for one in page.rows],
        "acts": drawn,
    }
    return render(request, "parties/list.html", context, status=status_of(*drawn.values()))


@require_safe
def party_page(request: Request, uuid: str) -> HttpResponse:
    """GET /trace/parties/<uuid>/: one."""
    party = get_party(viewer=request.viewer, uuid=ids.parse_id(uuid))
    return _page(request, party, answered(request, _acts(request, party), "", redirect)[0])


@require_POST
def party_act(request: Request, uuid: str, act: str) -> HttpResponse:
    """POST /trace/parties/<uuid>/<act>: name or release a recorder, give or revoke a credential, end it."""
    party = get_party(viewer=request.viewer, uuid=ids.parse_id(uuid))
    drawn, went, token = told_once(
        request, _acts(request, party), act, giving="give", to=lambda: redirect("parties:party", party.uuid)
    )
    return went or _page(request, party, drawn, token)


def _acts(request: Request, party: Party) -> dict[str, Act]:
    if not request.viewer.may(TracePermission.MANAGE, programme=party.programme.code, place=party.place):
        if request.method == "POST":
            raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"))
        return {}
    programme = party.programme.code
    people = holder_choices(permission=TracePermission.RECORD, programme=programme, at=request.at)
    return {
        "name": Act(
            partial(forms.RecorderForm, people=people),
            partial(name_recorder, party=party),
            gettext_noop("已加为记录员。"),
        ),
        "release": Act(forms.ReleaseForm, partial(release_recorder, party=party), gettext_noop("已减去。")),
        "give": Act(forms.CredentialForm, partial(give_credential, party=party)),
        "revoke": Act(
            forms.RevokeForm, partial(revoke_credential, party=party), gettext_noop("凭证已收回，从现在起不能用。")
        ),
        "end": Act(forms.EndForm, partial(end_party, party=party), gettext_noop("已停用，从今天起不再记录。")),
    }


def _page(request: Request, party: Party, drawn: dict[str, Any], token: str = "") -> HttpResponse:
    context = {
        "crumbs": (TODAY, Crumb(_TITLE, reverse("parties:list")), Crumb(party.organisation.name)),
        "party": party,
        "kind": PARTY_KINDS[PartyKind(party.kind)],
        "recorders": list_recorders(party=party),
        "credentials": live_credentials(party=party),
        "captures": captures_of(party=party),
        "missing": [one for one in missing_correctives(viewer=request.viewer) if one.declaration.party_id == party.pk],
        "acts": drawn,
        "token": token,
        "root": request.build_absolute_uri(f"/epcis/{VERSION}"),
    }
    answer = render(request, "parties/party.html", context, status=status_of(*drawn.values()))
    if token:
        answer["Cache-Control"] = "no-store"
    return answer
