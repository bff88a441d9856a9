# SPDX-License-Identifier: Apache-2.0
"""Taking the figures of a bulletin as of its cut-off: those of the registry, and a line for each project."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from shanhai.insight.reports.composing.rules.kinds import FAMILIES
from shanhai.insight.reports.composing.rules.taking import Row, Taken, from_kept
from shanhai.insight.reports.models import Bulletin
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.values import BulletinKind
from shanhai.kernel import proofs
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.figures import EvidencePage, Figure
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import registries
from shanhai.kernel.shares import Share
from shanhai.planning.projects.core.selectors import funds_as_of, renamed_places
from shanhai.planning.projects.dossier.selectors.works import Works, works_on
from shanhai.planning.projects.labels import DELIVERIES, NOVELTIES, STAGES, STOPS
from shanhai.planning.projects.lists.selectors.lists import ProjectFilters, list_projects
from shanhai.planning.projects.shares.selectors.portfolio import lines_in, projects_in
from shanhai.planning.projects.states import Delivery, Novelty, Stage
from shanhai.planning.seasons.selectors import bands_in_force
from shanhai.planning.seasons.values import Season

# A bulletin is a document in the product's own language, whoever writes it.
LANGUAGE = "zh-hans"
MOST_PROJECTS = 10_000


def take(*, viewer: Actor, bulletin: Bulletin) -> Taken:
    """All figures that the viewer may see of what the bulletin is about, as of its cut-off, beside the last period's.

    Each family of figures is asked once, the projects in four queries more.
    """
    scope = bulletin.scope
    wanted = {name for names in FAMILIES.values() for name in names}
    families: dict[str, tuple[str, ...]] = {}
    figures: dict[str, Figure] = {}
    with translation.override(LANGUAGE):
        for family in registries.figures:
            found = proofs.some_figures(viewer, scope, [family.key])
            if bulletin.kind == BulletinKind.CAMPAIGN and family.key == "campaigns":
                found = _of_campaign(found, bulletin.about)
            figures |= found
            if family.key in wanted:
                families[family.key] = tuple(found)
        projects = _project_rows(viewer, bulletin)
    last = previous(bulletin)
    before = from_kept(last.taken) if last else None
    return Taken(
        bulletin.cut_off,
        bulletin.programme.currency,
        figures,
        families,
        projects[:MOST_PROJECTS],
        max(len(projects) - MOST_PROJECTS, 0),
        {key: one.value for key, one in before.figures.items() if one.value is not None} if before else {},
        last.title if last else "",
    )


def _of_campaign(found: dict[str, Any], about: str) -> dict[str, Any]:
    """The figures of one campaign: they follow it in the order of the family."""
    keys = list(found)
    first = f"campaign:{about}"
    if first not in keys:
        return {}
    after = keys[keys.index(first) + 1 :]
    own = after[: next((at for at, key in enumerate(after) if key.startswith("campaign:")), len(after))]
    return {key: found[key] for key in (first, *own)}


def previous(bulletin: Bulletin) -> Bulletin | None:
    """The frozen bulletin of the same kind on the period before, in its last version. One query."""
    same = Bulletin.objects.filter(programme=bulletin.programme, kind=bulletin.kind, about=bulletin.about)
    frozen = same.filter(state=BulletinState.FROZEN, ends_on__lt=bulletin.starts_on)
    return frozen.order_by("-ends_on", "-version").first()


def project_by_code(*, viewer: Actor, programme: str, code: str, on: date) -> UUID:
    """The project that has exactly this code. Raises BadInput."""
    found = list_projects(viewer=viewer, programme=programme, on=on, filters=ProjectFilters(text=code[:40]))
    for row in found.rows:
        if row.code == code:
            return row.uuid
    text = gettext_noop("没有编号是“%(code)s”的项目。请核对。")
    raise BadInput(text, "reports.about_missing", code=code[:40], field="project_code")


def _project_rows(viewer: Actor, bulletin: Bulletin) -> tuple[Row, ...]:
    scope = bulletin.scope
    asked: dict[str, Any] = {"viewer": viewer, "programme": scope.programme, "as_of": scope.as_of, "year": scope.year}
    lines = lines_in(**asked).then(scope.as_of)
    counted = projects_in(**asked)
    if bulletin.kind == BulletinKind.PROJECT:
        lines, counted = lines.filter(project__uuid=bulletin.about), counted.filter(uuid=bulletin.about)
    had: list[Any] = list(lines.select_related("project__place").order_by("project__code", "pk"))
    then = funds_as_of(had, scope.programme, bulletin.programme.currency, scope.as_of)
    fen: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    projects = {line.project_id: line.project for line in had}
    for line in had:
        moved = then.get(line.pk, line)
        names = ("arrived", "allotted", "paid") if line.pk in then else ("arrived_fen", "allotted_fen", "paid_fen")
        amounts = (line.amount_fen_then, *(getattr(moved, name) for name in names))
        fen[line.project_id] = [one + more for one, more in zip(fen[line.project_id], amounts, strict=True)]
    standing: dict[int, Any] = {one.pk: one for one in counted.select_related("place")}
    projects |= {key: one for key, one in standing.items() if key not in projects}
    works = works_on(counted, scope.as_of)
    bands = bands_in_force(viewer=viewer, programme=scope.programme)
    today = renamed_places({one.place.code for one in projects.values()})
    return tuple(
        Row(
            one.name,
            f"/projects/{one.uuid}/",
            place.code,
            (
                one.code,
                place.name,
                str(DELIVERIES[Delivery(one.delivery)]),
                str(STAGES[Stage(standing[one.pk].stage_then if one.pk in standing else Stage.CANCELLED)]),
            ),
            int(one.pk in standing),
            (
                *fen[one.pk],
                *((one.total_investment_fen, one.completed_investment_fen) if one.pk in standing else (0, 0)),
            ),
            _works(standing[one.pk], works[one.pk], bands, scope.as_of) if one.pk in standing else (),
        )
        for one in sorted(projects.values(), key=lambda one: one.code)
        for place in [today.get(one.place.code, one.place)]
    )


def _works(one: Any, works: Works, bands: tuple[Season, ...], as_of: date) -> tuple[str, ...]:
    """The cells of ``WORKS``; ``one`` is the project with ``novelty_then``."""
    nature = [NOVELTIES[Novelty(one.novelty_then)], gettext("跨年") if one.cross_year else ""]
    days = (
        one.planned_start_on, one.planned_finish_on,
        *(day if day and day <= as_of else None for day in (one.started_on, one.finished_on)),
    )  # fmt: skip
    return (
        "；".join(str(word) for word in (*nature, gettext("固投") if one.capital else gettext("非固投")) if word),
        "" if one.altitude_m is None else _altitude(bands, one.altitude_m),
        *(day.isoformat() if day else "" for day in days),
        "；".join(works.numbers),
        "" if works.percent is None else str(works.percent),
        works.words,
        str(STOPS[works.stop]) if works.stop else "",
        works.restart_expected_on.isoformat() if works.restart_expected_on else "",
    )


def _altitude(bands: tuple[Season, ...], metres: int) -> str:
    band = next(band for band in bands if band.covers(max(metres, 0)))
    if band.to_m is None:
        return f"{band.from_m} 米以上"
    return f"{band.from_m}–{band.to_m} 米" if band.from_m else f"{band.to_m} 米以下"


def evidence_of(
    *, viewer: Actor, bulletin: Bulletin, taken: Taken, keys: Collection[str]
) -> dict[str, dict[str, EvidencePage]]:
    """The rows behind these figures of the registry, of part and whole, as many of each as the setting keeps."""
    most, kept = settings.BULLETIN_EVIDENCE_ROWS, {key: taken.figures[key].value for key in keys}
    with translation.override(LANGUAGE):
        return {
            key: {
                part: proofs.evidence(viewer, bulletin.scope, key, part, limit=most)
                for part in (("part", "whole") if isinstance(value, Share) else ("part",))
            }
            for key, value in kept.items()
            if value is not None
        }
