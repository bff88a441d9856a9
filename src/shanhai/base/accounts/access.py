# SPDX-License-Identifier: Apache-2.0
"""Under what name and at what address an account may be reached, by the framework's own check of addresses."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop


def checked_display_name(text: str) -> str:
    """A name that can be shown. Raises BadInput."""
    name = text.strip()
    if not 0 < len(name) <= 60 or not name.isprintable():
        raise BadInput(
            gettext_noop("姓名须为 1 到 60 个字，不能有换行等看不见的字符。"), "accounts.display_name.not_accepted"
        )
    return name


def checked_email(text: str) -> str:
    """An address that letters can go to, or none. Raises BadInput."""
    address = text.strip()
    if not address:
        return ""
    try:
        validate_email(address)
    except ValidationError:
        raise BadInput(
            gettext_noop("电子邮箱的写法不对。请核对后重填，也可以不填。"), "accounts.email.not_accepted"
        ) from None
    return address
