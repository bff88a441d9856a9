# SPDX-License-Identifier: Apache-2.0
"""Where a code leads, for who asks; and the links of an anchor, for who sets them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from shanhai.kernel.actors import Actor
from shanhai.kernel.codes import CodeKind, CodeLink, CodeStanding
from shanhai.kernel.messages import Message
from shanhai.kernel.registry import registries
from shanhai.registers.codes.keys.values import Identifier
from shanhai.registers.codes.models import Link
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.resolver.rules.targets import leads_safely
from shanhai.registers.codes.resolver.rules.walking import anchors, for_audiences
from shanhai.registers.codes.resolver.values import Found, Level
from shanhai.registers.codes.states import Audience

MOST_LINKS = 200
# A scan asks these two and nothing else, a thousand times a second: put together by the ORM, they would cost four times
# as much as to be answered. Each is what ``Link.objects.in_force()`` and ``Code.objects`` ask, and nothing of a viewer.
_LINKS = """
    SELECT anchor, type, href, title, language, media_type, audience, "default" FROM codes_link
    WHERE ended_at IS NULL AND anchor IN (%s) ORDER BY id
"""
_CODE = """
    SELECT code.state, maker.short_name, maker.name, batch.covered FROM codes_code AS code
    JOIN codes_codebatch AS batch ON batch.id = code.batch_id
    JOIN organisations_organisation AS maker ON maker.id = batch.organisation_id
    WHERE code.signs = %s AND code.kind = %s
"""


def find(*, identifier: Identifier, viewer: Actor, asked: str = "", at: datetime) -> Found | None:
    """What is known of a code; None for nothing. ``asked`` is the audience that an address names.

    Two queries, one for a code of GS1, and those of the kind that answers for it.
    """
    paths, heard = anchors(identifier), audiences(viewer, asked)
    rows: dict[str, list[CodeLink]] = {}
    for anchor, *said, default in _fetched(_LINKS % ", ".join(["%s"] * len(paths)), paths):
        kind_of_link, href, title, language, media_type, audience = said
        link = CodeLink(kind_of_link, href, title, language, media_type, audience, bool(default))
        rows.setdefault(anchor, []).append(link)
    code = _code(identifier)
    kind = _kind(identifier)
    standing = kind.standing(identifier=identifier.path, viewer=viewer, at=at) if kind else None
    if standing is not None:
        # What somebody has set for a code goes before what its kind says of all.
        own = rows.setdefault(identifier.path, [])
        decided = {one.audience for one in own if one.default}
        told = (one for one in standing.links if leads_safely(one.href))
        own += [replace(one, default=one.default and one.audience not in decided) for one in told]
    if code is None and standing is None and not rows:
        return None
    return Found(
        identifier,
        f"{settings.CODES_STEM}{identifier.path}" if identifier.kind else identifier.thing,
        _description(identifier, standing, kind),
        tuple(Level(path, for_audiences(rows.get(path, ()), heard)) for path in paths),
        state=code[0] if code else "",
        issuer=(code[1] or code[2]) if code else "",
        covered=code is not None and bool(code[3]),
    )


def audiences(viewer: Actor, asked: str = "") -> tuple[str, ...]:
    """For whom the viewer is, the nearest first: "" is everybody. A stranger is a buyer, or a visitor who says so."""
    held = [Audience.BUYER, Audience.VISITOR]
    if viewer.may_somewhere(CodePermission.ISSUE):
        held.insert(0, Audience.HERDER)
    if viewer.may_somewhere(CodePermission.VIEW):
        held.insert(0, Audience.INSPECTOR)
    held.sort(key=lambda one: one.value != asked)
    return (*(one.value for one in held if one is not Audience.VISITOR or asked == one), "")


def list_links(*, viewer: Actor, programme: str = "", anchor: str = "") -> list[Link]:
    """The links in force that the viewer sees, of a programme or an anchor where one is named. One query."""
    found = Link.objects.visible_to(viewer).in_force()
    found = found.filter(programme=programme) if programme else found
    found = found.filter(anchor=anchor) if anchor else found
    return list(found.order_by("anchor", "audience", "-default", "pk")[:MOST_LINKS])


def _code(identifier: Identifier) -> Sequence[Any] | None:
    """State, short name and name of who it was issued for, whether it has a cover."""
    if not identifier.kind:
        return None
    return next(iter(_fetched(_CODE, [identifier.key.value, identifier.kind])), None)


def _fetched(statement: str, given: Sequence[str]) -> Sequence[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _kind(identifier: Identifier) -> CodeKind | None:
    if identifier.kind:
        return registries.codes.get(identifier.kind)
    return next((one for one in registries.codes if identifier.key.ai in one.keys), None)


def _description(identifier: Identifier, standing: CodeStanding | None, kind: CodeKind | None) -> Message | str:
    if standing is not None:
        return standing.title
    return kind.label if kind else identifier.path
