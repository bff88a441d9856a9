# SPDX-License-Identifier: Apache-2.0
"""What an alert says in each language: what somebody wrote, else words of ours made from the site and the level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation

from shanhai.base.formats import named, say
from shanhai.kernel.messages import Message, message
from shanhai.operations.hazards.cap import labels
from shanhai.operations.hazards.cap.rules.national import PARAMETER, national_identifier
from shanhai.operations.hazards.cap.rules.writing import EVENT_CODES, EVENT_TERMS, GRADES
from shanhai.operations.hazards.cap.values import Area, CapMessage, Info, MessageType, Reference, Status, Wording
from shanhai.operations.hazards.labels import LEVELS
from shanhai.operations.hazards.models import Alert, HazardSite, Incident
from shanhai.operations.hazards.values import Level, SiteKind
from shanhai.registers.places.selectors import divisions_of


@dataclass(frozen=True, slots=True)
class Asked:
    """An alert that is to be published: what about, at which level, from when until when, after which others."""

    incident: Incident
    level: Level
    message_type: MessageType
    sent: datetime
    expires: datetime
    identifier: str
    before: Sequence[Alert]
    referred: Sequence[Alert]
    words: Mapping[str, Wording]


def drafts_of(incident: Incident, *, at: datetime) -> list[tuple[Level, tuple[Info, ...]]]:
    """What an alert of each level would say if nobody wrote anything; of none where one can be ended."""
    before, division = list(incident.alerts.order_by("pk")), _division(incident.site)
    drafts = []
    for level in reversed(Level) if before else (Level.RED, Level.ORANGE, Level.YELLOW, Level.BLUE):
        kind = MessageType.CANCEL if not level else MessageType.UPDATE if before else MessageType.ALERT
        drafts.append((level, _infos(Asked(incident, level, kind, at, at, "", before, (), {}), division)))
    return drafts


def compose(asked: Asked) -> CapMessage:
    """The message in every language of the product, the first of them first."""
    incident = asked.incident
    note = ""
    if incident.exercise:
        note = " / ".join(_in_each(labels.NOTE)) + f" {incident.uuid}"
    return CapMessage(
        identifier=asked.identifier,
        sender=settings.CAP_SENDER,
        sent=asked.sent,
        status=Status.EXERCISE if incident.exercise else Status.ACTUAL,
        message_type=asked.message_type,
        infos=_infos(asked, _division(incident.site)),
        references=tuple(Reference(one.sender, one.identifier, one.sent) for one in asked.referred),
        incident=str(incident.uuid),
        note=note,
    )


def _division(site: HazardSite) -> Any:
    return divisions_of([site.place]).get(site.place)


def _infos(asked: Asked, division: Any) -> tuple[Info, ...]:
    infos = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            infos.append(_info(asked, asked.incident.site, division, language))
    return tuple(infos)


def _info(asked: Asked, site: HazardSite, division: Any, language: str) -> Info:
    urgency, severity, certainty, responses = GRADES[asked.level]
    kind, given = SiteKind(site.kind), asked.words.get(language, Wording())
    county = named(division) if division else ""
    # A site is often called by its county already.
    where = say(message(labels.WHERE, place=county, site=site.name)).strip() if county not in site.name else site.name
    headline = given.headline or say(_headline(asked, site, kind))
    description = given.description or _description(asked, site, kind, where)
    onset = asked.incident.expected_at
    return Info(
        language="zh-CN" if language.startswith("zh") else language,
        event=say(labels.EVENTS[kind]),
        responses=responses,
        urgency=urgency,
        severity=severity,
        certainty=certainty,
        onset=onset if asked.level and onset and asked.sent < onset < asked.expires else None,
        expires=asked.expires,
        sender_name=settings.CAP_SENDER_NAME,
        headline=say(message(labels.EXERCISE, text=headline)) if asked.incident.exercise else headline,
        description=f"{say(labels.NOTE)}{_gap()}{description}" if asked.incident.exercise else description,
        instruction=given.instruction or _instruction(asked, site, kind),
        web=f"{settings.PUBLIC_URL}/alerts/{asked.identifier}/",
        contact=settings.CAP_CONTACT,
        event_codes=((EVENT_TERMS, EVENT_CODES[kind]),),
        parameters=_parameters(asked, site),
        area=Area(where, _ring(site), (("GB/T 2260", site.place),)),
    )


def _headline(asked: Asked, site: HazardSite, kind: SiteKind) -> Message:
    text = labels.RAISED
    if asked.message_type == MessageType.CANCEL:
        text = labels.ENDED
    elif asked.message_type == MessageType.UPDATE:
        text = labels.GOES_ON if asked.before[-1].level == asked.level else labels.CHANGED
    level = message(LEVELS[asked.level][1])
    return message(text, site=site.name, event=message(labels.EVENTS[kind]), level=level)


def _description(asked: Asked, site: HazardSite, kind: SiteKind, where: str) -> str:
    said = [message(labels.CHANCES[asked.level], where=where, event=message(labels.EVENTS[kind]))]
    if asked.level and site.households is not None and site.people is not None:
        said.append(message(labels.THREATENED, households=str(site.households), people=str(site.people)))
    return _gap().join(map(say, said))


def _instruction(asked: Asked, site: HazardSite, kind: SiteKind) -> str:
    said: list[Message] = [message(labels.WHAT_TO_DO[asked.level])]
    if asked.level >= Level.YELLOW:
        if site.shelter:
            said.append(message(labels.SHELTER, shelter=site.shelter))
        if site.route_words:
            said.append(message(labels.ROUTE, route=site.route_words))
        said.append(message(labels.ESCAPES[kind]))
    return "\n".join(map(say, said))


def _parameters(asked: Asked, site: HazardSite) -> tuple[tuple[str, str], ...]:
    """The level in a word and the site by its code; counts of people, never who they are; the identifier of GB."""
    found = [("level", asked.level.name.lower()), ("site", site.code)]
    if site.households is not None:
        found.append(("households", str(site.households)))
    if settings.CAP_GB_UNIT:
        serial = Alert.objects.filter(sent=asked.sent, incident__site__place=site.place).count()
        identifier = national_identifier(site.place, settings.CAP_GB_UNIT, asked.sent, serial)
        found += [(PARAMETER, identifier)] if identifier else []
    return tuple(found)


def _ring(site: HazardSite) -> tuple[tuple[float, float], ...]:
    return tuple((point[0], point[1]) for point in site.outline["coordinates"][0])


def _gap() -> str:
    """Between sentences: nothing in Chinese."""
    return "" if (translation.get_language() or "").startswith("zh") else " "


def _in_each(text: str) -> list[str]:
    said = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            said.append(say(text))
    return said
