# SPDX-License-Identifier: Apache-2.0
"""Honours as people see them: kinds, nominations, the notice, the register; what other apps know; the certificate."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext

from shanhai.base.database.selectors import in_programme, row_of, visible
from shanhai.base.typesetting import SANS, SERIF, installed, typeset
from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import Message, gettext_noop
from shanhai.team.contests.models import Honour, HonourKind, Objection
from shanhai.team.contests.permissions import HonourPermission
from shanhai.team.contests.states import GIVEN_HONOURS, HonourState
from shanhai.team.contests.values import STANDING

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import WorkGroup
    from shanhai.registers.people.models import Person

_TEMPLATE = Path(__file__).with_name("certificate.typ")


def kinds_in_force(*, programme: str, on: date) -> QuerySet[HonourKind]:
    """The kinds of honour of a programme on a day, as they were set up."""
    found = HonourKind.objects.filter(in_programme(programme), valid_from__lte=on)
    return found.filter(Q(valid_until=None) | Q(valid_until__gt=on)).order_by("pk")


def get_honour(*, viewer: Actor, uuid: UUID, lock: bool = False) -> Honour:
    """The honour with its kind. ``lock`` holds its row. Raises NotVisible."""
    rows = Honour.objects.visible_to(viewer).select_related("programme", "kind")
    if not lock:
        rows = rows.select_related("person__user", "group")
    return row_of(
        rows, uuid, gettext_noop("没有找到这项荣誉。请从荣誉页进入。"), "contests.honour_not_found", lock=lock
    )


def list_honours(*, viewer: Actor, programme: str | None, year: int | None = None) -> QuerySet[Honour]:
    """Honours, those that were granted by their number, the others before; the latest year first."""
    rows = Honour.objects.visible_to(viewer).filter(in_programme(programme))
    rows = rows.filter(year=year) if year else rows
    return rows.select_related("programme", "kind", "person", "group").order_by("-year", "number", "pk")


def list_to_decide(*, viewer: Actor, programme: str | None, on: date) -> QuerySet[Honour]:
    """Nominations of others to decide on, notices that are over, and those with an objection unanswered. One query."""
    where = visible(viewer, HonourPermission.DECIDE, programme="programme__code", place=None)
    rows = Honour.objects.filter(where, in_programme(programme)).select_related("programme", "person", "group")
    waiting = Objection.objects.filter(honour=OuterRef("pk"), answer="")
    named = rows.filter(~Q(nominated_by=viewer.ref), state=HonourState.NOMINATED)
    over = rows.filter(state=HonourState.NOTICED, notice_until__lte=on)
    said = rows.filter(Exists(waiting), state=HonourState.NOTICED)
    return (named | over | said).order_by("nominated_at", "pk")


def against(
    *, programme: str, year: int, on: date, person: Person | None, group: WorkGroup | None, deciding: bool = False
) -> list[Message]:
    """What other apps know that stands against honouring a person or a group, for the services here.

    What lies under seal is said where somebody decides, and nowhere before.
    """
    asked = {"person": person.pk if person else None, "group": group.pk if group else None}
    told = [one for one in STANDING if deciding or not one.sealed]
    return [words for one in told for words in one.against(programme=programme, year=year, on=on, **asked)]


def given(*, kind: HonourKind, year: int) -> int:
    """How many of a kind are noticed or granted for a year; kinds go by their name, so that one set anew counts all."""
    states = [one.value for one in GIVEN_HONOURS]
    rows = Honour.objects.filter(programme=kind.programme, kind_name=kind.name, year=year, state__in=states)
    return rows.count()


def certificate(honour: Honour) -> bytes:
    """The certificate of a granted honour, a page of A4 in PDF/UA-1. What people wrote is data, never markup."""
    granted = honour.granted_on
    assert granted is not None
    words = {
        "heading": gettext("荣誉证书"),
        "whose": honour.whose or gettext("（已清除）"),
        "body": gettext("在 %(year)s 年的工作中成绩突出，被评为“%(kind)s”。")
        % {"year": honour.year, "kind": honour.kind_name},
        "ending": gettext("特发此证，以资鼓励。"),
        "from": honour.programme.name,
        "day": gettext("%(year)s 年 %(month)s 月 %(day)s 日")
        % {"year": granted.year, "month": granted.month, "day": granted.day},
        "number": gettext("证书编号 %(number)s") % {"number": honour.numbered},
        "demo": gettext("演示数据") if honour.provenance == "demo" else "",
    }
    fonts = {"serif": json.dumps(installed(SERIF)), "sans": json.dumps(installed(SANS))}
    return typeset(_TEMPLATE, inputs=fonts, data=json.dumps(words, ensure_ascii=False), read_aloud=True)
