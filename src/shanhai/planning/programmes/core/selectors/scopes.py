# SPDX-License-Identifier: Apache-2.0
"""What a page is asked about, read from its address: which programme, which place, which year, as of which day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse

from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import clock
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.core.selectors import programmes

if TYPE_CHECKING:
    from shanhai.base.accounts.selectors import Request

_PLACE = re.compile(r"\d{6}")
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)
_YEAR = re.compile(r"(19|20|21)\d\d")


def scope_from(*, viewer: Actor, asked: Mapping[str, str], at: datetime, ahead: bool = False) -> FigureScope | None:
    """The scope an address asks about; the viewer's own programme and place where it names none.

    ``asked`` is the address's query; ``ahead`` lets it be of a day to come, for what is planned. None when the viewer
    may see no programme at all. Raises NotVisible for a programme the viewer may not see, BadInput for what cannot be
    read.
    """
    code = asked.get("programme") or ""
    programme = (
        programmes.get_programme(viewer=viewer, code=code) if code else programmes.default_programme(viewer=viewer)
    )
    if programme is None:
        return None
    return FigureScope(
        programme=programme.code,
        as_of=_day(asked, clock.local_date(at), ahead),
        place=_place(asked) or viewer.confined_to(Permission.PROGRAMME_VIEW, programme=programme.code),
        year=_year(asked),
        base=asked.get("base") or None,
    )


def scope_of(request: Request, permissions: Iterable[str], *, ahead: bool = False) -> FigureScope:
    """What a page is asked about. Raises NotVisible for who holds none of the permissions there, as ``scope_from``."""
    scope = scope_from(viewer=request.viewer, asked=request.GET, at=request.at, ahead=ahead)
    if scope is None or not any(request.viewer.may_somewhere(one, programme=scope.programme) for one in permissions):
        raise NotVisible(gettext_noop("没有找到这一页。"))
    return scope


def address_in(programme: str, name: str, *args: object) -> str:
    """The address of a page by its name, in a programme."""
    return f"{reverse(name, args=args)}?programme={programme}"


def _place(asked: Mapping[str, str]) -> str | None:
    text = asked.get("place") or ""
    if text and not _PLACE.fullmatch(text):
        raise BadInput(
            gettext_noop("“%(text)s”不是行政区划代码。代码是六位数字。"),
            "programmes.address_not_understood",
            text=text[:20],
        )
    return text or None


def _year(asked: Mapping[str, str]) -> int | None:
    text = asked.get("year") or ""
    if text and not _YEAR.fullmatch(text):
        raise BadInput(
            gettext_noop("“%(text)s”不是年份。例如 2026。"), "programmes.address_not_understood", text=text[:20]
        )
    return int(text) if text else None


def _day(asked: Mapping[str, str], today: date, ahead: bool) -> date:
    text = asked.get("as_of") or ""
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            gettext_noop("“%(text)s”不是日期。例如 2026-11-22。"), "programmes.address_not_understood", text=text[:20]
        ) from None
    # Days long before any programme have no instant in every zone.
    if day < _FIRST:
        raise BadInput(
            gettext_noop("%(day)s 太早。请选 %(first)s 以后的日期。"),
            "programmes.address_not_understood",
            day=text,
            first=_FIRST.isoformat(),
        )
    if ahead and day > _LAST:
        raise BadInput(
            gettext_noop("%(day)s 太晚。请选 %(last)s 以前的日期。"),
            "programmes.address_not_understood",
            day=text,
            last=_LAST.isoformat(),
        )
    if day > today and not ahead:
        raise BadInput(
            gettext_noop("%(day)s 还没有到。请选今天或以前的日期。"), "programmes.address_not_understood", day=text
        )
    return day
