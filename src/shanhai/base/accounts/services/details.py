# SPDX-License-Identifier: Apache-2.0
"""The name and the address of an account: what they may be, and correcting them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shanhai.base.accounts.access import checked_display_name, checked_email
from shanhai.base.accounts.models import User
from shanhai.base.accounts.permissions import Permission
from shanhai.base.audit import services as audit
from shanhai.base.database.selectors import row_of
from shanhai.kernel.actors import Actor
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import Faults, Refused
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def correct_user(
    *, by: Actor, at: datetime, user: UUID, display_name: str, email: str, seen: Mapping[str, object] | None = None
) -> User:
    """Correct the name and the address of an account; the trail says which changed, not what they were.

    ``seen`` as in ``kernel.corrections``. Raises NotAllowed, NotVisible, BadInput, Conflict, and Refused for an erased
    account.
    """
    by.require(Permission.USER_MANAGE)
    missing = gettext_noop("没有找到这个账号。请从账号列表重新进入。")
    unknown = "accounts.user.not_found"
    found = row_of(User.objects.all(), user, missing, unknown, lock=True)
    if found.erased_at is not None:
        raise Refused(gettext_noop("这个账号的个人信息已经清除，不能再改。需要时请新建账号。"), "accounts.user.erased")
    faults = Faults()
    with faults.of("display_name"):
        display_name = checked_display_name(display_name)
    with faults.of("email"):
        email = checked_email(email)
    faults.tell()
    new = {"display_name": display_name, "email": email}
    changes = corrected({name: getattr(found, name) for name in new}, new, seen)
    if changes:
        found.display_name, found.email = display_name, email
        found.save(update_fields=list(new))
        act, facts = "accounts.user.corrected", {"fields": sorted(changes)}
        audit.record(by=by, at=at, action=act, on=found.subject(), changes=facts)
    return found
