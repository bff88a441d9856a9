# SPDX-License-Identifier: Apache-2.0
"""Alerts as everybody sees them, without an account: what was published, and nothing else.

In force is the latest alert of an incident that has not expired; one that has, and that nobody lifted, still is, and
says so: what a person has to end does not end because nobody looked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext, gettext_noop
from shapely import Polygon

from shanhai.kernel.errors import NotVisible
from shanhai.operations.hazards.cap.labels import ALERTS
from shanhai.operations.hazards.cap.rules.checking import read
from shanhai.operations.hazards.cap.rules.feeds import Feed
from shanhai.operations.hazards.cap.rules.national import PARAMETER, write_national
from shanhai.operations.hazards.cap.rules.writing import read_back, to_bytes
from shanhai.operations.hazards.cap.values import CapMessage, Info, MessageType
from shanhai.operations.hazards.models import Alert
from shanhai.operations.hazards.states import IN_FORCE
from shanhai.operations.hazards.values import Level

_MISSING = gettext_noop("没有这条预警。请从生效的预警里重新进入。")
# More than so many at a time nobody reads; the gravest and latest are there.
MOST = 200


@dataclass(frozen=True, slots=True)
class Shown:
    """An alert in the language of the reader. ``since`` is when the first of its incident was sent.

    ``later`` is the identifier of the one that took its place; ``overdue``: it has expired and nobody lifted it.
    """

    alert: Alert
    message: CapMessage
    info: Info
    since: datetime
    overdue: bool
    ended: bool
    later: str = ""

    @property
    def level(self) -> str:
        """How urgent, in a word."""
        return ALERTS[Level(self.alert.level)]

    @property
    def marks(self) -> str:
        """How urgent, as a shape that paper and the oldest phone show: of four signs so many are full."""
        return "▲" * self.alert.level + "△" * (Level.RED - self.alert.level)

    @property
    def point(self) -> str:
        """The middle of the area, as latitude and longitude."""
        lon, lat = Polygon(self.info.area.ring).representative_point().coords[0]
        return f"{lat:.5f}, {lon:.5f}"


def list_in_force(*, at: datetime, exercise: bool) -> tuple[Shown, ...]:
    """The alerts that hold at ``at``, or those of exercises: the gravest first. One query."""
    held = Q(expires__gt=at) | Q(incident__state__in=IN_FORCE)
    rows = _latest(exercise).exclude(message_type=MessageType.CANCEL).filter(held)
    return tuple(_shown(row, at) for row in _begun(rows).order_by("-level", "-sent", "-pk")[:MOST])


def get_alert(*, at: datetime, identifier: str) -> Shown:
    """An alert that was ever published. Raises NotVisible."""
    row = _begun(Alert.objects.select_related("incident__site__programme")).filter(identifier=identifier).first()
    if row is None:
        raise NotVisible(_MISSING, "hazards.alert_not_found")
    return _shown(row, at)


def get_file(*, identifier: str) -> Alert:
    """An alert with the bytes that were published. Raises NotVisible."""
    row = Alert.objects.filter(identifier=identifier).only("xml", "sent", "identifier").first()
    if row is None:
        raise NotVisible(_MISSING, "hazards.alert_not_found")
    return row


def national_file(*, identifier: str) -> bytes:
    """An alert after GB/T 35965.1. Raises NotVisible, also for one that was published without an identifier of GB."""
    said = _message(get_file(identifier=identifier))
    if not said.infos[0].parameter(PARAMETER):
        raise NotVisible(_MISSING, "hazards.alert_not_national")
    return to_bytes(write_national(said))


def feed_of(*, at: datetime, exercise: bool, path: str) -> tuple[Feed, Sequence[CapMessage]]:
    """A feed and its alerts, the latest first: those that hold and the ends of others, until they expire.

    What was updated gives way to its update, which refers to it. Exercises have a feed of their own: programs that
    follow the first one act on what they find in it.
    """
    rows = _latest(exercise).filter(expires__gt=at).order_by("-sent", "-pk")[:MOST]
    last = Alert.objects.filter(exercise=exercise).order_by("-sent").values_list("sent", flat=True).first()
    title = gettext("演练中的地质灾害预警") if exercise else gettext("地质灾害预警")
    subtitle = gettext("演练，不是真的险情。") if exercise else gettext("生效的和刚解除的预警，CAP 1.2 格式。")
    language = translation.get_language() or settings.LANGUAGE_CODE
    feed = Feed(
        site=settings.PUBLIC_URL,
        path=path,
        title=title,
        subtitle=subtitle,
        author=settings.CAP_SENDER_NAME or settings.CAP_SENDER,
        language="zh-CN" if language.startswith("zh") else language,
        # Nothing has changed since the epoch where nothing was ever published.
        updated=last or datetime.fromtimestamp(0, UTC),
    )
    return feed, [_message(row) for row in rows]


def _latest(exercise: bool) -> QuerySet[Alert]:
    """Of each incident the alert that no other has followed."""
    return Alert.objects.filter(exercise=exercise, followed_by__isnull=True)


def _begun(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """With ``since``, when the incident's first alert was sent, ``later``, what followed, and whether it was lifted."""
    of_incident = Alert.objects.filter(incident=OuterRef("incident"))
    return rows.annotate(
        since=Subquery(of_incident.filter(follows=None).values("sent")[:1]),
        later=Subquery(Alert.objects.filter(follows=OuterRef("pk")).values("identifier")[:1]),
        ended=Exists(of_incident.filter(message_type=MessageType.CANCEL)),
    )


def _shown(row: Any, at: datetime) -> Shown:
    said = _message(row)
    return Shown(
        alert=row,
        message=said,
        info=said.info(translation.get_language() or settings.LANGUAGE_CODE),
        since=row.since or row.sent,
        overdue=row.expires <= at and not row.later and row.message_type != MessageType.CANCEL,
        ended=row.ended,
        later=row.later or "",
    )


def _message(row: Alert) -> CapMessage:
    return read_back(read(row.xml.encode()))
