# SPDX-License-Identifier: Apache-2.0
"""Projects that are not finished, and papers that are worth something only when signed, and are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import override

from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.planning.handovers.values import THE_OFFICE, Cause, ItemKind, Responsible, ResponsibleKind
from shanhai.planning.projects import labels
from shanhai.planning.projects.dossier.selectors import facts_for_warnings as facts
from shanhai.planning.projects.dossier.selectors.gates import SIGNED
from shanhai.planning.projects.lists.selectors.lists import (
    MAX_LIMIT,
    ProjectFilters,
    ProjectRow,
    filtered,
    list_projects,
)
from shanhai.planning.projects.states import FINISHED, NOT_STARTED, ON_SITE, Delivery, PaperKind, Stage
from shanhai.registers.organisations.selectors import list_organisations

_WITH_ACCOUNTS_OPEN = frozenset({Stage.COMPLETED, Stage.ACCEPTED})
_WITH_ASSETS_HERE = frozenset({Stage.ACCEPTED, Stage.SETTLED})
# Where each is brought to its end; accounts and assets are in the dossier.
_PAGES = {ItemKind.UNFINISHED_PROJECT: "projects:detail"}
_OWING = NOT_STARTED | ON_SITE | _WITH_ACCOUNTS_OPEN | _WITH_ASSETS_HERE


@dataclass(frozen=True, slots=True)
class Standing:
    """A project as a list shows it, its own columns, its final accounts and last move, and the name of its owner."""

    row: ProjectRow
    own: facts.ProjectTuple
    accounts: facts.SettlementTuple | None
    moved: facts.MovesTuple | None
    owner: str

    @property
    def accounts_closed(self) -> bool:
        """Whether final accounts are approved and no money is left; other than capital projects owe papers instead."""
        accounts = self.accounts
        if not self.own.capital or accounts is None or accounts.approved_on is None:
            return False
        return not accounts.surplus_fen or accounts.surplus_returned_on is not None

    @property
    def responsible(self) -> Responsible:
        """Its owner; without one the headquarters for what it hands over by the key (交钥匙), else the county."""
        if not self.owner and self.row.delivery == Delivery.TURNKEY:
            return THE_OFFICE
        return Responsible(ResponsibleKind.ORGANISATION, self.owner or self.row.place_name)


def list_unfinished(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """What projects still owe that were completed by ``until``, or should be by their plan.

    Final accounts are owed from completion on, also before acceptance (财建〔2016〕503号). Four queries for every 500
    projects of a stage, and four more.
    """
    for one in _standings(viewer=viewer, programme=programme, on=clock.local_date(at)):
        stage = one.row.stage
        if stage in FINISHED and one.own.finished_on is not None and one.own.finished_on > until:
            continue
        if stage == Stage.COMPLETED:
            yield _cause(ItemKind.UNFINISHED_PROJECT, one, one.own.finished_on)
        elif stage not in FINISHED and one.row.planned_finish_on and one.row.planned_finish_on <= until:
            yield _cause(ItemKind.UNFINISHED_PROJECT, one, one.row.planned_finish_on)
        if stage in _WITH_ACCOUNTS_OPEN and not one.accounts_closed:
            yield _cause(ItemKind.OPEN_SETTLEMENT, one, facts.settlement_due(one.own, one.accounts))
        if stage in _WITH_ASSETS_HERE:
            yield _cause(ItemKind.ASSET_NOT_TRANSFERRED, one, facts.transfer_due(one.own, one.moved))


def _standings(*, viewer: Actor, programme: str, on: date) -> Iterator[Standing]:
    own = {row.uuid: row for row in facts.project_tuples(viewer=viewer, programme=programme)}
    accounts = facts.settlement_tuples(viewer=viewer, programme=programme)
    moves = facts.move_tuples(viewer=viewer, programme=programme)
    owners = {row.owner for row in own.values() if row.owner is not None}
    names = dict(list_organisations(viewer=viewer).filter(pk__in=owners).values_list("pk", "name"))
    for row in _rows(viewer=viewer, programme=programme, on=on):
        if (columns := own.get(row.uuid)) is not None:
            pk, owner = columns.pk, columns.owner
            yield Standing(row, columns, accounts.get(pk), moves.get(pk), names.get(owner, "") if owner else "")


def _rows(*, viewer: Actor, programme: str, on: date) -> Iterator[ProjectRow]:
    for stage in (stage for stage in Stage if stage in _OWING):
        filters, offset, count = ProjectFilters(stage=stage), 0, 1
        while offset < count:
            found = list_projects(
                viewer=viewer, programme=programme, on=on, filters=filters, offset=offset, limit=MAX_LIMIT
            )
            yield from found.rows
            offset, count = offset + MAX_LIMIT, found.count


def _cause(kind: ItemKind, one: Standing, since: date | None) -> Cause:
    return Cause(
        kind=kind,
        subject_type="projects.project",
        subject_id=str(one.row.uuid),
        label=f"{one.row.code} {one.row.name}",
        url=reverse(_PAGES.get(kind, "projects:dossier"), args=[one.row.uuid]),
        responsible=one.responsible,
        place=one.row.place,
        since=since,
    )


_COLUMNS = (
    "uuid", "code", "name", "place__code", "papers__kind", "papers__signed_on", "papers__added_by", "papers__added_at",
)  # fmt: skip


def list_unsigned(*, viewer: Actor, programme: str, until: date, at: datetime) -> Iterator[Cause]:
    """Papers of which the last version is not signed; who filed it answers for it. One query."""
    projects = filtered(viewer=viewer, programme=programme, on=until, filters=ProjectFilters())
    found = projects.exclude(stage=Stage.CANCELLED).filter(papers__kind__in=[kind.value for kind in SIGNED])
    rows = found.order_by("code", "pk", "papers__kind", "papers__version").values_list(*_COLUMNS)
    last = {(row[0], row[4]): row for row in rows}
    for uuid, code, name, place, kind, signed_on, added_by, added_at in last.values():
        if signed_on is None:
            # What is stored is Chinese, whoever brings the list up to date.
            with override(None):
                word = str(labels.PAPERS[PaperKind(kind)])
            yield Cause(
                kind=ItemKind.UNSIGNED_PAPER,
                subject_type="projects.paper",
                subject_id=f"{uuid}:{kind}",
                label=f"{code} {name} · {word}",
                url=reverse("projects:dossier", args=[uuid]),
                responsible=Responsible(ResponsibleKind.PERSON, added_by),
                place=place,
                since=clock.local_date(added_at),
            )
