# SPDX-License-Identifier: Apache-2.0
"""The API for programs: /api/v1, described at /api/docs. It answers what the pages answer, to the same viewers.

Amounts are integers of fen beside their currency; no number is without its unit.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from django.contrib.auth.decorators import login_not_required, login_required
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Path, Query, Router, Schema
from ninja.security import django_auth

from shanhai import __version__
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.kernel import clock, proofs
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Measure, Share
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, ProjectRow, list_projects
from shanhai.planning.projects.states import Stage

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

programme_router, project_router = Router(), Router()
Code = Annotated[str, Path(max_length=40)]


class ErrorOut(Schema):
    """Why not: a stable dotted code for programs, a sentence for people."""

    code: str
    message: str


class DetailOut(Schema):
    """Nobody is signed in."""

    detail: str


class FaultsOut(Schema):
    """What in the question could not be understood, and where."""

    detail: list[dict[str, Any]]


# What any question may be answered with besides its answer.
REFUSALS: dict[int, type[Schema]] = {400: ErrorOut, 401: DetailOut, 403: ErrorOut, 404: ErrorOut, 422: FaultsOut}


class MoneyOut(Schema):
    """Money: integer fen, ISO 4217 currency."""

    fen: int
    currency: str

    @classmethod
    def of(cls, amount: Money) -> MoneyOut:
        """From the kernel's value."""
        return cls(fen=amount.fen, currency=amount.currency)


class MeasureOut(Schema):
    """Money or a count: ``number`` is exact decimal text; money is in fen."""

    number: str
    unit: str

    @classmethod
    def of(cls, measure: Measure) -> MeasureOut:
        """From the kernel's value."""
        if isinstance(measure, Money):
            return cls(number=str(measure.fen), unit="fen")
        return cls(number=f"{measure.number:f}", unit=measure.unit.key)


class ShareOut(Schema):
    """A share: percent to two decimals, and what it was divided by."""

    percent: str | None
    part: MeasureOut
    whole: MeasureOut
    base: str
    base_name: str

    @classmethod
    def of(cls, share: Share) -> ShareOut:
        """From the kernel's value."""
        percent = share.percent()
        return cls(
            percent=None if percent is None else f"{percent:f}",
            part=MeasureOut.of(share.part),
            whole=MeasureOut.of(share.whole),
            base=share.base.key,
            base_name=say(share.base.name),
        )


class FigureOut(Schema):
    """A figure with how it was made; exactly one of ``measure``, ``share`` and ``gap`` is given."""

    key: str
    label: str
    kind: Literal["measure", "share", "gap"]
    measure: MeasureOut | None = None
    share: ShareOut | None = None
    gap: str | None = None
    other_bases: list[ShareOut] = []
    formula: str
    as_of: date
    strength: str
    floor_percent: int | None = None
    flags: list[str] = []
    provenance: str

    @classmethod
    def of(cls, figure: Figure) -> FigureOut:
        """From the kernel's value."""
        value = figure.value
        share = ShareOut.of(value) if isinstance(value, Share) else None
        measure = MeasureOut.of(value) if value is not None and not isinstance(value, Share) else None
        return cls(
            key=figure.key,
            label=say(figure.label),
            kind="share" if share else "measure" if measure else "gap",
            measure=measure,
            share=share,
            gap=say(figure.gap) if figure.gap else None,
            other_bases=[ShareOut.of(other) for other in figure.other_bases],
            formula=say(figure.formula),
            as_of=figure.as_of,
            strength=figure.strength.value,
            floor_percent=figure.floor_percent,
            flags=[say(flag) for flag in figure.flags],
            provenance=figure.provenance,
        )


class ProgrammeOut(Schema):
    """A programme: who supports whom, from when until when."""

    code: str
    name: str
    name_en: str
    supporter: str
    supporter_code: str
    recipient: str
    recipient_code: str
    starts_on: date
    ends_on: date

    @classmethod
    def of(cls, programme: Programme) -> ProgrammeOut:
        """From a stored programme with both its sides."""
        return cls(
            code=programme.code,
            name=programme.name,
            name_en=programme.name_en,
            supporter=programme.supporter.name,
            supporter_code=programme.supporter.code,
            recipient=programme.recipient.name,
            recipient_code=programme.recipient.code,
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
        )


@programme_router.get("", response={200: list[ProgrammeOut], **REFUSALS}, summary="The programmes you may see")
def list_programmes(request: Request) -> list[ProgrammeOut]:
    return [ProgrammeOut.of(one) for one in programmes.list_programmes(viewer=request.viewer)]


@programme_router.get("/{code}", response={200: ProgrammeOut, **REFUSALS}, summary="One programme")
def get_programme(request: Request, code: Code) -> ProgrammeOut:
    return ProgrammeOut.of(programmes.get_programme(viewer=request.viewer, code=code))


@programme_router.get(
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
    return [FigureOut.of(figure) for figure in proofs.all_figures(request.viewer, scope)]


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


@project_router.get("", response={200: ProjectPage, **REFUSALS}, summary="The projects of a programme that you may see")
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


api = NinjaAPI(
    title="Shanhai 山海",
    version=__version__,
    description="Programmes, projects, funds and figures with their proof.",
    urls_namespace="api",
    docs_decorator=login_required,
    auth=django_auth,
)
api.add_router("/v1/programmes", programme_router, tags=["programmes"])
api.add_router("/v1/projects", project_router, tags=["projects"])


def urls() -> tuple[list[URLResolver | URLPattern], str, str]:
    """The addresses to mount. A program without a session is answered 401, not sent to the sign-in page."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and "docs" not in str(pattern.pattern):
            pattern.callback = login_not_required(pattern.callback)
    return patterns, app_name, namespace
