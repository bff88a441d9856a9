# SPDX-License-Identifier: Apache-2.0
"""Writes: templates taken in and put in force; evaluations opened, assessed, decided, appealed against, frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.insight.evaluations.models import Evaluation, EvaluationMove, Score, Template, TemplateItem
from shanhai.insight.evaluations.permissions import EvaluationPermission
from shanhai.insight.evaluations.rules import items_of, points, reached_by
from shanhai.insight.evaluations.selectors import figures_for, files_of, get_evaluation, get_template, scores_of
from shanhai.insight.evaluations.states import EVALUATION_MOVES, TEMPLATE_MOVES, EvaluationState, TemplateState
from shanhai.insight.evaluations.values import ItemRow, Scoring
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import local_date
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotAllowed, Problem, Refused, checked_reason
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.plain import to_plain
from shanhai.kernel.states import require_move
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.registers.documents.services import attach_proof, store_document

MOST_WORDS = 1000


@transaction.atomic
def take_in_template(
    *, by: Actor, at: datetime, rows: Sequence[ItemRow], programme: str = "", dry_run: bool = False
) -> ImportReport:
    """Make the next version of a template, a draft and a sample, from the rows of a table; all rows name one template.

    When a problem blocks, nothing is written and the report lists every problem. Raises NotVisible, NotAllowed.
    """
    found = get_programme(viewer=by, code=programme)
    by.require(EvidencePermission.MANAGE, programme=programme)
    items, problems = items_of(rows)
    names = {row.template for row in rows if row.template}
    if rows and len(names) != 1:
        text = gettext_noop("一张表是一套考核办法：“考核名称”每行相同，或者只写第一行。")
        problems.append(Problem("evaluations.template_not_accepted", message(text), column=gettext_noop("考核名称")))
    report = ImportReport("evaluation-template", len(rows), problems=tuple(problems))
    if report.blocked or dry_run or not rows:
        return report

    name = names.pop()
    last = Template.objects.filter(programme=found, name=name).order_by("-version").first()
    made = Template.objects.create(programme=found, name=name, version=last.version + 1 if last else 1)
    TemplateItem.objects.bulk_create(
        TemplateItem(
            template=made,
            position=position,
            aspect=item.aspect,
            name=item.name,
            weight=item.weight,
            scoring=item.scoring,
            target=item.target,
            steps=[[str(reached), str(percent)] for reached, percent in item.steps],
            figure=item.figure,
            evidence=item.evidence,
        )
        for position, item in enumerate(items, start=1)
    )
    facts = {"name": name, "version": made.version, "items": len(items)}
    audit.record(by=by, at=at, action="evaluation.template.taken_in", on=made.subject(), changes=facts)
    url = f"/evaluations/templates/{made.uuid}/"
    return ImportReport("evaluation-template", len(rows), {"created": len(rows)}, applied=True, url=url)


@transaction.atomic
def put_in_force(*, by: Actor, at: datetime, template: UUID, basis: str = "") -> Template:
    """Judge by this version from now on; the version before is retired. With a ``basis`` it is no sample any more.

    Raises NotVisible, NotAllowed, IllegalMove.
    """
    found = get_template(viewer=by, uuid=template, lock=True)
    by.require(EvaluationPermission.DECIDE, programme=found.programme.code)
    require_move(TEMPLATE_MOVES, TemplateState(found.state), TemplateState.IN_FORCE)

    before = Template.objects.filter(programme=found.programme, name=found.name, state=TemplateState.IN_FORCE)
    before.update(state=TemplateState.RETIRED)
    found.state, found.basis = TemplateState.IN_FORCE, basis.strip()[:200]
    found.is_sample = not found.basis
    found.save(update_fields=["state", "basis", "is_sample"])
    facts = {"name": found.name, "version": found.version, "basis": found.basis}
    audit.record(by=by, at=at, action="evaluation.template.in_force", on=found.subject(), changes=facts)
    return found


@transaction.atomic
def open_evaluation(*, by: Actor, at: datetime, template: UUID, starts_on: date, ends_on: date) -> Evaluation:
    """Begin to judge a period by a template in force. Raises NotVisible, NotAllowed, BadInput, Refused, Conflict."""
    found = get_template(viewer=by, uuid=template)
    by.require(EvidencePermission.MANAGE, programme=found.programme.code)
    faults = Faults()
    with faults.of("ends_on"):
        if ends_on < starts_on:
            raise BadInput(gettext_noop("结束的日子早于开始的日子。请核对。"), "evaluations.period_not_accepted")
    faults.tell()
    if found.state != TemplateState.IN_FORCE:
        raise Refused(gettext_noop("这一版考核办法没有启用。请用启用的那一版。"), "evaluations.template_not_in_force")
    if found.evaluations.filter(starts_on=starts_on, ends_on=ends_on).exists():
        text = gettext_noop("这一段时间已经有考核了。请打开它。")
        raise Conflict(text, "evaluations.already_there", field="starts_on")

    made = Evaluation.objects.create(programme=found.programme, template=found, starts_on=starts_on, ends_on=ends_on)
    Score.objects.bulk_create(Score(evaluation=made, item=item) for item in found.items.all())
    facts = {"starts_on": starts_on.isoformat(), "ends_on": ends_on.isoformat()}
    audit.record(by=by, at=at, action="evaluation.opened", on=made.subject(), changes=facts)
    return made


@transaction.atomic
def assess(
    *, by: Actor, at: datetime, evaluation: UUID, reached: Mapping[int, Decimal | None], words: Mapping[int, str]
) -> Evaluation:
    """Say, by position of the item, what was reached (items without a figure) and what speaks for it.

    Raises NotVisible, NotAllowed, Refused, BadInput.
    """
    found = get_evaluation(viewer=by, uuid=evaluation, lock=True)
    by.require(EvidencePermission.MANAGE, programme=found.programme.code)
    _require_state(found, EvaluationState.ASSESSING)
    scores, faults = scores_of(found), Faults()
    for score in scores:
        place, value = score.item.position, reached.get(score.item.position)
        with faults.of(f"reached_{place}"):
            _check_reached(score.item, value)
        with faults.of(f"words_{place}"):
            score.words = _checked_words(words.get(place, score.words))
        score.reached = None if score.item.figure else value
    faults.tell()
    Score.objects.bulk_update(scores, ["reached", "words"])
    audit.record(by=by, at=at, action="evaluation.assessed", on=found.subject(), changes={"items": len(scores)})
    return found


@transaction.atomic
def attach_file(*, by: Actor, at: datetime, evaluation: UUID, item: int, file: IO[bytes], name: str) -> Evaluation:
    """Put a file beside what is said of an item, by its position, while it is assessed.

    Raises NotVisible, NotAllowed, Refused, BadInput.
    """
    found = get_evaluation(viewer=by, uuid=evaluation, lock=True)
    programme = found.programme.code
    by.require(EvidencePermission.MANAGE, programme=programme)
    _require_state(found, EvaluationState.ASSESSING)
    score = next((one for one in scores_of(found) if one.item.position == item), None)
    if score is None:
        raise BadInput(gettext_noop("没有这个指标。请从列表里选。"), "evaluations.item_not_known", field="item")
    document = store_document(by=by, at=at, file=file, name=name, programme=programme)
    kind, key = score.proved
    attach_proof(by=by, at=at, document=document, subject_type=kind, subject_id=key, label=name, programme=programme)
    return found


@transaction.atomic
def submit(
    *,
    by: Actor,
    at: datetime,
    evaluation: UUID,
    reached: Mapping[int, Decimal | None] | None = None,
    words: Mapping[int, str] | None = None,
) -> Evaluation:
    """Hand the assessment in: the figures of its items are kept as they are now, and the points reckoned.

    What is said with it (as ``assess`` takes it) is said first. An item that nothing is said of, and that no figure
    speaks for, is refused by name. Raises NotVisible, NotAllowed, Refused, BadInput.
    """
    if reached is not None:
        assess(by=by, at=at, evaluation=evaluation, reached=reached, words=words or {})
    found = get_evaluation(viewer=by, uuid=evaluation, lock=True)
    by.require(EvidencePermission.MANAGE, programme=found.programme.code)
    require_move(EVALUATION_MOVES, EvaluationState(found.state), EvaluationState.SUBMITTED)
    scores = scores_of(found)
    figures, files, empty = figures_for(by, found, scores, on=local_date(at)), files_of(viewer=by, scores=scores), []
    for score in scores:
        figure = figures.get(score.item.figure)
        value = reached_by(figure) if figure else score.reached
        if value is None:
            empty.append(score.item.name)
        score.kept = to_plain(figure) if figure else None
        score.files = [
            {"label": one.label, "document": str(one.document.uuid), "sha256": one.document.sha256}
            for one in files.get(score.proved, ())
        ]
        score.reached, score.own, score.decided, score.opinion = value, points(score.item.rule, value), None, ""
    if empty:
        text = gettext_noop("还有 %(count)s 个指标没有数：%(names)s。请填上，或等有了数再上报。")
        raise Refused(text, "evaluations.items_empty", count=str(len(empty)), names=tuple(empty[:10]))

    Score.objects.bulk_update(scores, ["reached", "kept", "own", "decided", "opinion", "files"])
    found.submitted_by = by.ref
    _move(found, EvaluationState.SUBMITTED, by=by, at=at)
    return found


@transaction.atomic
def send_back(*, by: Actor, at: datetime, evaluation: UUID, because: str) -> Evaluation:
    """Send an assessment back to those who are judged. Raises NotVisible, NotAllowed, IllegalMove, BadInput."""
    found = _deciding(by, evaluation)
    require_move(EVALUATION_MOVES, EvaluationState(found.state), EvaluationState.ASSESSING)
    because = checked_reason(because, gettext_noop("请写明为什么退回。"), "evaluations")
    found.scores.update(own=None, kept=None, files=[])
    _move(found, EvaluationState.ASSESSING, by=by, at=at, because=because)
    return found


@transaction.atomic
def decide(
    *, by: Actor, at: datetime, evaluation: UUID, points_given: Mapping[int, Decimal], opinions: Mapping[int, str]
) -> Evaluation:
    """Give each item its points, at most its weight; other points than those reckoned say why.

    After an appeal the same again. Who handed it in does not decide. Raises NotVisible, NotAllowed, IllegalMove,
    BadInput.
    """
    found = _deciding(by, evaluation)
    require_move(EVALUATION_MOVES, EvaluationState(found.state), EvaluationState.DECIDED)
    scores, faults = scores_of(found), Faults()
    for score in scores:
        place = score.item.position
        given = points_given.get(place, score.own)
        with faults.of(f"points_{place}"):
            if given is None or not 0 <= given <= score.item.weight or given != round(given, 2):
                text = gettext_noop("得分应在 0 和 %(weight)s 之间，小数最多 2 位。")
                raise BadInput(text, "evaluations.points_not_accepted", weight=f"{score.item.weight:f}")
        with faults.of(f"opinion_{place}"):
            score.opinion = _checked_words(opinions.get(place, ""))
            if given != score.own and not score.opinion:
                text = gettext_noop("得分与自评算出的不同，请写明为什么。")
                raise BadInput(text, "evaluations.opinion_missing")
        score.decided = given
    faults.tell()
    Score.objects.bulk_update(scores, ["decided", "opinion"])
    _move(found, EvaluationState.DECIDED, by=by, at=at)
    return found


@transaction.atomic
def appeal(*, by: Actor, at: datetime, evaluation: UUID, against: Mapping[int, str], because: str) -> Evaluation:
    """Say what speaks against the points of some items. Raises NotVisible, NotAllowed, IllegalMove, BadInput."""
    found = get_evaluation(viewer=by, uuid=evaluation, lock=True)
    by.require(EvidencePermission.MANAGE, programme=found.programme.code)
    require_move(EVALUATION_MOVES, EvaluationState(found.state), EvaluationState.APPEALED)
    because = checked_reason(because, gettext_noop("请写明申诉的理由。"), "evaluations")
    scores = scores_of(found)
    for score in scores:
        score.appeal = _checked_words(against.get(score.item.position, ""))
    Score.objects.bulk_update(scores, ["appeal"])
    _move(found, EvaluationState.APPEALED, by=by, at=at, because=because)
    return found


@transaction.atomic
def freeze(*, by: Actor, at: datetime, evaluation: UUID) -> Evaluation:
    """End it: its points and figures stay as they are. Raises NotVisible, NotAllowed, IllegalMove."""
    found = _deciding(by, evaluation)
    require_move(EVALUATION_MOVES, EvaluationState(found.state), EvaluationState.FROZEN)
    _move(found, EvaluationState.FROZEN, by=by, at=at)
    return found


def _deciding(by: Actor, uuid: UUID) -> Evaluation:
    found = get_evaluation(viewer=by, uuid=uuid, lock=True)
    by.require(EvaluationPermission.DECIDE, programme=found.programme.code)
    if found.submitted_by == by.ref:
        raise NotAllowed(gettext_noop("自己上报的考核，由别人来定。请找另一位有考核权的人。"))
    return found


def _require_state(found: Evaluation, state: EvaluationState) -> None:
    if found.state != state:
        raise Refused(
            gettext_noop("这次考核已经上报，不能再改自评。请刷新后再看能做什么。"), "evaluations.already_submitted"
        )


def _check_reached(item: TemplateItem, value: Decimal | None) -> None:
    if value is None or item.figure:
        return
    most = {Scoring.YES_NO: Decimal(1), Scoring.BY_HAND: Decimal(100)}.get(Scoring(item.scoring))
    if value < 0 or value >= Decimal(10) ** 16 or (most is not None and value > most) or value != round(value, 4):
        text = gettext_noop("“%(value)s”记不下。请填 0 到 %(most)s 之间的数，小数最多 4 位。")
        raise BadInput(
            text, "evaluations.reached_not_accepted", value=str(value)[:40], most=str(most or Decimal(10) ** 16)
        )


def _checked_words(text: str) -> str:
    words = text.replace("\x00", "").strip()
    if len(words) > MOST_WORDS:
        raise BadInput(gettext_noop("说明最多 %(most)s 个字。"), "evaluations.words_too_long", most=str(MOST_WORDS))
    return words


def _move(found: Evaluation, new: EvaluationState, *, by: Actor, at: datetime, because: str = "") -> None:
    old, found.state = found.state, new
    found.save(update_fields=["state", "submitted_by"])
    EvaluationMove.objects.create(evaluation=found, old=old, new=new, at=at, by=by.ref, because=because)
    states = {"state": [old, new.value]}
    audit.record(by=by, at=at, action=f"evaluation.{new.value}", on=found.subject(), changes=states, because=because)
