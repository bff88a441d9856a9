# SPDX-License-Identifier: Apache-2.0
"""Reading divisions by code. They are public knowledge, so no viewer is asked."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from django.db.models import QuerySet

from shanhai.base.database.selectors import within
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.registers.places.models import Division, DivisionChange
from shanhai.registers.places.rules.changes import Succession
from shanhai.registers.places.values import Level


class DivisionNotFound(NotVisible):
    """No division is registered under this code."""

    code = "places.division_not_found"


def get_division(code: str) -> Division:
    """The division of that six-digit code, or the one that followed it. Raises DivisionNotFound.

    A code that became several, none of which is it, names them in the refusal.
    """
    found = Division.objects.filter(code=code).first()
    if found is None or found.valid_to:
        found = divisions_of([code]).get(code)
    if found is not None:
        return found
    several = find_divisions(succession().of(code)).values()
    if several:
        text = gettext_noop("代码 %(code)s 已经变更，之后是：%(names)s。请选其中一个。")
        raise DivisionNotFound(text, code=code[:12], names="、".join(map(str, several)))
    raise DivisionNotFound(gettext_noop("没有登记代码为 %(code)s 的行政区划。"), code=code[:12])


def divisions_of(codes: Iterable[str]) -> dict[str, Division]:
    """By each of ``codes`` the division it means today: its own, or the registered one that followed it alone."""
    after = succession()
    followers = {code: after.of(code) for code in codes if code}
    found = find_divisions({*followers, *chain.from_iterable(followers.values())})
    # What became several is itself, while it is registered; so is one that nothing registered has followed.
    chosen = {code: one[0] if len(one) == 1 and one[0] in found else code for code, one in followers.items()}
    return {code: found[one] for code, one in chosen.items() if one in found}


def find_divisions(codes: Iterable[str]) -> dict[str, Division]:
    """The registered ones among ``codes``, by code, in one query; what is stored keeps the code of its day."""
    return {division.code: division for division in Division.objects.filter(code__in=set(codes)).order_by("code")}


def succession() -> Succession:
    """What followed which code. One query."""
    changes = DivisionChange.objects.order_by("since", "pk")
    return Succession(changes.values_list("kind", "code_old", "code_new"))


def codes_of_one_place(code: str) -> tuple[str, ...]:
    """All codes that are one place with ``code``, old and new, itself first: what is stored may bear any of them."""
    return succession().one_place(code)


def said_of_change(written: str, found: Division) -> Message | None:
    """What to tell a person whose code is no longer in force; None where it is."""
    if not written or written == found.code:
        return None
    text = gettext_noop("代码 %(old)s 已经变更，按 %(new)s（%(name)s）登记。")
    return message(text, old=written, new=found.code, name=found.name)


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
