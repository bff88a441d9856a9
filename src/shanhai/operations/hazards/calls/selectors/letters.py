# SPDX-License-Identifier: Apache-2.0
"""What is sent for a dispatch, and to where: read when it goes, because nobody's number is kept beside it."""

from __future__ import annotations

import json
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext

from shanhai.base.formats import say
from shanhai.kernel import clock
from shanhai.operations.hazards.calls.rules.clock import still_wanted
from shanhai.operations.hazards.calls.rules.wording import DRILL, EARNEST, News, sentences, subject
from shanhai.operations.hazards.calls.selectors.calls import has_expired
from shanhai.operations.hazards.calls.selectors.tokens import link_of, token_of
from shanhai.operations.hazards.calls.values import Letter, Step, Why
from shanhai.operations.hazards.models import Call, Dispatch, Incident
from shanhai.operations.hazards.states import IN_FORCE, CallState, IncidentState
from shanhai.operations.hazards.values import ChainRole, Channel, Level

# Chinese first: who reads it is most likely to read that.
LANGUAGES = ("zh-hans", "en")
_LEVELS = dict(zip(IN_FORCE, list(Level)[1:], strict=True))


def why_not(dispatch: Dispatch, *, at: datetime) -> Why | None:
    """Why a message need not, or cannot, go any more; None where it may."""
    step, call = Step.of(dispatch.repeat), dispatch.call
    if step != Step.CHANGED:
        if call is not None and call.state == CallState.ENDED:
            return Why.ENDED
        if has_expired(dispatch.alert, at=at):
            return Why.EXPIRED
    if call is None:
        return None
    expected = dispatch.incident.expected_at is not None
    if not still_wanted(step, answered=call.state == CallState.ANSWERED, expected=expected):
        return Why.ANSWERED
    person, today = call.person, clock.local_date(at)
    if person.erased_at or not person.valid_from <= today < (person.valid_until or today.max):
        return Why.POSTING_ENDED
    user = person.user if person.user and person.user.is_active else None
    missing = {
        Channel.APP: Why.NO_ACCOUNT if user is None else None,
        Channel.MAIL: None if user and user.email else Why.NO_MAIL,
    }
    return missing.get(Channel(dispatch.channel), None if person.work_phone else Why.NO_PHONE)


def letter_of(dispatch: Dispatch, *, at: datetime) -> Letter:
    """The letter of a dispatch that may go, Chinese first and English after it."""
    incident, call = dispatch.incident, dispatch.call
    news, code = _news(dispatch, at), token_of(call.uuid) if call else ""
    over = news.step == Step.CHANGED
    asks = bool(code) and not over
    subjects, paragraphs, spoken = [], [], []
    for language in LANGUAGES:
        with translation.override(language):
            subjects.append(_marked(say(subject(news)), incident))
            lines = [say(one) for one in sentences(news, spoken=False)]
            spoken.append(" ".join(say(one) for one in sentences(news, spoken=True)))
            if asks:
                lines.insert(-1, gettext("回应：%(link)s") % {"link": link_of(code)})
            paragraphs.append("\n".join(lines))
    headline = [dispatch.alert.headline] if dispatch.alert and not over else []
    name = _line(incident.site.name)
    with translation.override(LANGUAGES[0]):
        what, mark = say(subject(news)), say(DRILL if incident.exercise else EARNEST)
    short = f"{_marked(f'{name}：{what}', incident)} {subjects[1]}"
    return Letter(
        id=str(dispatch.uuid),
        to=_where(dispatch),
        at=at,
        level=news.now or Level.NONE if over else news.level,
        exercise=incident.exercise,
        site=incident.site.code,
        over=over and news.now is None,
        subject=_line(f"{subjects[0]} {name} {subjects[1]}"),
        text="\n\n".join([*headline, *paragraphs]) + "\n",
        short=f"{short} {link_of(code)}" if asks else short,
        spoken=" ".join(spoken),
        mark=mark,
        name=name,
        what=what,
        code=code or "-",
    )


def siren_payload(letter: Letter) -> bytes:
    """What a siren or a loudspeaker is told: sound for that level, or be silent again."""
    facts = {
        "id": letter.id,
        "act": "end" if letter.over else "sound",
        "level": letter.level.name.lower(),
        "exercise": letter.exercise,
        "site": letter.site,
        "text": letter.short,
        "sent": letter.at.isoformat(timespec="seconds"),
    }
    return json.dumps(facts, ensure_ascii=False).encode()


def _news(dispatch: Dispatch, at: datetime) -> News:
    incident, call, step = dispatch.incident, dispatch.call, Step.of(dispatch.repeat)
    level = Level(call.level if call else dispatch.alert.level if dispatch.alert else 0)
    return News(
        step=step,
        level=level,
        now=_LEVELS.get(IncidentState(incident.state)),
        exercise=incident.exercise,
        proposal=dispatch.alert_id is None,
        site=_line(incident.site.name),
        at=at,
        due_at=call.due_at if call else at,
        # A siren asks nobody for an answer.
        answered=call is None or call.state == CallState.ANSWERED,
        expected_at=incident.expected_at,
        silent=_silent(call, step) if call else None,
        shelter=incident.site.shelter,
        route=incident.site.route_words,
    )


def _silent(call: Call, step: Step) -> ChainRole | None:
    """The role of who stands nearest before, called about the same, and has not answered."""
    if step not in (Step.FIRST, Step.UNANSWERED):
        return None
    before = Call.objects.filter(incident=call.incident_id, alert=call.alert_id, position__lt=call.position)
    found = before.filter(level=call.level, state=CallState.MISSED).order_by("-position").first()
    return ChainRole(found.role) if found else None


def _where(dispatch: Dispatch) -> str:
    call = dispatch.call
    if call is None:
        return dispatch.target
    if dispatch.channel == Channel.MAIL:
        return call.person.user.email if call.person.user else ""
    return call.person.work_phone


def _marked(text: str, incident: Incident) -> str:
    return f"{gettext('【演练】')}{text}" if incident.exercise else text


def _line(text: str) -> str:
    """On one line: a subject may not be another."""
    return " ".join(text.split())
