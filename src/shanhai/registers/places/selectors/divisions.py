# SPDX-License-Identifier: Apache-2.0
"""Reading divisions by code. They are public knowledge, so no viewer is asked."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from shanhai.base.database.selectors import within
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.places.models import Division
from shanhai.registers.places.values import Level


class DivisionNotFound(NotVisible):
    """No division is registered under this code."""

    code = "places.division_not_found"


def get_division(code: str) -> Division:
    """The division of that six-digit code. Raises DivisionNotFound."""
    found = Division.objects.filter(code=code).first()
    if found is None:
        raise DivisionNotFound(gettext_noop("没有登记代码为 %(code)s 的行政区划。"), code=code[:12])
    return found


def find_divisions(codes: Iterable[str]) -> dict[str, Division]:
    """The registered ones among ``codes``, by code, in one query."""
    return {division.code: division for division in Division.objects.filter(code__in=set(codes)).order_by("code")}


def list_divisions(*, level: Level | None = None, under: str | None = None) -> QuerySet[Division]:
    """Divisions in the order of their codes; ``under`` keeps what lies in that division, without the division."""
    found = Division.objects.order_by("code")
    if level is not None:
        found = found.filter(level=level)
    if under is not None:
        found = found.filter(within(under, "code")).exclude(code=under)
    return found


def list_counties_of(code: str) -> QuerySet[Division]:
    """The counties in the division ``code``, in the order of their codes; a county's only county is itself."""
    return Division.objects.filter(within(code, "code"), level=Level.COUNTY).order_by("code")
