# SPDX-License-Identifier: Apache-2.0
"""One adjustment, its page, and lists of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from shanhai.base.database.selectors import in_programme
from shanhai.base.formats import named
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import Conflict, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.adjustments.access import carries_out, holds, may_advise, may_decide
from shanhai.planning.adjustments.models import Adjustment, AdjustmentQuerySet, Opinion
from shanhai.planning.adjustments.permissions import AdjustmentPermission
from shanhai.planning.adjustments.selectors.current import DOT, READER, changes_of, first_approved, is_stale, rule_of
from shanhai.planning.adjustments.states import MOVES, OPEN, WITH_PROPOSER, Kind, State
from shanhai.planning.adjustments.values import Change, Effect, effects_from_json
from shanhai.planning.programmes.core.selectors.programmes import list_fund_sources
from shanhai.planning.projects.core.selectors import get_project
from shanhai.planning.projects.permissions import ProjectPermission
from shanhai.planning.projects.shares.selectors.idle import Idle, idle_money
from shanhai.planning.projects.states import MoveKind, Stage
from shanhai.registers.places.selectors import find_divisions

if TYPE_CHECKING:
    from shanhai.planning.projects.models import StageMove


@dataclass(frozen=True, slots=True)
class Rights:
    """What a viewer may do to an adjustment as it stands."""

    edit: bool
    withdraw: bool
    decide: bool
    send_back: bool
    advise: bool
    apply: bool


@dataclass(frozen=True, slots=True)
class AdjustmentPage:
    """All that the page of one adjustment shows. ``rule`` is the line of the table; ``stale`` when things have moved.

    ``first`` are the amounts approved at first, in fen, where earlier adjustments have changed them; ``opinions`` come
    with the newest first. ``idle`` is the money to be dealt with before a project that is to be cancelled is;
    ``taken_back`` the correction that took a cancellation back.
    """

    adjustment: Adjustment
    rule: str
    changes: tuple[Change, ...]
    first: tuple[tuple[Change, int], ...]
    effects: tuple[Effect, ...]
    opinions: tuple[Opinion, ...]
    idle: tuple[Idle, ...]
    taken_back: StageMove | None
    stale: bool
    rights: Rights


def get_adjustment(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Adjustment:
    """The adjustment with its programme and projects; ``lock`` holds its row. Raises NotVisible."""
    rows = _joined(Adjustment.objects.visible_to(viewer))
    found = (rows.select_for_update(of=("self",)) if lock else rows).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible(
            gettext_noop("没有找到这份调整，或者您的岗位看不到它。请从调整列表进入。"), "adjustments.not_visible"
        )
    return found


def locked(*, viewer: Actor, adjustment: UUID, seen: State | None) -> Adjustment:
    """The adjustment with its row locked. Raises NotVisible, Conflict when it is not as ``seen``."""
    found = get_adjustment(viewer=viewer, uuid=adjustment, lock=True)
    if seen is not None and found.state != seen.value:
        raise Conflict(
            gettext_noop("您看过以后，别人已经处理了这份调整。请刷新后再看能做什么。"), "adjustments.moved_meanwhile"
        )
    return found


def still_true(*, adjustment: Adjustment) -> tuple[Change, ...]:
    """The changes, with the projects locked and everything still as it was. Raises Conflict."""
    projects = [one for one in (adjustment.project, adjustment.other_project) if one is not None]
    for project in sorted(one.uuid for one in projects):
        found = get_project(viewer=READER, uuid=project, lock=True)
        if project == adjustment.its_project.uuid:
            adjustment.project = found
        else:
            adjustment.other_project = found
    changes = changes_of(adjustment)
    if is_stale(adjustment, changes, first_approved(adjustment)):
        raise Conflict(
            gettext_noop("项目或计划在提出调整以后变过了，原来的依据已经不对。请退回提出的人，按现在的情况重新填写。"),
            "adjustments.project_moved_meanwhile",
        )
    return changes


def list_adjustments(
    *, viewer: Actor, programme: str | None, text: str = "", kind: str = "", state: str = "", waits: bool = False
) -> AdjustmentQuerySet:
    """The adjustments of a programme, or of all, that the viewer may see, the latest first, each with whether it
    ``waits``.
    """
    asked = {name: value for name, value in {"kind": kind, "state": state, "waits": waits}.items() if value}
    found = Adjustment.objects.visible_to(viewer).with_waits(viewer).filter(in_programme(programme), **asked)
    if wanted := text.replace("\x00", "").strip()[:100]:
        found = found.about(wanted)
    return _joined(found).order_by("-proposed_at", "-pk")


def list_waiting(*, viewer: Actor, programme: str | None, limit: int) -> list[Adjustment]:
    """What the viewer is the one to act on, the oldest first. One query."""
    return list(list_adjustments(viewer=viewer, programme=programme, waits=True).reverse()[:limit])


def list_open(*, viewer: Actor, programme: str) -> list[Adjustment]:
    """What somebody still has to do something about, the oldest first: for warnings and hand-over. One query."""
    found = Adjustment.objects.visible_to(viewer).open().filter(programme__code=programme)
    return list(_joined(found).order_by("proposed_at", "pk"))


def adjustment_page(*, viewer: Actor, uuid: UUID) -> AdjustmentPage:
    """The adjustment, what it changes and does, what was said, and what the viewer may do. At most eight queries.

    Where a project with money is to be cancelled, two more for each of its lines.

    The shares of a place are shown to who sees all projects there. Raises NotVisible.
    """
    found = get_adjustment(viewer=viewer, uuid=uuid)
    changes, first = changes_of(found), first_approved(found)
    return AdjustmentPage(
        adjustment=found,
        rule=found.rule or rule_of(found, changes, first).key,
        changes=_as_read(found, changes),
        first=tuple(
            (change, fen)
            for change in changes
            if (fen := first.get((change.subject, change.field))) is not None and fen != change.old
        ),
        effects=_effects(viewer, found),
        opinions=tuple(found.opinions.order_by("-at", "-pk")),
        idle=tuple(idle_money(found.its_project)) if found.kind == Kind.CANCEL and found.state in OPEN else (),
        taken_back=_taken_back(found),
        stale=State(found.state) in OPEN and is_stale(found, changes, first),
        rights=rights_of(viewer, found),
    )


def _taken_back(adjustment: Adjustment) -> StageMove | None:
    if adjustment.kind != Kind.CANCEL or adjustment.state != State.APPLIED:
        return None
    back = adjustment.its_project.moves.filter(kind=MoveKind.CORRECTION, old=Stage.CANCELLED)
    return back.filter(at__gte=adjustment.applied_at).order_by("at", "pk").first()


def _as_read(adjustment: Adjustment, changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes, where they name a fund source by the name that it has in the reader's language."""
    if not any(one.name for one in changes):
        return changes
    found = list_fund_sources(viewer=READER, programme=adjustment.programme.code)
    sources = {one.name: named(one) for one in found}
    parts = (one.name.rpartition(DOT) for one in changes)
    names = [f"{before}{dot}{sources.get(source, source)}" for before, dot, source in parts]
    return tuple(replace(one, name=name) for one, name in zip(changes, names, strict=True))


def _effects(viewer: Actor, adjustment: Adjustment) -> tuple[Effect, ...]:
    """Those that the viewer may see, each under the name of its place in their language."""
    stored = effects_from_json(adjustment.effect, adjustment.programme.currency)
    seen = [effect for effect in stored if _sees(viewer, adjustment, effect)]
    places = {one.place.code: one.place for one in (adjustment.project, adjustment.other_project) if one is not None}
    places |= find_divisions({effect.place for effect in seen} - {"", *places})
    # Where money of a plan changes they are of what that year's plan pays for.
    year = f" {adjustment.year}" if adjustment.year else ""
    names = {"": f"{named(adjustment.programme)}{year}"} | {code: f"{named(one)}{year}" for code, one in places.items()}
    return tuple(replace(effect, name=names[effect.place]) for effect in seen)


def rights_of(viewer: Actor, adjustment: Adjustment) -> Rights:
    """What the viewer may do to the adjustment as it stands."""
    state = State(adjustment.state)
    own = adjustment.proposed_by == viewer.ref and holds(viewer, AdjustmentPermission.PROPOSE, adjustment)
    decides = may_decide(viewer, adjustment)
    return Rights(
        edit=own and state in WITH_PROPOSER,
        withdraw=own and State.WITHDRAWN in MOVES[state],
        decide=decides and state is State.SUBMITTED,
        send_back=decides and State.RETURNED in MOVES[state],
        advise=state is State.SUBMITTED and may_advise(viewer, adjustment),
        apply=state is State.APPROVED and holds(viewer, carries_out(adjustment), adjustment),
    )


def _joined(rows: AdjustmentQuerySet) -> AdjustmentQuerySet:
    return rows.select_related(
        "programme", "project__place", "project__site", "project__owner", "project__programme", "other_project__place"
    )


def _sees(viewer: Actor, adjustment: Adjustment, effect: Effect) -> bool:
    return viewer.may(ProjectPermission.VIEW, programme=adjustment.programme.code, place=effect.place or None)
