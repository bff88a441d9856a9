# SPDX-License-Identifier: Apache-2.0
"""The page of one project: where it stands, its money and what happened; moving it on, recording a voucher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from shanhai.base import formats
from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.permissions import Permission
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import named
from shanhai.base.forms import saved, status_of
from shanhai.kernel import clock, ids
from shanhai.kernel.messages import Message
from shanhai.kernel.parts import TODAY, Crumb, Happening
from shanhai.planning.programmes.values import StepKind
from shanhai.planning.projects import labels
from shanhai.planning.projects.core.views import PROJECTS
from shanhai.planning.projects.dossier.forms import MoveForm, VoucherForm
from shanhai.planning.projects.dossier.selectors.gates import ProjectDetail, project_detail
from shanhai.planning.projects.dossier.services import stages
from shanhai.planning.projects.labels import STATUS
from shanhai.planning.projects.models import StageMove
from shanhai.planning.projects.shares import services as funds
from shanhai.planning.projects.states import (
    STEPS,
    Delivery,
    Level,
    MoveKind,
    Novelty,
    Stage,
)
from shanhai.planning.projects.values import made_from, number_of
from shanhai.registers.documents import selectors as documents
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors import postings
from shanhai.registers.ledger.values import PostingRow, Source

MOST_VOUCHERS = 50
COLUMNS = ("amount", "arrived", "allotted", "paid")


@require_safe
def project_page(request: Request, uuid: str) -> HttpResponse:
    """GET /projects/<uuid>/: where it stands, its money, what happened, and what the viewer may do."""
    return _render(request, _detail(request, uuid))


@require_POST
def move(request: Request, uuid: str) -> HttpResponse:
    """POST /projects/<uuid>/move: one step on, if nobody was faster."""
    shown = _detail(request, uuid)
    form = MoveForm(request.POST, allowed=shown.allowed_moves)
    step = partial(stages.move, by=request.viewer, at=request.at, project=shown.project.uuid)
    moved = saved(request, form, lambda given: step(**given))
    if moved is None:
        # With what may follow now: somebody may have been faster.
        form.offer_only(shown.allowed_moves)
        return _render(request, shown, move_form=form)
    messages.success(request, gettext("已记录：%(stage)s。") % {"stage": labels.STAGES[Stage(moved.stage)]})
    return redirect("projects:detail", uuid=uuid)


@require_POST
def record_voucher(request: Request, uuid: str) -> HttpResponse:
    """POST /projects/<uuid>/vouchers: what arrived for one of its lines, was allotted to it or paid."""
    shown = _detail(request, uuid)
    form, programme = _voucher_form(request, shown, request.POST), shown.project.programme.code

    @transaction.atomic
    def save(given: Mapping[str, Any]) -> object:
        entry = funds.take_step(
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
        funds.attach_given(by=request.viewer, at=request.at, entry=entry.uuid, file=given["file"])
        return entry

    if saved(request, form, save) is None:
        return _render(request, shown, voucher_form=form)
    messages.success(request, gettext("已记账，凭证号 %(number)s。") % form.cleaned_data)
    return redirect("projects:detail", uuid=uuid)


def _detail(request: Request, uuid: str) -> ProjectDetail:
    return project_detail(viewer=request.viewer, uuid=ids.parse_id(uuid), on=clock.local_date(request.at))


def _render(
    request: Request,
    shown: ProjectDetail,
    *,
    move_form: MoveForm | None = None,
    voucher_form: VoucherForm | None = None,
) -> HttpResponse:
    project, today = shown.project, clock.local_date(request.at)
    seen = {"seen_stage": project.stage, "on": today}
    context = {
        "crumbs": (TODAY, PROJECTS, Crumb(project.code)),
        "shown": shown,
        "project": project,
        "programme": project.programme,
        "words": _words(shown),
        "rounding": formats.rounding_note(
            *(([getattr(line, one) for line in shown.lines], shown.sums[one]) for one in COLUMNS)
        ),
        "may_ask": request.viewer.may("adjustment.propose", programme=project.programme.code, place=project.place.code),
        "may_audit": request.viewer.may(
            Permission.AUDIT_VIEW, programme=project.programme.code, place=project.place.code
        ),
        "steps": labels.steps(Stage(project.stage)),
        "happenings": _happenings(request, shown.moves),
        "vouchers": _vouchers(request, shown),
        "ended": not STEPS[Stage(project.stage)],
        "proofs": documents.list_proofs(
            viewer=request.viewer, subject_type="projects.project", subject_id=project.uuid
        ),
        "move_form": move_form
        or (MoveForm(initial=seen, allowed=shown.allowed_moves) if shown.allowed_moves else None),
        "voucher_form": voucher_form or (_voucher_form(request, shown) if shown.may_post else None),
    }
    return render(request, "projects/detail.html", context, status=status_of(move_form, voucher_form))


def _vouchers(request: Request, shown: ProjectDetail) -> list[tuple[PostingRow, str, Message]]:
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
    return [(row, number_of(row.source) or made_from(row.source), KIND_LABELS[row.kind]) for row in rows]


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
        "standing": labels.stage_words(stage, shown.late_since, project.planned_finish_on),
        "lines": [(line, labels.LEVELS[Level(line.beneficiary_level)]) for line in shown.lines],
    }


def _voucher_form(request: Request, shown: ProjectDetail, given: QueryDict | None = None) -> VoucherForm:
    scope = {"programme": shown.project.programme.code, "place": shown.project.place.code}
    return VoucherForm(
        given,
        None if given is None else request.FILES,
        initial={"on": clock.local_date(request.at), **_next_step(request.GET, shown)},
        lines=[(str(line.uuid), line.words) for line in shown.lines],
        may_override=request.viewer.may(FundPermission.OVERRIDE, **scope),
    )


def _next_step(asked: Mapping[str, str], shown: ProjectDetail) -> dict[str, str]:
    """What to record for which line: as the address asks, else the step whose money has come furthest."""
    known = {str(line.uuid): line for line in shown.lines}
    waiting = (
        {"act": act.value, "line": str(line.uuid)}
        for line in shown.lines
        for act, there, gone in (
            (StepKind.ALLOT, line.arrived_fen, line.allotted_fen),
            (StepKind.PAY, line.allotted_fen, line.paid_fen),
        )
        if there > gone
    )
    given = {name: asked[name] for name in ("act", "line") if asked.get(name) in {*StepKind, *known}}
    return next(waiting, {}) | given


def _title(move: StageMove) -> str:
    words = str(labels.STAGES[Stage(move.new)])
    return gettext("更正：退回到“%(stage)s”") % {"stage": words} if move.kind == MoveKind.CORRECTION else words


def _happenings(request: Request, moves: Sequence[StageMove]) -> list[Happening]:
    names = accounts.names_by_ref(viewer=request.viewer, refs={move.by for move in moves})
    return [
        Happening(
            on=move.on_date,
            title=_title(move),
            status="rest" if move.kind == MoveKind.CORRECTION else STATUS.get(Stage(move.new), "done"),
            struck=move.kind == MoveKind.TAKEN_BACK,
            note=" · ".join(part for part in (move.because, names.get(move.by, "")) if part),
        )
        for move in moves
    ]
