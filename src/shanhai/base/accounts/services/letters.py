# SPDX-License-Identifier: Apache-2.0
"""Which letters a user wants, in which language: their own choice, nobody makes it for them."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from shanhai.base.accounts import selectors
from shanhai.base.accounts.models import DigestLetter, User
from shanhai.base.accounts.values import Digest
from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop


@transaction.atomic
def choose_digest(*, by: Actor, at: datetime, digest: Digest, language: str) -> None:
    """Send ``by``, a user, the digest of what waits so often, written in ``language`` (a code of the settings).

    Raises NotVisible for who is no user, Refused, BadInput.
    """
    user = User.objects.select_for_update().known_as(by.ref).first()
    if user is None:
        raise NotVisible(gettext_noop("没有找到您要的内容。请从菜单重新进入。"), "accounts.user.not_found")
    if language not in dict(settings.LANGUAGES):
        raise BadInput(gettext_noop("没有这种语言的邮件。请从列表中选择。"), "accounts.digest.language_unknown")
    if digest is not Digest.OFF and not user.email:
        raise Refused(
            gettext_noop("您的账号没有登记电子邮箱，收不到邮件。请联系系统管理员。"), "accounts.digest.address_missing"
        )

    changes = {"digest": [user.digest, digest.value], "language": [user.language, language]}
    user.digest, user.language = digest.value, language
    user.save(update_fields=["digest", "language"])

    audit.record(by=by, at=at, action="accounts.digest.chosen", on=user.subject(), changes=changes)


@transaction.atomic
def claim_letter(*, by: Actor, at: datetime, ref: str, day: date) -> bool:
    """Whether the digest of that day is to be written to a user now: True once, so that nobody gets it twice."""
    found = selectors.find_user(ref=ref)
    if found is None:
        return False
    _, new = DigestLetter.objects.get_or_create(user=found, day=day, defaults={"written_at": at})
    return new


@transaction.atomic
def stop_digest(*, by: Actor, at: datetime, token: str) -> None:
    """Send no more letters to whom the token of a letter names; twice does no harm.

    Raises NotVisible for any other token.
    """
    found = selectors.find_user(ref=selectors.reader_of_token(token=token))
    if found is None or found.digest == Digest.OFF.value:
        return
    User.objects.filter(pk=found.pk).update(digest=Digest.OFF.value)
    changes = {"digest": [found.digest, Digest.OFF.value]}
    audit.record(by=by, at=at, action="accounts.digest.stopped", on=found.subject(), changes=changes)
