# SPDX-License-Identifier: Apache-2.0
"""Projects, a page at a time."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from ninja import Query, Router, Schema

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, ProjectRow, list_projects
from shanhai.planning.projects.states import Stage
from shanhai.portal.api.schemas import REFUSALS, MoneyOut

router = Router()


class ProjectOut(Schema):
    """A project as a list shows it."""

    uuid: UUID
    code: str
    name: str
    place: str
    place_name: str
    category: str
    delivery: str
    novelty: str
    stage: str
    late: bool
    planned_finish_on: date | None
    progress_percent: int
    total_investment: MoneyOut
    completed_investment: MoneyOut
    plan: MoneyOut
    arrived: MoneyOut
    paid: MoneyOut
    provenance: str

    @classmethod
    def of(cls, row: ProjectRow) -> ProjectOut:
        """From a row of the list."""
        plain = ("uuid", "code", "name", "place", "place_name", "category", "late", "planned_finish_on")
        amounts = ("total_investment", "completed_investment", "plan", "arrived", "paid")
        words = ("delivery", "novelty", "stage")
        return cls.model_validate(
            {name: getattr(row, name) for name in (*plain, *words, "progress_percent", "provenance")}
            | {name: MoneyOut.of(getattr(row, name)) for name in amounts}
        )


class ProjectPage(Schema):
    """A page of projects out of ``count``."""

    count: int
    items: list[ProjectOut]


@router.get("", response={200: ProjectPage, **REFUSALS}, summary="The projects of a programme that you may see")
def list_page(
    request: Request,
    programme: Annotated[str, Query(max_length=40)],
    text: Annotated[str, Query(max_length=100, description="part of the name or code, or pinyin initials")] = "",
    stage: Stage | None = None,
    county: Annotated[str | None, Query(pattern=r"^\d{6}$")] = None,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ProjectPage:
    programmes.get_programme(viewer=request.viewer, code=programme)
    found = list_projects(
        viewer=request.viewer,
        programme=programme,
        on=clock.local_date(request.at),
        filters=ProjectFilters(text=text.replace("\x00", ""), stage=stage, county=county),
        offset=offset,
        limit=limit,
    )
    return ProjectPage(count=found.count, items=[ProjectOut.of(row) for row in found.rows])
