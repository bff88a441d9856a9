# SPDX-License-Identifier: Apache-2.0
"""How values of the kernel are shown to people."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
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


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small picture beside words, silent by itself: a symbol of static/shanhai/icons.svg."""
    turns = " icon-turns" if name in {"next", "back"} else ""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', turns, static("shanhai/icons.svg"), name
    )
