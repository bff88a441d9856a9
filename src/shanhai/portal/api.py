# SPDX-License-Identifier: Apache-2.0
"""The API for programs: /api/v1, described at /api/docs. It answers what the pages answer, to the same viewers.

Amounts are integers of fen beside their currency; no number is without its unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from django.contrib.auth.decorators import login_not_required, login_required
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI, Path, Query, Router, Schema
from ninja.security import django_auth
from pydantic import BeforeValidator, Field

from shanhai import __version__
from shanhai.base.accounts.selectors import Request
from shanhai.base.formats import say
from shanhai.insight.evidence.texts import selectors as texts
from shanhai.insight.evidence.texts.values import LONGEST_PASTE, Checked, Claim, Original
from shanhai.kernel import clock, proofs
from shanhai.kernel.figures import Figure, FigureScope
from shanhai.kernel.messages import Message
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Measure, Share
from shanhai.planning.programmes.core.selectors import programmes
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.states import Stage

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

programme_router, project_router, text_router = Router(), Router(), Router()
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


# A sentence, in the language of who asks.
Said = Annotated[str, BeforeValidator(lambda text: say(text) if isinstance(text, Message) else text)]


class MoneyOut(Schema):
    """Money: integer fen, ISO 4217 currency."""

    fen: int
    currency: str


class MeasureOut(Schema):
    """Money or a count: ``number`` is exact decimal text; money is in fen."""

    number: str
    unit: str

    @staticmethod
    def resolve_number(measure: Measure) -> str:
        return str(measure.fen) if isinstance(measure, Money) else f"{measure.number:f}"

    @staticmethod
    def resolve_unit(measure: Measure) -> str:
        return "fen" if isinstance(measure, Money) else measure.unit.key


class ShareOut(Schema):
    """A share: percent to two decimals, and what it was divided by."""

    percent: str | None
    part: MeasureOut
    whole: MeasureOut
    base: str
    base_name: Said

    @staticmethod
    def resolve_percent(share: Share) -> str | None:
        percent = share.percent()
        return None if percent is None else f"{percent:f}"

    @staticmethod
    def resolve_base(share: Share) -> str:
        return share.base.key

    @staticmethod
    def resolve_base_name(share: Share) -> Message:
        return share.base.name


class FigureOut(Schema):
    """A figure with how it was made; exactly one of ``measure``, ``share`` and ``gap`` is given."""

    key: str
    label: Said
    kind: Literal["measure", "share", "gap"]
    measure: MeasureOut | None = None
    share: ShareOut | None = None
    gap: Said | None = None
    other_bases: list[ShareOut] = []
    formula: Said
    as_of: date
    strength: str
    floor_percent: int | None = None
    flags: list[Said] = []
    provenance: str

    @staticmethod
    def resolve_kind(figure: Figure) -> str:
        return "gap" if figure.value is None else "share" if isinstance(figure.value, Share) else "measure"

    @staticmethod
    def resolve_measure(figure: Figure) -> Measure | None:
        return None if isinstance(figure.value, Share) else figure.value

    @staticmethod
    def resolve_share(figure: Figure) -> Share | None:
        return figure.value if isinstance(figure.value, Share) else None


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

    resolve_supporter = staticmethod(lambda programme: programme.supporter.name)
    resolve_supporter_code = staticmethod(lambda programme: programme.supporter.code)
    resolve_recipient = staticmethod(lambda programme: programme.recipient.name)
    resolve_recipient_code = staticmethod(lambda programme: programme.recipient.code)


@programme_router.get("", response={200: list[ProgrammeOut], **REFUSALS}, summary="The programmes you may see")
def list_programmes(request: Request) -> Sequence[Programme]:
    return programmes.list_programmes(viewer=request.viewer)


@programme_router.get("/{code}", response={200: ProgrammeOut, **REFUSALS}, summary="One programme")
def get_programme(request: Request, code: Code) -> Programme:
    return programmes.get_programme(viewer=request.viewer, code=code)


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
) -> Sequence[Figure]:
    programmes.get_programme(viewer=request.viewer, code=code)
    today = clock.local_date(request.at)
    scope = FigureScope(programme=code, as_of=min(as_of or today, today), place=place, year=year)
    return proofs.all_figures(request.viewer, scope)


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
) -> dict[str, Any]:
    programmes.get_programme(viewer=request.viewer, code=programme)
    found = list_projects(
        viewer=request.viewer,
        programme=programme,
        on=clock.local_date(request.at),
        filters=ProjectFilters(text=text.replace("\x00", ""), stage=stage, county=county),
        offset=offset,
        limit=limit,
    )
    return {"count": found.count, "items": found.rows}


class TextIn(Schema):
    """A text to read. Nothing of it is stored."""

    text: Annotated[str, Field(max_length=LONGEST_PASTE)]


class ClaimOut(Schema):
    """A quantity that the text states: exact decimal text in the base ``unit``, characters ``start`` to ``end``."""

    value: str
    upper: str | None = None
    unit: str
    bound: str
    text: str
    start: int
    end: int
    subject: str
    period: str
    place: str

    @staticmethod
    def resolve_value(claim: Claim) -> str:
        return f"{claim.value:f}"

    @staticmethod
    def resolve_upper(claim: Claim) -> str | None:
        return None if claim.upper is None else f"{claim.upper:f}"


class SpanOut(Schema):
    """Characters of the text, the end excluded."""

    start: int
    end: int


class FindingOut(Schema):
    """What does not fit, the numbers concerned, and the one that is most probably the slip."""

    kind: str
    message: Said
    spans: list[SpanOut]
    suspect: ClaimOut | None = None


class CheckedOut(Schema):
    """What a text states and what of it does not fit."""

    claims: list[ClaimOut]
    findings: list[FindingOut]


# A program that sends a text without the token of its session is told so by ninja.
CHECKED: dict[int, Any] = {200: CheckedOut, **REFUSALS, 403: ErrorOut | DetailOut}


@text_router.post("/check", response=CHECKED, summary="The figures in a text, and what is wrong")
def check_text(request: Request, given: TextIn) -> Checked:
    return texts.check_text(viewer=request.viewer, original=Original(given.text, {}))


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
api.add_router("/v1/texts", text_router, tags=["texts"])


def urls() -> tuple[list[URLResolver | URLPattern], str, str]:
    """The addresses to mount. A program without a session is answered 401, not sent to the sign-in page."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and "docs" not in str(pattern.pattern):
            pattern.callback = login_not_required(pattern.callback)
    return patterns, app_name, namespace
