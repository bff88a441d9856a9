# SPDX-License-Identifier: Apache-2.0
"""Links of codes are set and taken away by who issues codes there."""

from __future__ import annotations

import re
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotVisible
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.issue.access import MISSING
from shanhai.registers.codes.keys.rules.reading import parse
from shanhai.registers.codes.keys.values import Identifier
from shanhai.registers.codes.models import Code, Link
from shanhai.registers.codes.permissions import CodePermission
from shanhai.registers.codes.resolver.rules.targets import leads_safely
from shanhai.registers.codes.resolver.rules.walking import plain_type

# Signs of an anchor; each of the code may take three.
_LONGEST = 200
_TYPE = re.compile(r"gs1:[A-Za-z][A-Za-z0-9]*|https://\S+")
_LANGUAGE = re.compile(r"[a-z]{2}(-[A-Z]{2})?")
_MEDIA = re.compile(r"[a-z]+/[-+.0-9a-z]+")


@transaction.atomic
def set_link(
    *,
    anchor: str,
    type: str,
    href: str,
    title: str,
    language: str = "",
    media_type: str = "text/html",
    audience: str = "",
    default: bool = False,
    programme: str,
    by: Actor,
    at: datetime,
) -> Link:
    """Have a code (``anchor``: an address, a path or an element string, at any level) lead to a target.

    A new default takes the place of the old one of its audience. What one programme leads on, no other does. Raises
    BadInput, Conflict, NotAllowed, NotVisible.
    """
    faults = Faults()
    with faults.of("anchor"):
        found = parse(anchor)
        if len(found.path) > _LONGEST:
            text = gettext_noop(
                "这个码写成网址有 %(count)s 个字符，最多 %(most)s 个。请为上一级（产品或批次）设置链接。"
            )
            raise BadInput(text, "codes.anchor_too_long", count=len(found.path), most=_LONGEST)
    with faults.of():
        _check(type, href, title, language, media_type)
    faults.tell()
    programme, place = _whose(found, programme, by)
    taken = Link.objects.in_force().select_for_update().filter(anchor=found.path)
    if taken.exclude(programme=programme).exists():
        text = gettext_noop("这个码由另一项对口支援设置链接。请与其办公室商量。")
        raise Conflict(text, "codes.link_of_another", field="anchor")

    if default:
        taken.filter(audience=audience, default=True).update(ended_at=at)
    link = Link.objects.create(
        anchor=found.path,
        type=plain_type(type),
        href=href,
        title=title,
        language=language,
        media_type=media_type,
        audience=audience,
        default=default,
        programme=programme,
        place=place,
        set_by=by.ref,
        set_at=at,
    )
    changes = {"anchor": link.anchor, "href": href, "audience": audience}
    audit.record(by=by, at=at, action="codes.link.set", on=link.subject(), changes=changes)
    return link


@transaction.atomic
def end_link(*, link: UUID, by: Actor, at: datetime) -> Link:
    """Take a link away. Raises NotAllowed, NotVisible."""
    missing = gettext_noop("没有找到这条链接，或者已经撤下。请刷新后再看。")
    found = row_of(Link.objects.visible_to(by).in_force(), link, missing, lock=True)
    by.require(CodePermission.ISSUE, programme=found.programme, place=found.place or None)
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    changes = {"anchor": found.anchor, "href": found.href}
    audit.record(by=by, at=at, action="codes.link.ended", on=found.subject(), changes=changes)
    return found


def _whose(found: Identifier, programme: str, by: Actor) -> tuple[str, str]:
    """The programme and place in which a code is led on: those of its batch, else the asked one as a whole."""
    if found.kind and (code := Code.objects.filter(signs=found.key.value, kind=found.kind).first()):
        seen = Code.objects.visible_to(by).filter(pk=code.pk).select_related("batch").first()
        if seen is None:
            raise NotVisible(MISSING)
        batch = seen.batch
        by.require(CodePermission.ISSUE, programme=batch.programme, place=batch.place or None)
        return batch.programme, batch.place
    by.require(CodePermission.ISSUE, programme=programme)
    by.require(CodePermission.VIEW, programme=programme)
    return programme, ""


def _check(type: str, href: str, title: str, language: str, media_type: str) -> None:
    faults = Faults()
    with faults.of("type"):
        if not _TYPE.fullmatch(type):
            text = gettext_noop("链接类型应是 gs1: 加一个词，例如 gs1:pip，或 https:// 开头的网址。")
            raise BadInput(text, "codes.link_type")
    with faults.of("href"):
        if not leads_safely(href):
            text = gettext_noop("目标应是 https:// 开头的网址，或本站以 / 开头的地址。请核对。")
            raise BadInput(text, "codes.link_target")
    with faults.of("title"):
        if not title.strip():
            raise BadInput(gettext_noop("请写链接的名称，扫码的人会看到。"), "codes.link_title")
    with faults.of("language"):
        if language and not _LANGUAGE.fullmatch(language):
            raise BadInput(gettext_noop("语言应写成 zh、en、bo 或 zh-CN 的样子。"), "codes.link_language")
    with faults.of("media_type"):
        if not _MEDIA.fullmatch(media_type):
            raise BadInput(gettext_noop("媒体类型应写成 text/html、application/pdf 的样子。"), "codes.link_media")
    faults.tell()
