# SPDX-License-Identifier: Apache-2.0
"""What a message says, as sentences that are still to be put into a language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from shanhai.kernel.messages import Message, gettext_noop, message
from shanhai.operations.hazards.calls.values import Step
from shanhai.operations.hazards.labels import LEVELS, ROLES
from shanhai.operations.hazards.values import ChainRole, Level

DRILL = gettext_noop("演练")
EARNEST = gettext_noop("通知")
_IS_DRILL = gettext_noop("这是演练，不是真的险情。")
_WARNING = gettext_noop("%(level)s预警")
_PROPOSED = gettext_noop("建议%(level)s预警，等会商")
_LIFTED = gettext_noop("预警已解除")
_CHANGED = gettext_noop("预警改为%(level)s")
_DISMISSED = gettext_noop("会商决定不发预警")
_SILENT = gettext_noop("%(role)s没有回应")
_NEWS = gettext_noop("%(site)s：%(what)s。")
_EXPECTED = gettext_noop("预计 %(expected)s 前后出事。")
_SHELTER = gettext_noop("撤到：%(shelter)s。")
_ROUTE = gettext_noop("路线：%(route)s")
_ASK = gettext_noop("请在 %(due)s 前回应：打开链接，按“我收到了”。")
_LATE = gettext_noop("到时限还没有您的回应。请马上打开链接，按“我收到了”。")
_GO = gettext_noop("%(role)s到时限没有回应。请派人当面通知，办好后告诉值班员。")
_NOTHING = gettext_noop("这一条不用回应。")
_NO_LINK = gettext_noop("打不开链接的，给值班员打电话，由值班员记下。")
_BY_VOICE = gettext_noop("请打开短信里的链接回应，或者给值班员打电话。")


@dataclass(frozen=True, slots=True)
class News:
    """What is known of a message: ``level`` is that of the call, ``now`` that of the incident, None where it is over.

    ``silent`` is the role of who has not answered.
    """

    step: Step
    level: Level
    now: Level | None
    exercise: bool
    proposal: bool
    site: str
    at: datetime
    due_at: datetime
    answered: bool = False
    expected_at: datetime | None = None
    silent: ChainRole | None = None
    shelter: str = ""
    route: str = ""


def subject(news: News) -> Message:
    """In a few words: red warning, called off, somebody has not answered."""
    if news.step == Step.CHANGED:
        if news.now is None:
            return message(_DISMISSED if news.proposal else _LIFTED)
        return message(_CHANGED, level=_word(news.now))
    if news.silent is not None and news.step == Step.UNANSWERED:
        return message(_SILENT, role=message(ROLES[news.silent]))
    return warning(news.level, proposal=news.proposal)


def warning(level: Level, *, proposal: bool) -> Message:
    """A warning of that level, or the proposal of one."""
    return message(_PROPOSED if proposal else _WARNING, level=_word(level))


def sentences(news: News, *, spoken: bool) -> Iterator[Message]:
    """The whole of it, for a letter or, ``spoken``, to be read out by telephone."""
    if news.exercise:
        yield message(_IS_DRILL)
    yield message(_NEWS, site=news.site, what=subject(news))
    if news.step == Step.CHANGED:
        yield message(_NOTHING)
        return
    if news.expected_at is not None and news.expected_at > news.at:
        yield message(_EXPECTED, expected=news.expected_at)
    if not news.proposal:
        if news.shelter:
            yield message(_SHELTER, shelter=news.shelter)
        if news.route:
            yield message(_ROUTE, route=news.route)
    if news.silent is not None:
        yield message(_GO, role=message(ROLES[news.silent]))
    if not news.answered:
        yield message(_ASK, due=news.due_at) if news.due_at > news.at else message(_LATE)
    yield message(_BY_VOICE if spoken else _NO_LINK)


def _word(level: Level) -> Message:
    return message(LEVELS[level][1])
