# SPDX-License-Identifier: Apache-2.0
"""What of lines and projects stands beyond a ceiling: the conditions are those of the table, asked in SQL."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce

from shanhai.kernel.messages import Message
from shanhai.planning.projects.ceilings.rules import CEILINGS, TOLD, WARNED_OF, Ceiling, Excess, Grain, passed
from shanhai.planning.projects.models import AllocationLine, AssetTransfer, Contract, Project, Settlement
from shanhai.planning.projects.states import Stage

CHUNK = 500
FEN = BigIntegerField()


def _together(model: type[Any], column: str, **of: Any) -> Any:
    rows = model.objects.filter(project=OuterRef("pk"), **of).order_by().values("project")
    return Subquery(rows.annotate(together=Sum(column)).values("together"), output_field=FEN)


_LINE: dict[str, Any] = {
    **{name: F(f"{name}_fen") for name in ("arrived", "allotted", "paid")},
    # What of a cancelled project's money was given back was allotted too; nothing more goes out of it.
    "amount": Case(When(project__stage=Stage.CANCELLED, then=Value(None)), default=F("amount_fen"), output_field=FEN),
}
# What is not there is nothing, but accounts that are not approved, and money that later years are still to give.
_PROJECT: dict[str, Any] = {
    **{name: Coalesce(_together(AllocationLine, f"{name}_fen"), 0) for name in ("arrived", "allotted", "paid")},
    "contracts": Coalesce(_together(Contract, "amount_fen"), 0),
    "assets": Coalesce(_together(AssetTransfer, "value_fen"), 0),
    "approved": _together(Settlement, "approved_fen", approved_on__isnull=False),
    "funding": Case(
        When(cross_year=True, then=Value(None)),
        default=F("other_sources_fen") + Coalesce(_together(AllocationLine, "amount_fen"), 0),
        output_field=FEN,
    ),
    "investment": F("total_investment_fen"),
}


def excesses(
    *,
    ceilings: Sequence[Ceiling] = CEILINGS,
    lines: Collection[UUID] = (),
    projects: Collection[UUID] = (),
    programme: str = "",
) -> Iterator[Excess]:
    """What is beyond ``ceilings``, lines first: of these ``lines`` and ``projects``, or of a whole ``programme``.

    One query for each grain, and for 500 of what is asked.
    """
    for grain, model, columns, of, asked in (
        (Grain.LINE, AllocationLine, _LINE, "project__", lines),
        (Grain.PROJECT, Project, _PROJECT, "", projects),
    ):
        rows = [one for one in ceilings if one.grain is grain]
        if not rows:
            continue
        names = sorted({name for one in rows for name in (one.more, one.most)})
        found = model._default_manager.annotate(**{f"of_{name}": columns[name] for name in names})
        beyond = reduce(or_, (Q(**{f"of_{one.more}__gt": F(f"of_{one.most}")}) for one in rows))
        whose = ("uuid", *(f"{of}{column}" for column in ("uuid", "name", "programme__code", "place__code")))
        told = found.filter(beyond).order_by("pk").values(*whose, *(f"of_{name}" for name in names))
        for part in [told.filter(**{f"{of}programme__code": programme})] if programme else _parts(told, list(asked)):
            for row in part:
                facts = {name: row[f"of_{name}"] for name in names}
                for one in passed(rows, facts):
                    yield Excess._make((one, *(row[column] for column in whose), facts[one.more], facts[one.most]))


def told_of_projects(*, programme: str, project: UUID | None = None) -> dict[UUID, tuple[Message, ...]]:
    """What projects of a programme, or that one, are beyond, in words, but for what other warnings tell. One query.

    Whoever asks: warnings are evaluated for all.
    """
    asked = {"projects": [project]} if project is not None else {"programme": programme}
    found: dict[UUID, tuple[Message, ...]] = {}
    for one in excesses(ceilings=[row for row in CEILINGS if row.grain is Grain.PROJECT], **asked):
        if one.ceiling not in WARNED_OF or (one.ceiling.most == "investment" and not one.most):
            found[one.project] = (*found.get(one.project, ()), one.said(TOLD))
    return found


def standing_of(*, projects: Collection[UUID]) -> dict[UUID, dict[str, int | None]]:
    """What ceilings compare of each of these projects, by name, in fen. One query for 500."""
    found: dict[UUID, dict[str, int | None]] = {}
    for part in _parts(Project.objects.annotate(**{f"of_{name}": of for name, of in _PROJECT.items()}), list(projects)):
        for uuid, *fen in part.values_list("uuid", *(f"of_{name}" for name in _PROJECT)):
            found[uuid] = dict(zip(_PROJECT, fen, strict=True))
    return found


def _parts(found: QuerySet[Any, Any], asked: Sequence[UUID]) -> Iterator[QuerySet[Any, Any]]:
    return (found.filter(uuid__in=asked[start : start + CHUNK]) for start in range(0, len(asked), CHUNK))
