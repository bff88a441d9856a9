# SPDX-License-Identifier: Apache-2.0
"""Reads: templates and evaluations of a programme, and one of each with what stands in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from shanhai.base.accounts.selectors import names_by_ref
from shanhai.base.database.selectors import in_programme
from shanhai.insight.evaluations.models import Evaluation, Score, Template
from shanhai.insight.evaluations.permissions import EvaluationPermission
from shanhai.insight.evaluations.rules import points, reached_by
from shanhai.insight.evaluations.states import EvaluationState, TemplateState
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.kernel import proofs
from shanhai.kernel.actors import Actor
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.plain import from_plain
from shanhai.registers.documents.selectors import proofs_of

if TYPE_CHECKING:
    from shanhai.registers.documents.models import Proof


@dataclass(frozen=True, slots=True)
class Line:
    """An item with its score: the figure behind it, what was reached, what that is worth, what proves it.

    ``proofs`` may be opened by the viewer; ``gone`` are files that were handed in and that the viewer no longer finds.
    """

    score: Score
    figure: Figure | None
    reached: Decimal | None
    own: Decimal
    proofs: Sequence[Proof] = ()
    gone: Sequence[Mapping[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """An evaluation with its lines, the sums of both columns, and what the viewer may do now."""

    evaluation: Evaluation
    lines: Sequence[Line]
    own: Decimal
    decided: Decimal | None
    may_assess: bool
    may_decide: bool
    names: Mapping[str, str]


def list_templates(*, viewer: Actor, programme: str) -> list[Template]:
    """The templates of a programme by name, the newest version first. One query."""
    rows = Template.objects.visible_to(viewer).filter(programme__code=programme)
    return list(rows.select_related("programme").order_by("name", "-version"))


def list_drafts(*, viewer: Actor, programme: str | None) -> list[Template]:
    """The templates that are not in force yet, of all programmes that the viewer sees for None. One query."""
    rows = Template.objects.visible_to(viewer).filter(in_programme(programme), state=TemplateState.DRAFT)
    return list(rows.select_related("programme").order_by("pk"))


def get_template(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Template:
    """One template. Raises NotVisible."""
    found: Template = Template.objects.all().one(viewer, uuid, lock=lock)
    return found


def list_evaluations(*, viewer: Actor, programme: str | None) -> list[Evaluation]:
    """The evaluations of a programme, of all that the viewer sees for None, the latest period first. One query."""
    rows = Evaluation.objects.visible_to(viewer).select_related("programme", "template")
    return list(rows.filter(in_programme(programme)).order_by("-ends_on", "pk"))


def get_evaluation(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Evaluation:
    """One evaluation. Raises NotVisible."""
    found: Evaluation = Evaluation.objects.all().one(viewer, uuid, lock=lock)
    return found


def scores_of(evaluation: Evaluation) -> list[Score]:
    """Its scores in the order of the items. One query."""
    return list(evaluation.scores.select_related("item", "evaluation").order_by("item__position"))


def files_of(*, viewer: Actor, scores: Sequence[Score]) -> dict[tuple[str, str], list[Proof]]:
    """The files that prove what is said of items, by ``Score.proved``. One query."""
    found: dict[tuple[str, str], list[Proof]] = {}
    for proof in proofs_of(viewer=viewer, subjects={score.proved for score in scores}):
        found.setdefault((proof.subject_type, proof.subject_id), []).append(proof)
    return found


def figure_scope(evaluation: Evaluation, *, on: date) -> FigureScope:
    """What its figures are asked for: as of the end of its period, or of the day while that lasts."""
    return FigureScope(programme=evaluation.programme.code, as_of=min(evaluation.ends_on, on))


def figures_for(viewer: Actor, evaluation: Evaluation, scores: Sequence[Score], *, on: date) -> dict[str, Figure]:
    """The figures that its items name, by key; one that the viewer does not see, or that is no more, is left out."""
    wanted = {score.item.figure for score in scores if score.item.figure}
    if not wanted:
        return {}
    scope = figure_scope(evaluation, on=on)
    return {figure.key: figure for figure in proofs.all_figures(viewer, scope) if figure.key in wanted}


def get_sheet(*, viewer: Actor, uuid: UUID, on: date) -> Sheet:
    """One evaluation as it stands: with figures of now while it is assessed, with those it kept afterwards.

    Raises NotVisible.
    """
    evaluation = get_evaluation(viewer=viewer, uuid=uuid)
    scores, assessing = scores_of(evaluation), evaluation.state == EvaluationState.ASSESSING
    now = figures_for(viewer, evaluation, scores, on=on) if assessing else {}
    files = files_of(viewer=viewer, scores=scores)
    lines = [
        _line(score, now.get(score.item.figure) if assessing else from_plain(score.kept), files.get(score.proved, ()))
        for score in scores
    ]
    decided = [line.score.decided for line in lines]
    code = evaluation.programme.code
    decides = viewer.may(EvaluationPermission.DECIDE, programme=code) and viewer.ref != evaluation.submitted_by
    return Sheet(
        evaluation,
        lines,
        sum((line.own for line in lines), Decimal(0)),
        None if None in decided or not decided else sum((one for one in decided if one), Decimal(0)),
        viewer.may(EvidencePermission.MANAGE, programme=code),
        decides,
        names_by_ref(viewer=viewer, refs={evaluation.submitted_by, *(move.by for move in evaluation.moves.all())}),
    )


def _line(score: Score, figure: Figure | None, proofs: Sequence[Proof]) -> Line:
    reached = reached_by(figure) if figure is not None else score.reached
    own = points(score.item.rule, reached) if score.own is None else score.own
    if score.evaluation.state == EvaluationState.ASSESSING:
        return Line(score, figure, reached, own, proofs)
    handed_in, there = {one["document"] for one in score.files}, {str(proof.document.uuid) for proof in proofs}
    shown = [proof for proof in proofs if str(proof.document.uuid) in handed_in]
    return Line(score, figure, reached, own, shown, [one for one in score.files if one["document"] not in there])
