# SPDX-License-Identifier: Apache-2.0
"""The dossier of a project: what has been filed, what the next stage still asks for, and filing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock, ids
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import Crumb
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.views import PROJECTS, crumbs
from shanhai.planning.projects.dossier import forms as typed
from shanhai.planning.projects.dossier.selectors.dossier import Dossier, project_dossier
from shanhai.planning.projects.dossier.services import filing, stages
from shanhai.planning.projects.states import ACCEPTED_ON, ON_SITE, Method, PaperKind, Size, StopReason
from shanhai.registers.tables.forms import SavingForm, saved

Act = Callable[[Request, Dossier, Mapping[str, Any]], str]
# By name, as the addresses have it: the form, its heading and its button, in the order they stand on the page.
FORMS: dict[str, tuple[type[SavingForm], Promise, Promise]] = {
    "paper": (typed.PaperForm, _("传材料"), _("存入")),
    "progress": (typed.ProgressForm, _("报进度"), _("登记")),
    "contract": (typed.ContractForm, _("登记合同"), _("登记")),
    "accounts": (typed.AccountsForm, _("登记决算批复"), _("登记")),
    "extension": (typed.ExtensionForm, _("决算延期"), _("延期")),
    "surplus": (typed.SurplusForm, _("交回结余"), _("记账")),
    "asset": (typed.AssetForm, _("登记资产移交"), _("登记")),
}


@require_safe
def dossier(request: Request, uuid: str) -> HttpResponse:
    """GET /projects/<uuid>/dossier/: everything filed, and what each next stage asks for."""
    return _render(request, _found(request, uuid))


def _filing(name: str, act: Act) -> Callable[[Request, str], HttpResponse]:
    """A view that reads the form ``name``, does ``act`` and comes back to the dossier with the sentence it answers."""

    @require_POST
    def view(request: Request, uuid: str) -> HttpResponse:
        found = _found(request, uuid)
        form = _form(found, name, request.POST, request.FILES)
        said = saved(form, lambda given: act(request, found, given))
        if said is None:
            return _render(request, found, name=name, form=form, status=422)
        messages.success(request, said)
        return redirect("projects:dossier", uuid=uuid)

    return view


def _file_paper(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    paper = filing.file_paper(
        by=request.viewer,
        at=request.at,
        project=found.project.uuid,
        kind=PaperKind(given["kind"]),
        file=given["file"],
        name=given["file"].name,
        number=given["number"],
        issuer=given["issuer"],
        issued_on=given["issued_on"],
        signed_on=given["signed_on"],
    )
    return gettext("已存入“%(kind)s”第 %(version)s 版。") % {
        "kind": labels.PAPERS[PaperKind(paper.kind)],
        "version": paper.version,
    }


def _add_contract(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    given = {**given, "method": Method(given["method"])}
    filing.add_contract(by=request.viewer, at=request.at, project=found.project.uuid, **given)
    return gettext("已登记合同 %(number)s。") % {"number": given["number"]}


def _note_progress(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    stated = dict(given)
    photo = stated.pop("photo")
    photos = ((photo, photo.name),) if photo else ()
    filing.note_progress(by=request.viewer, at=request.at, project=found.project.uuid, photos=photos, **stated)
    return gettext("已登记进度 %(percent)s%%。") % {"percent": given["percent"]}


def _approve(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    stages.approve_settlement(by=request.viewer, at=request.at, project=found.project.uuid, **given)
    return gettext("已登记决算批复。")


def _extend(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    given = {**given, "size": Size(given["size"])}
    stages.extend_settlement(by=request.viewer, at=request.at, project=found.project.uuid, **given)
    return gettext("决算已延期到 %(day)s。") % {"day": given["to"]}


def _return_surplus(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    given = {**given, "line": ids.parse_id(given["line"])}
    stages.return_surplus(by=request.viewer, at=request.at, **given)
    return gettext("结余已交回，凭证号 %(number)s。") % {"number": given["number"]}


def _transfer(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    stages.transfer_asset(by=request.viewer, at=request.at, project=found.project.uuid, **given)
    return gettext("已登记移交：%(asset)s。") % {"asset": given["asset"]}


file_paper = _filing("paper", _file_paper)
add_contract = _filing("contract", _add_contract)
note_progress = _filing("progress", _note_progress)
approve = _filing("accounts", _approve)
extend = _filing("extension", _extend)
give_back = _filing("surplus", _return_surplus)
transfer = _filing("asset", _transfer)


@require_POST
def waive(request: Request, uuid: str) -> HttpResponse:
    """POST /projects/<uuid>/waivers: let one requirement go, with the reason."""
    filing.waive_requirement(
        by=request.viewer,
        at=request.at,
        project=ids.parse_id(uuid),
        requirement=request.POST.get("requirement", ""),
        because=request.POST.get("because", ""),
    )
    messages.success(request, gettext("已免去这项要求，原因已记录。"))
    return redirect("projects:dossier", uuid=uuid)


@require_POST
def sign(request: Request, uuid: str, paper: str) -> HttpResponse:
    """POST /projects/<uuid>/papers/<paper>/sign: the day it was signed."""
    form = typed.SignForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("没有登记：请填签字的日期，例如 2026-11-22。"))
        return redirect("projects:dossier", uuid=uuid)
    filing.sign_paper(
        by=request.viewer,
        at=request.at,
        project=ids.parse_id(uuid),
        paper=ids.parse_id(paper),
        on=form.cleaned_data["on"],
    )
    messages.success(request, gettext("已登记签字日期。"))
    return redirect("projects:dossier", uuid=uuid)


def _found(request: Request, uuid: str) -> Dossier:
    return project_dossier(viewer=request.viewer, uuid=ids.parse_id(uuid), on=clock.local_date(request.at))


def _form(found: Dossier, name: str, *args: Any, **kwargs: Any) -> SavingForm:
    if name == "surplus":
        kwargs["lines"] = [(str(line.uuid), line.words) for line in found.lines]
    return FORMS[name][0](*args, **kwargs)


def _offered(found: Dossier) -> set[str]:
    """The forms that the stage and the viewer's permissions leave open."""
    accounts = found.accounts
    settles, approved = found.may_manage and accounts is not None, accounts is not None and accounts.approved_on
    offered = {
        "paper": found.may_file,
        "contract": found.may_move,
        "progress": found.may_move and found.project.stage in ON_SITE,
        "accounts": settles and not approved,
        "extension": settles and not approved and not (accounts and accounts.extended_to),
        "surplus": found.may_post and accounts and accounts.surplus_fen and not accounts.surplus_returned_on,
        "asset": found.may_manage and found.project.stage in ACCEPTED_ON,
    }
    return {name for name, offer in offered.items() if offer}


def _render(
    request: Request, found: Dossier, *, name: str = "", form: SavingForm | None = None, status: int = 200
) -> HttpResponse:
    today, project = clock.local_date(request.at), found.project
    shown = {one: _form(found, one, initial={"on": today}) for one in _offered(found)}
    if form is not None:
        shown[name] = form
    context = {
        "crumbs": crumbs(
            project.programme,
            PROJECTS,
            Crumb(project.code, reverse("projects:detail", args=[project.uuid])),
            Crumb(message(gettext_noop("档案"))),
        ),
        "dossier": found,
        "forms": [
            (one, *words, shown[one], reverse(f"projects:{one}", args=[project.uuid]))
            for one, (_made, *words) in FORMS.items()
            if one in shown
        ],
        "opened": name or ("paper" if _lacks_a_paper(found) else ""),
        "gates": [
            (
                labels.STAGES[to],
                [
                    (asked, found.waived.get(asked.requirement.key, ""), _may_waive(found, asked.requirement.law))
                    for asked in asked_all
                ],
            )
            for to, asked_all in found.gates.items()
        ],
        "papers": [(labels.PAPERS[kind], rows) for kind, rows in found.papers.items() if rows],
        "contracts": [(row, labels.METHODS[Method(row.method)]) for row in found.contracts],
        "stops": [(row, labels.STOPS[StopReason(row.reason)]) for row in found.stops],
    }
    return render(request, "projects/dossier.html", context, status=status)


def _lacks_a_paper(found: Dossier) -> bool:
    return any(one.open and one.requirement.paper for asked in found.gates.values() for one in asked)


def _may_waive(found: Dossier, law: object) -> bool:
    return found.may_waive_law if law else found.may_manage
