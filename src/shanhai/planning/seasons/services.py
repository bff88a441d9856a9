# SPDX-License-Identifier: Apache-2.0
"""Recording a version of the bands: it is added whole and never changed; the one recorded last is in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.permissions import ProgrammePermission
from shanhai.planning.seasons.models import SeasonBand
from shanhai.planning.seasons.rules import check_bands
from shanhai.planning.seasons.values import Season

MAX_NAME = 60


@transaction.atomic
def record_version(
    *, by: Actor, at: datetime, version: str, bands: Sequence[Season], programme: str | None = None
) -> tuple[Season, ...]:
    """Record the bands under the name ``version``, for one programme or for all; answers them from the lowest up.

    The names that the bands themselves carry do not count. Raises NotVisible, NotAllowed, BadInput, Conflict, and what
    ``rules.check_bands`` raises.
    """
    owner = get_programme(viewer=by, code=programme) if programme is not None else None
    by.require(ProgrammePermission.MANAGE, programme=programme)

    name = version.strip()
    if not name or len(name) > MAX_NAME:
        text = gettext_noop("请给这个版本起一个名字，最多 %(most)s 个字。")
        raise BadInput(text, "seasons.version_not_named", field="version", most=MAX_NAME)
    ordered = check_bands(bands)

    rows = [
        SeasonBand(
            programme=owner,
            version=name,
            from_m=band.from_m,
            to_m=band.to_m,
            opens=band.opens,
            closes=band.closes,
            source=band.source.strip(),
            is_sample=band.is_sample,
            recorded_at=at,
        )
        for band in ordered
    ]
    try:
        with transaction.atomic():
            SeasonBand.objects.bulk_create(rows)
    except IntegrityError:
        # Every version begins at sea level, so two of one name always collide there.
        text = gettext_noop("已经有名为“%(name)s”的版本。版本不能改，请换一个名字。")
        raise Conflict(text, "seasons.version_exists", field="version", name=name) from None

    audit.record(
        by=by,
        at=at,
        action="seasons.version.recorded",
        on=Subject("seasons.version", name, programme or ""),
        changes={"bands": [[row.from_m, row.to_m, row.opens, row.closes, row.is_sample] for row in rows]},
    )
    return tuple(row.season for row in rows)
