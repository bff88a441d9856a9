# SPDX-License-Identifier: Apache-2.0
"""In whose scope an entity lies, and may it be changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from shanhai.base.accounts.permissions import Permission
from shanhai.field.sensors.permissions import SensorPermission
from shanhai.field.sensors.sta.selectors.entities import rows_of
from shanhai.kernel.actors import Actor, system
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.subjects import Subject
from shanhai.planning.programmes.core.selectors.programmes import get_programme

_THROUGH = {
    "HistoricalLocation": "thing__",
    "Datastream": "thing__",
    "MultiDatastream": "thing__",
    "Observation": "datastream__thing__",
}
_COLUMNS = ("programme_id", "programme__code", "place")


@dataclass(frozen=True, slots=True)
class Owner:
    """A programme, by its key and its code, and a place; None and "" for none."""

    programme_id: int | None = None
    programme: str = ""
    place: str = ""

    def require_writer(self, by: Actor) -> None:
        """Raise NotAllowed unless ``by`` may write here."""
        by.require(SensorPermission.WRITE, programme=self.programme or None, place=self.place or None)

    def subject(self, kind: str, key: int) -> Subject:
        """An entity here, as the trail names it."""
        return Subject(f"sensors.{kind.lower().removeprefix('multi')}", str(key), self.programme, self.place)


def owner_of(kind: str, key: int, *, viewer: Actor) -> Owner:
    """Of one entity that the viewer sees. Raises NotVisible."""
    found = owners_of(kind, rows_of(kind, viewer=viewer).filter(pk=key))
    if not found:
        raise NotVisible(
            gettext_noop("没有编号为 %(id)s 的 %(kind)s，或者您看不到它。"), "sta.not_found", id=key, kind=kind
        )
    return found[0]


def owners_of(kind: str, rows: QuerySet[Any]) -> list[Owner]:
    """Of all these, each once. One query."""
    names = [f"{_THROUGH.get(kind, '')}{name}" for name in _COLUMNS]
    return [Owner(key, code or "", place) for key, code, place in rows.order_by().values_list(*names).distinct()]


def require_all(by: Actor, owners: Iterable[Owner]) -> None:
    """Raise NotAllowed unless ``by`` may write in all of them."""
    for one in owners:
        one.require_writer(by)


def own_scope(by: Actor) -> Owner:
    """Where what ``by`` makes lies, if nothing else says it. Raises NotAllowed for who may write nowhere."""
    code = by.chosen
    place = None
    if not by.may(SensorPermission.WRITE, programme=code or None):
        place = by.confined_to(SensorPermission.WRITE, programme=code)
    looking = system("sensors", (Permission.PROGRAMME_VIEW,))
    programme = get_programme(viewer=looking, code=code).pk if code else None
    owner = Owner(programme, code, place or "")
    owner.require_writer(by)
    return owner
