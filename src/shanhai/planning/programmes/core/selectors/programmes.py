# SPDX-License-Identifier: Apache-2.0
"""Reading programmes, their batches and fund sources."""

from __future__ import annotations

from uuid import UUID

from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.page_memory import remembered
from shanhai.planning.programmes.models import Batch, FundSource, Programme
from shanhai.planning.programmes.models.programmes import OfProgramme
from shanhai.planning.programmes.permissions import ProgrammePermission


def get_programme(*, viewer: Actor, code: str, lock: bool = False) -> Programme:
    """The programme of that code with both its sides. ``lock`` holds its row until the transaction ends.

    Raises NotVisible when there is none or the viewer may not see it.
    """
    if lock and "\x00" not in code:
        found = _visible(viewer).select_for_update(of=("self",)).filter(code=code).first()
    else:
        # There are few, and a page asks for the list of them anyway.
        found = next((one for one in list_programmes(viewer=viewer) if one.code == code), None)
    if found is None:
        raise NotVisible(gettext_noop("没有找到对口支援“%(code)s”，或者您的岗位看不到它。"), code=code[:60])
    return found


def may_begin(*, viewer: Actor) -> bool:
    """Whether the viewer may record another programme."""
    return viewer.may(ProgrammePermission.MANAGE)


def managed_programme(*, viewer: Actor, code: str) -> Programme:
    """The programme of that code, its row held, for who manages it. Raises NotAllowed, NotVisible."""
    viewer.require(ProgrammePermission.MANAGE, programme=code)
    return get_programme(viewer=viewer, code=code, lock=True)


def hold_programme(*, code: str) -> None:
    """Hold its row until the transaction ends: of two who do so one waits, whoever only refers to it does not."""
    list(Programme.objects.filter(code=code).select_for_update(no_key=True).values_list("pk"))


@remembered
def list_programmes(*, viewer: Actor) -> list[Programme]:
    """The programmes the viewer may see, those that run longest first. One query."""
    return list(_visible(viewer).order_by("-ends_on", "code"))


def default_programme(*, viewer: Actor) -> Programme | None:
    """The programme that a page opens with when none is named: the last one chosen, the first of the list, or None."""
    found = list_programmes(viewer=viewer)
    return next((one for one in found if one.code == viewer.chosen), next(iter(found), None))


def list_batches(*, viewer: Actor, programme: str) -> list[Batch]:
    """The batches of a programme by number. Raises NotVisible."""
    return list(get_programme(viewer=viewer, code=programme).batches.order_by("number", "pk"))


def get_batch(*, viewer: Actor, programme: str, uuid: UUID, lock: bool = False) -> Batch:
    """One batch of a programme; ``lock`` holds it. Raises NotVisible."""
    rows = get_programme(viewer=viewer, code=programme).batches.all()
    return row_of(rows, uuid, gettext_noop("没有找到这一批次。请从计划页重新进入。"), lock=lock)


def list_fund_sources(*, viewer: Actor, programme: str) -> list[FundSource]:
    """The fund sources of a programme by code. Raises NotVisible."""
    return list(get_programme(viewer=viewer, code=programme).fund_sources.order_by("code"))


def get_fund_source(*, viewer: Actor, programme: str, code: str) -> FundSource:
    """One fund source of a programme. Raises NotVisible."""
    found = get_programme(viewer=viewer, code=programme).fund_sources.filter(code=code).first()
    if found is None:
        raise NotVisible(
            gettext_noop("“%(programme)s”没有资金来源“%(code)s”。请先登记这个来源。"),
            programme=programme,
            code=code[:60],
        )
    return found


def _visible(viewer: Actor) -> OfProgramme[Programme]:
    return Programme.objects.visible_to(viewer).select_related("supporter", "recipient")
