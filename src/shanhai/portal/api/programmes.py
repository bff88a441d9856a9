# SPDX-License-Identifier: Apache-2.0
"""Programmes and their figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from ninja import Path, Query, Router

from shanhai.base.accounts.selectors import Request
from shanhai.kernel import clock
from shanhai.kernel import proofs as figures
from shanhai.kernel.figures import FigureScope
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.portal.api.schemas import REFUSALS, FigureOut, ProgrammeOut

router = Router()
Code = Annotated[str, Path(max_length=40)]


@router.get("", response={200: list[ProgrammeOut], **REFUSALS}, summary="The programmes you may see")
def list_programmes(request: Request) -> list[ProgrammeOut]:
    return [ProgrammeOut.of(one) for one in programmes.list_programmes(viewer=request.viewer)]


@router.get("/{code}", response={200: ProgrammeOut, **REFUSALS}, summary="One programme")
def get_programme(request: Request, code: Code) -> ProgrammeOut:
    return ProgrammeOut.of(programmes.get_programme(viewer=request.viewer, code=code))


@router.get(
    "/{code}/figures",
    response={200: list[FigureOut], **REFUSALS},
    summary="All figures of a programme, with how they were made",
)
def list_figures(
    request: Request,
    code: Code,
    as_of: Annotated[date | None, Query(description="as of this day; today when not given")] = None,
    place: Annotated[str | None, Query(pattern=r"^\d{6}$", description="GB/T 2260 code")] = None,
    year: Annotated[int | None, Query(ge=1978, le=2100)] = None,
) -> list[FigureOut]:
    programmes.get_programme(viewer=request.viewer, code=code)
    today = clock.local_date(request.at)
    scope = FigureScope(programme=code, as_of=min(as_of or today, today), place=place, year=year)
    return [FigureOut.of(figure) for figure in figures.all_figures(request.viewer, scope)]
