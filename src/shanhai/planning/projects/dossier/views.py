# SPDX-License-Identifier: Apache-2.0
"""The page of one project, moving it or its money, and its dossier: what is filed, what is asked next, filing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named
from shanhai.kernel import clock, ids
from shanhai.kernel.errors import BadInput, Conflict, DomainError, Refused
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.kernel.parts import Crumb, Happening
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.views import PROJECTS, crumbs
from shanhai.planning.projects.dossier import forms as typed
from shanhai.planning.projects.dossier.forms import MoveForm, VoucherForm
from shanhai.planning.projects.dossier.rules import Asked
from shanhai.planning.projects.dossier.selectors.gates import Dossier, ProjectDetail, project_detail, project_dossier
from shanhai.planning.projects.dossier.services import filing as files
from shanhai.planning.projects.dossier.services import stages
from shanhai.planning.projects.labels import STANDING, STATUS
from shanhai.planning.projects.models import StageMove
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.states import (
    ACCEPTED_ON,
    ON_SITE,
    Delivery,
    Level,
    Method,
    Novelty,
    Stage,
    StopReason,
)
from shanhai.registers.documents import selectors as documents
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import postings
from shanhai.registers.ledger.values import PostingRow, Source
from shanhai.registers.tables.forms import SavingForm, refused, saved

MOST_VOUCHERS = 50


@require_safe
def project_page(request: Request, uuid: str) -> HttpResponse:
    """GET /projects/<uuid>/: where it stands, its money, what happened, and what the viewer may do."""
    return _render(request, _detail(request, uuid))


@require_POST
def move(request: Request, uuid: str) -> HttpResponse:
    """POST /projects/<uuid>/move: one step on, if nobody was faster."""
    shown = _detail(request, uuid)
    form = MoveForm(request.POST, allowed=())
    if not form.is_valid():
        return _render(request, shown, move_form=form, status=422)
    try:
        moved = stages.move(by=request.viewer, at=request.at, project=shown.project.uuid, **form.cleaned_data)
    except (BadInput, Conflict, Refused) as error:
        # With what may follow now: somebody may have been faster.
        kept = MoveForm(request.POST, allowed=shown.allowed_moves)
        return _render(request, shown, move_form=kept, refusal=error)
    messages.success(request, gettext("已记录：%(stage)s。") % {"stage": labels.STAGES[Stage(moved.stage)]})
    return redirect("projects:detail", uuid=uuid)


@require_POST
def record_voucher(request: Request, uuid: str) -> HttpResponse:
    """POST /projects/<uuid>/vouchers: what arrived for one of its lines, was allotted to it or paid."""
    shown = _detail(request, uuid)
    form = _voucher_form(request, shown, request.POST)
    if not form.is_valid():
        return _render(request, shown, voucher_form=form, status=422)
    given, programme = form.cleaned_data, shown.project.programme.code
    try:
        funds.take_step(
            by=request.viewer,
            at=request.at,
            kind=given["act"],
            line=given["line"],
            amount=given["amount"],
            on_date=given["on"],
            source=Source("projects.voucher", f"{programme}:{given['act']}:{given['number']}", apart=given["apart"]),
            memo=given["memo"] or given["number"],
            because=given.get("because", ""),
        )
    except (BadInput, Conflict, Refused) as error:
        form.add_error(None, refused(error))
        return _render(request, shown, voucher_form=form, refusal=error)
    messages.success(request, gettext("已记账，凭证号 %(number)s。") % {"number": given["number"]})
    return redirect("projects:detail", uuid=uuid)


def _detail(request: Request, uuid: str) -> ProjectDetail:
    return project_detail(viewer=request.viewer, uuid=ids.parse_id(uuid), on=clock.local_date(request.at))


def _render(
    request: Request,
    shown: ProjectDetail,
    *,
    move_form: MoveForm | None = None,
    voucher_form: VoucherForm | None = None,
    refusal: DomainError | None = None,
    status: int = 200,
) -> HttpResponse:
    project, today = shown.project, clock.local_date(request.at)
    seen = {"seen_stage": project.stage, "on": today}
    context = {
        "crumbs": crumbs(project.programme, PROJECTS, Crumb(project.code)),
        "shown": shown,
        "project": project,
        "refusal": refusal.message if refusal else None,
        "words": _words(shown),
        "may_ask": request.viewer.may("adjustment.propose", programme=project.programme.code, place=project.place.code),
        "steps": labels.steps(Stage(project.stage)),
        "happenings": _happenings(request, shown.moves),
        "vouchers": _vouchers(request, shown),
        "proofs": documents.list_proofs(
            viewer=request.viewer, subject_type="projects.project", subject_id=project.uuid
        ),
        "move_form": move_form
        or (MoveForm(initial=seen, allowed=shown.allowed_moves) if shown.allowed_moves else None),
        "voucher_form": voucher_form or (_voucher_form(request, shown) if shown.may_post else None),
    }
    return render(request, "projects/detail.html", context, status=refusal.status if refusal else status)


def _vouchers(request: Request, shown: ProjectDetail) -> list[tuple[PostingRow, Message]]:
    programme = shown.project.programme.code
    if not request.viewer.may(FundPermission.VIEW, programme=programme, place=shown.project.place.code):
        return []
    rows = [
        row
        for line in shown.lines
        for row in postings.list_postings(
            viewer=request.viewer, programme=programme, subject=str(line.uuid), offset=0, limit=MOST_VOUCHERS
        )[1]
    ]
    return [(row, KIND_LABELS[row.kind]) for row in rows]


def _words(shown: ProjectDetail) -> dict[str, Any]:
    project, stage = shown.project, Stage(shown.project.stage)
    parts = (
        labels.DELIVERIES[Delivery(project.delivery)],
        labels.NOVELTIES[Novelty(project.novelty)],
        gettext("固定资产") if project.capital else gettext("非固定资产"),
        gettext("跨年") if project.cross_year else "",
        named(project.place),
        "" if project.altitude_m is None else gettext("海拔 %(metres)s 米") % {"metres": project.altitude_m},
    )
    return {
        "lead": " · ".join(str(part) for part in parts if part),
        "stage": labels.STAGES[stage],
        "status": "late" if shown.late else STANDING[stage],
        "lines": [(line, labels.LEVELS[Level(line.beneficiary_level)]) for line in shown.lines],
    }


def _voucher_form(request: Request, shown: ProjectDetail, given: QueryDict | None = None) -> VoucherForm:
    scope = {"programme": shown.project.programme.code, "place": shown.project.place.code}
    return VoucherForm(
        given,
        initial={"on": clock.local_date(request.at)},
        lines=[(str(line.uuid), line.words) for line in shown.lines],
        may_override=request.viewer.may(FundPermission.OVERRIDE, **scope),
    )


def _happenings(request: Request, moves: Sequence[StageMove]) -> list[Happening]:
    names = accounts.names_by_ref(viewer=request.viewer, refs={move.by for move in moves})
    return [
        Happening(
            on=move.on_date,
            title=str(labels.STAGES[Stage(move.new)]),
            status=STATUS.get(Stage(move.new), "done"),
            note=" · ".join(part for part in (move.because, names.get(move.by, "")) if part),
        )
        for move in moves
    ]


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
        said = saved(form, lambda given: FORMS[name].act(request, found, given))
        if said is None:
            return _render_dossier(request, found, name=name, form=form, status=422)
        messages.success(request, said)
        return redirect("projects:dossier", uuid=uuid)

    return view


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
    "accounts": Filing(
        typed.AccountsForm, _("登记决算批复"), _("登记"),
        _as_stated(stages.approve_settlement, gettext_noop("已登记决算批复。")),
    ),
    "extension": Filing(
        typed.ExtensionForm, _("决算延期"), _("延期"),
        _as_stated(stages.extend_settlement, gettext_noop("决算已延期到 %(to)s。")),
    ),
    "surplus": Filing(typed.SurplusForm, _("交回结余"), _("记账"), _return_surplus),
    "asset": Filing(
        typed.AssetForm, _("登记资产移交"), _("登记"),
        _as_stated(stages.transfer_asset, gettext_noop("已登记移交：%(asset)s。")),
    ),
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
        messages.error(request, gettext("没有登记：请填签字的日期，例如 2026-11-22。"))
        return redirect("projects:dossier", uuid=uuid)
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
    return FORMS[name].form(*args, **kwargs)


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


def _render_dossier(
    request: Request, found: Dossier, *, name: str = "", form: SavingForm | None = None, status: int = 200
) -> HttpResponse:
    today, project = clock.local_date(request.at), found.project
    shown = {one: _form(found, one, initial={"on": today}) for one in _offered(found)}
    if form is not None:
        shown[name] = form
    lacks_a_paper = any(one.open and one.requirement.paper for asked in found.gates.values() for one in asked)
    context = {
        "crumbs": crumbs(
            project.programme,
            PROJECTS,
            Crumb(project.code, reverse("projects:detail", args=[project.uuid])),
            Crumb(message(gettext_noop("档案"))),
        ),
        "dossier": found,
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
