# SPDX-License-Identifier: Apache-2.0
"""Reading published figures."""

from __future__ import annotations

from datetime import date

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.planning.programmes.models import PublicStatement
from shanhai.planning.programmes.selectors.programmes import get_programme


def list_statements(*, viewer: Actor, programme: str, as_of: date | None = None) -> list[PublicStatement]:
    """What has been published about a programme up to that day, the newest first. Raises NotVisible."""
    rows = get_programme(viewer=viewer, code=programme).statements.order_by("-on", "pk")
    return list(rows if as_of is None else rows.filter(on__lte=as_of))


def get_statement(*, viewer: Actor, programme: str, key: str) -> PublicStatement:
    """One published figure. Raises NotVisible."""
    found = get_programme(viewer=viewer, code=programme).statements.filter(key=key).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个公开数字。请从资金页或计划页重新进入。"))
    return found
