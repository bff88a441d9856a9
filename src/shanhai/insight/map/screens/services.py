# SPDX-License-Identifier: Apache-2.0
"""Screens are made and ended by who manages their programme."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.base.programs import checked_name, hashed
from shanhai.insight.map.models import SCHEMES, Screen
from shanhai.insight.map.screens.selectors.offering import counted_figures, top_figures
from shanhai.kernel.actors import Actor
from shanhai.kernel.clock import SHANGHAI, local_date
from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors.programmes import managed_programme

MOST, MOST_FIGURES, LONGEST = 20, 8, timedelta(days=366)


@transaction.atomic
def make_screen(
    *,
    programme: str,
    name: str,
    figures: Sequence[str],
    shade: str,
    second: str,
    speaks: str,
    scheme: str,
    expires_on: date,
    by: Actor,
    at: datetime,
) -> str:
    """Make a screen that shows until the end of a day what ``by`` sees of the programme, and answer the secret of its
    address, the only time that it is told.

    Raises BadInput, NotAllowed, NotVisible.
    """
    of = managed_programme(viewer=by, code=programme)
    faults, called = Faults(), ""
    with faults.of("name"):
        called = checked_name(name)
    with faults.of("expires_on"):
        if not local_date(at) <= expires_on <= local_date(at) + LONGEST:
            raise BadInput(
                gettext_noop("大屏最多用一年，最少用到今天。请另选日期。"), "map.screen_until", field="expires_on"
            )
    with faults.of("figures"):
        _check_figures(programme, figures, (shade, second), by, at)
    with faults.of("speaks"):
        if speaks not in dict(settings.LANGUAGES) or scheme not in SCHEMES:
            raise BadInput(gettext_noop("没有这种语言或者配色。请从列表选。"), "map.screen_look", field="speaks")
    with faults.of("name"):
        if Screen.objects.filter(programme=of, revoked_at=None, expires_at__gt=at).count() >= MOST:
            text = gettext_noop("这个项目已有 %(most)s 块大屏。请先收回不用的。")
            raise BadInput(text, "map.screens_many", field="name", most=str(MOST))
    faults.tell()
    secret = secrets.token_urlsafe(32)
    made = Screen.objects.create(
        programme=of,
        name=called,
        hashed=hashed(secret),
        maker=by.ref,
        figures=list(dict.fromkeys(figures)),
        shade=shade,
        second=second,
        language=speaks,
        scheme=scheme,
        made_at=at,
        expires_at=datetime.combine(expires_on + timedelta(days=1), time(), SHANGHAI),
    )
    changes = {"name": called, "expires_on": expires_on.isoformat()}
    audit.record(by=by, at=at, action="map.screen.made", on=made.subject(), changes=changes)
    return secret


@transaction.atomic
def revoke_screen(*, screen: UUID, by: Actor, at: datetime) -> Screen:
    """End a screen at once; once revoked it stays so. Raises NotVisible."""
    rows = Screen.objects.visible_to(by).select_related("programme")
    row = row_of(rows, screen, gettext_noop("没有找到这块大屏。请刷新页面。"), lock=True)
    if row.revoked_at is None:
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        audit.record(by=by, at=at, action="map.screen.revoked", on=row.subject(), changes={"name": row.name})
    return row


def _check_figures(programme: str, figures: Sequence[str], told: Sequence[str], by: Actor, at: datetime) -> None:
    """Raises BadInput unless each is a figure that is offered there."""
    known = {one.key for one in top_figures(viewer=by, programme=programme, at=at)}
    if not 0 < len(figures) <= MOST_FIGURES or not known.issuperset(figures):
        text = gettext_noop("请从列表选 1 到 %(most)s 个数。")
        raise BadInput(text, "map.screen_figures", field="figures", most=str(MOST_FIGURES))
    counted = {one.key for one in counted_figures(viewer=by, programme=programme, at=at)}
    for field, key in zip(("shade", "second"), told, strict=True):
        if key not in counted:
            raise BadInput(gettext_noop("没有这个分县的数。请从列表选。"), "map.screen_figures", field=field)
