# SPDX-License-Identifier: Apache-2.0
"""Writes: keeping a view, letting it go, choosing the one a page opens with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.base.saved_views.models import SavedView
from shanhai.base.saved_views.rules import MOST_LETTERS, MOST_NAME, MOST_VIEWS, kept, names_a_page
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def save_view(*, by: Actor, at: datetime, page: str, name: str, query: str, default: bool = False) -> SavedView:
    """Keep what a page is asked under ``name``; one of that name is replaced. ``default`` opens the page with it.

    Raises NotAllowed without a person, BadInput, Refused.
    """
    if by.ref == NOBODY.ref:
        raise NotAllowed(gettext_noop("请先登录，再保存视图。"))

    name, asked = " ".join(name.replace("\x00", "").split()), kept(query)
    if not names_a_page(page):
        raise BadInput(gettext_noop("这个页面不能保存视图。"), "saved_views.page_unknown")
    if not name or len(name) > MOST_NAME:
        text = gettext_noop("视图要有名称，不超过 %(most)s 个字。")
        raise BadInput(text, "saved_views.name_not_accepted", field="name", most=MOST_NAME)
    if len(asked) > MOST_LETTERS:
        raise Refused(gettext_noop("筛选条件太长，无法保存。请减少条件。"), "saved_views.too_much")
    own = SavedView.objects.visible_to(by).filter(page=page).select_for_update()
    names = {view.name for view in own}
    if name not in names and len(names) >= MOST_VIEWS:
        raise Refused(
            gettext_noop("一个页面最多保存 %(most)s 个视图。请先删掉不用的。"), "saved_views.too_much", most=MOST_VIEWS
        )

    if default:
        own.filter(is_default=True).update(is_default=False)
    values = {"query": asked, "saved_at": at, **({"is_default": True} if default else {})}
    view, _ = SavedView.objects.update_or_create(owner=by.ref, page=page, name=name, defaults=values)
    audit.record(by=by, at=at, action="saved_views.view.saved", on=view.subject(), changes={"page": page})
    return view


@transaction.atomic
def choose_default(*, by: Actor, at: datetime, view: UUID, default: bool = True) -> SavedView:
    """Let the page open with this view, or no longer. Raises NotVisible."""
    found = _own(by, view)
    if found.is_default == default:
        return found

    SavedView.objects.visible_to(by).filter(page=found.page, is_default=True).update(is_default=False)
    found.is_default = default
    found.save(update_fields=["is_default"])
    action = "saved_views.view.made_default" if default else "saved_views.view.made_ordinary"
    audit.record(by=by, at=at, action=action, on=found.subject(), changes={"page": found.page})
    return found


@transaction.atomic
def forget_view(*, by: Actor, at: datetime, view: UUID) -> str:
    """Let a view go, and answer the page it was of. Raises NotVisible."""
    found = _own(by, view)

    SavedView.objects.filter(pk=found.pk).delete()
    audit.record(by=by, at=at, action="saved_views.view.forgotten", on=found.subject(), changes={"page": found.page})
    return found.page


def _own(by: Actor, view: UUID) -> SavedView:
    found = SavedView.objects.visible_to(by).select_for_update().filter(uuid=view).first()
    if found is None:
        raise NotVisible(gettext_noop("没有找到这个视图。它可能已经删掉，请刷新页面。"), "saved_views.not_found")
    return found
