# SPDX-License-Identifier: Apache-2.0
"""The dossier of a project: what is filed, what is asked next, filing it, and taking back what was wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanhai.base import forms
from shanhai.base.accounts.selectors import Request
from shanhai.base.forms import SavingForm, saved
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.parts import TODAY, Crumb
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.views import PROJECTS
from shanhai.planning.projects.dossier import forms as typed
from shanhai.planning.projects.dossier.rules import Asked
from shanhai.planning.projects.dossier.selectors.gates import Dossier, project_dossier
from shanhai.planning.projects.dossier.services import contracts, corrections, stages
from shanhai.planning.projects.dossier.services import filing as files
from shanhai.planning.projects.states import (
    ACCEPTED_ON,
    ON_SITE,
    Method,
    Stage,
    StopReason,
)
from shanhai.registers.tables.forms import typed as typed_amount

Act = Callable[[Request, Dossier, Mapping[str, Any]], str]


@require_safe
def dossier(request: Request, uuid: str) -> HttpResponse:
    """GET /projects/<uuid>/dossier/: everything filed, and what each next stage asks for."""
    return _render_dossier(request, _found(request, uuid))


def filing(name: str) -> Callable[[Request, str], HttpResponse]:
    """A view that reads the form ``name``, acts as it says and comes back to the dossier with what was done."""

    @require_POST
    def view(request: Request, uuid: str) -> HttpResponse:
        found = _found(request, uuid)
        form = _form(found, name, request.POST, request.FILES)
        said = saved(request, form, lambda given: FORMS[name].act(request, found, given))
        if said is None:
            return _render_dossier(request, found, name=name, form=form, status=422)
        messages.success(request, said)
        return redirect("projects:dossier", uuid=uuid)

    return view


@require_http_methods(["GET", "HEAD", "POST"])
def correct_contract(request: Request, uuid: str, contract: str) -> HttpResponse:
    """GET and POST /projects/<uuid>/contracts/<contract>/: correct what it was recorded as."""
    found = _found(request, uuid)
    row = next((one for one in found.contracts if str(one.uuid) == contract), None)
    if row is None or not found.may_move:
        raise NotVisible(gettext_noop("没有找到这份合同。请从项目档案重新进入。"))
    stands = {name: getattr(row, name) for name in ("number", "contractor", "method", "awarded_on", "signed_on")}
    make = partial(
        typed.ContractCorrectionForm,
        stood={**stands, "amount": row.amount},
        initial={**stands, "amount": typed_amount(row.amount)},
    )
    save = partial(contracts.correct_contract, project=found.project.uuid, contract=row.uuid)
    back = reverse("projects:dossier", args=[uuid])
    act = forms.Act(make, save, gettext_noop("已更正合同 %(number)s。"))
    drawn, went = forms.answered(request, {"form": act}, "form", lambda _: redirect(back))
    title = message(gettext_noop("更正合同 %(number)s"), number=row.number)
    way = (TODAY, PROJECTS, Crumb(found.project.code, back), Crumb(title))
    context = {"crumbs": way, "programme": found.project.programme, "title": title, "back": back, **drawn}
    return went or render(request, "components/correct.html", context, status=forms.status_of(drawn["form"]))


def _as_stated(service: Callable[..., object], said: str) -> Act:
    """Hands a service what the form states, and says so."""

    def act(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
        service(by=request.viewer, at=request.at, project=found.project.uuid, **given)
        return gettext(said) % given

    return act


def _file_paper(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    paper = files.file_paper(
        by=request.viewer, at=request.at, project=found.project.uuid, name=given["file"].name, **given
    )
    return gettext("已存入“%(kind)s”第 %(version)s 版。") % {
        "kind": labels.PAPERS[given["kind"]],
        "version": paper.version,
    }


def _note_progress(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    stated = dict(given)
    photo = stated.pop("photo")
    photos = ((photo, photo.name),) if photo else ()
    files.note_progress(by=request.viewer, at=request.at, project=found.project.uuid, photos=photos, **stated)
    return gettext("已登记进度 %(percent)s%%。") % stated


def _state_accounts(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    stated = {"by": request.viewer, "at": request.at, "project": found.project.uuid, **given}
    if stated["on"]:
        stages.approve_settlement(**stated)
        return gettext("已登记决算批复。")
    del stated["on"], stated["because"]
    stages.draft_settlement(**stated)
    return gettext("已存为送审稿，批复以前可以改。")


def _take_back(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    what, _, which = given["what"].partition(".")
    asked = {"by": request.viewer, "at": request.at, "project": found.project.uuid, "because": given["because"]}
    if what == "step":
        corrections.take_back_move(**asked, seen_stage=Stage(which))
    elif what == "asset":
        corrections.take_back_asset(**asked, asset=ids.parse_id(which))
    else:
        corrections.take_back_approval(**asked)
    return gettext("已退回，原来的记录留在经过和操作记录里。")


def _to_take_back(found: Dossier) -> list[tuple[str, str]]:
    """What can be taken back, the last step first."""
    step, accounts, shown = found.last_step, found.accounts, []
    if step is not None:
        said = gettext("%(day)s 进入“%(stage)s”") % {"day": step.on_date, "stage": labels.STAGES[Stage(step.new)]}
        shown.append((f"step.{step.new}", said))
    shown += [(f"asset.{one.uuid}", gettext("移交资产：%(asset)s") % {"asset": one.asset}) for one in found.assets]
    if accounts is not None and accounts.approved_on is not None:
        shown.append(("approval", gettext("%(day)s 的决算批复") % {"day": accounts.approved_on}))
    return shown


def _return_surplus(request: Request, found: Dossier, given: Mapping[str, Any]) -> str:
    stages.return_surplus(by=request.viewer, at=request.at, **given)
    return gettext("结余已交回，凭证号 %(number)s。") % given


class Filing(NamedTuple):
    """A form of the dossier with its heading and its button, and what it does, which answers a sentence about it."""

    form: type[SavingForm]
    heading: Promise
    button: Promise
    act: Act


# By name, as the addresses have it, in the order they stand on the page.
FORMS = {
    "paper": Filing(typed.PaperForm, _("传材料"), _("存入"), _file_paper),
    "progress": Filing(typed.ProgressForm, _("报进度"), _("登记"), _note_progress),
    "contract": Filing(
        typed.ContractForm, _("登记合同"), _("登记"),
        _as_stated(files.add_contract, gettext_noop("已登记合同 %(number)s。")),
    ),
    "accounts": Filing(typed.AccountsForm, _("竣工财务决算"), _("登记"), _state_accounts),
    "extension": Filing(
        typed.ExtensionForm, _("决算延期"), _("延期"),
        _as_stated(stages.extend_settlement, gettext_noop("决算已延期到 %(to)s。")),
    ),
    "surplus": Filing(typed.SurplusForm, _("交回结余"), _("记账"), _return_surplus),
    "asset": Filing(
        typed.AssetForm, _("登记资产移交"), _("登记"),
        _as_stated(stages.transfer_asset, gettext_noop("已登记移交：%(asset)s。")),
    ),
    "correction": Filing(typed.CorrectionForm, _("退回记错的"), _("退回"), _take_back),
}  # fmt: skip


@require_POST
def waive(request: Request, uuid: str) -> HttpResponse:
    """POST /projects/<uuid>/waivers: let one requirement go, with the reason."""
    files.waive_requirement(
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
        raise BadInput(gettext_noop("没有登记：请填签字的日期，例如 2026-11-22。"), field="on")
    files.sign_paper(
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
    if name == "correction":
        kwargs["what"] = _to_take_back(found)
    if name == "accounts":
        accounts, drafted = found.accounts, found.accounts is not None and found.accounts.approved_fen is not None
        sums = {"approved": accounts.approved, "surplus": accounts.surplus} if accounts and drafted else {}
        kwargs["initial"] = {one: f"{amount.yuan}元" for one, amount in sums.items()}
    return FORMS[name].form(*args, **kwargs)


def _offered(found: Dossier) -> set[str]:
    """The forms that the stage and the viewer's permissions leave open."""
    accounts = found.accounts
    settles, approved = found.may_manage and accounts is not None, accounts is not None and accounts.approved_on
    offered = {
        "paper": found.may_file,
        "contract": found.may_move,
        "progress": found.may_move and found.project.stage in ON_SITE,
        "accounts": settles and not approved and found.project.stage in ACCEPTED_ON,
        "extension": settles and not approved and not (accounts and accounts.extended_to),
        "surplus": found.may_post
        and accounts
        and approved
        and accounts.surplus_fen
        and not accounts.surplus_returned_on,
        "asset": found.may_manage and found.project.stage in ACCEPTED_ON,
        "correction": found.may_correct and bool(_to_take_back(found)),
    }
    return {name for name, offer in offered.items() if offer}


def _render_dossier(
    request: Request, found: Dossier, *, name: str = "", form: SavingForm | None = None, status: int = 200
) -> HttpResponse:
    today, project = clock.local_date(request.at), found.project
    shown = {one: _form(found, one, initial={"on": today}) for one in _offered(found)}
    if form is not None:
        shown[name] = form
    lacks_a_paper = any(one.open and one.requirement.paper for asked in found.gates.values() for one in asked)
    context = {
        "crumbs": (
            TODAY,
            PROJECTS,
            Crumb(project.code, reverse("projects:detail", args=[project.uuid])),
            Crumb(message(gettext_noop("档案"))),
        ),
        "dossier": found,
        "programme": project.programme,
        "forms": [
            (one, filed.heading, filed.button, shown[one], reverse(f"projects:{one}", args=[project.uuid]))
            for one, filed in FORMS.items()
            if one in shown
        ],
        "opened": name or ("paper" if lacks_a_paper else ""),
        "gates": [
            (labels.STAGES[to], [(one, found.waived.get(one.requirement.key), _may_waive(found, one)) for one in asked])
            for to, asked in found.gates.items()
        ],
        "papers": [(labels.PAPERS[kind], rows) for kind, rows in found.papers.items() if rows],
        "contracts": [(row, labels.METHODS[Method(row.method)]) for row in found.contracts],
        "stops": [(row, labels.STOPS[StopReason(row.reason)]) for row in found.stops],
    }
    return render(request, "projects/dossier.html", context, status=status)


def _may_waive(found: Dossier, asked: Asked) -> bool:
    return found.may_waive_law if asked.requirement.law else found.may_manage
