# SPDX-License-Identifier: Apache-2.0
"""How values of the kernel are shown to people."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from shanhai.kernel.messages import Message

register = template.Library()


@register.filter
def say(message: Message | str) -> str:
    """A message in the active language."""
    if not isinstance(message, Message):
        return gettext(str(message)) if message else ""
    params = {key: say(value) if isinstance(value, Message) else value for key, value in message.params.items()}
    return gettext(message.text) % params if params else gettext(message.text)
