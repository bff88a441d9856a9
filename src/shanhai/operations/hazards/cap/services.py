# SPDX-License-Identifier: Apache-2.0
"""Publishing alerts. What was published is never changed: ``identifier``, ``sent`` and every byte stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, NotVisible, Refused
from shanhai.kernel.messages import gettext_noop
from shanhai.operations.hazards.cap.rules.checking import check
from shanhai.operations.hazards.cap.rules.writing import NOT_IN_XML, to_bytes, write
from shanhai.operations.hazards.cap.selectors.composing import Asked, compose
from shanhai.operations.hazards.cap.selectors.keys import signed
from shanhai.operations.hazards.cap.values import MessageType, Wording
from shanhai.operations.hazards.models import Alert, Incident
from shanhai.operations.hazards.permissions import HazardPermission
from shanhai.operations.hazards.values import Level

# What no alert outlives without somebody looking at it again.
MOST_DAYS = 31
# Programs cut headlines off at 160 characters (CAP 1.2).
MOST_HEADLINE, MOST_TEXT = 160, 4000


@transaction.atomic
def publish(
    *,
    by: Actor,
    at: datetime,
    incident: Incident,
    level: Level,
    message_type: MessageType,
    follows: Alert | None = None,
    expires: datetime | None = None,
    words: Mapping[str, Wording] | None = None,
) -> Alert:
    """Publish an alert about an incident, within the transaction of the caller. Again for one move, the first answers.

    An Update or a Cancel follows the latest alert, or the one given, and refers to all before it that still hold.
    ``words`` by language ("zh-hans", "en") stand in place of ours. Without ``expires`` it holds as long as a level does
    by the settings. Raises NotAllowed, BadInput, Refused for an area that is none, Conflict for what was overtaken.
    """
    by.require(HazardPermission.CONFIRM, **incident.site.scope)
    Incident.objects.select_for_update(of=("self",), no_key=True).get(pk=incident.pk)
    before = list(incident.alerts.order_by("pk"))
    sent = at.replace(microsecond=0)
    again = _again(before, level, message_type, follows, sent)
    if again is not None:
        return again
    _check_turn(before, level, message_type, follows)
    alert = Alert(incident=incident, uuid=ids.new_id(), sent=sent, sender=settings.CAP_SENDER, level=level)
    alert.message_type, alert.exercise, alert.follows = message_type, incident.exercise, before[-1] if before else None
    alert.identifier = f"{settings.CAP_OID}.{alert.uuid.int}"
    alert.expires = _expires(expires, level, incident, sent)
    asked = Asked(
        incident=incident,
        level=level,
        message_type=message_type,
        sent=sent,
        expires=alert.expires,
        identifier=alert.identifier,
        before=before,
        referred=[one for one in before if one.expires > sent or one is before[-1]],
        words=_checked_words(words or {}),
    )
    message = compose(asked)
    alert.headline = message.infos[0].headline
    root = write(message)
    whole = signed(root)
    alert.signed = whole is not None
    content = to_bytes(root if whole is None else whole)
    _check_content(content)
    alert.xml = content.decode()
    alert.save()
    changes = {
        "message_type": message_type,
        "level": [before[-1].level if before else Level.NONE, level],
        "expires": alert.expires.isoformat(),
        "signed": alert.signed,
    }
    audit.record(by=by, at=at, action="hazards.alert.published", on=alert.subject(), changes=changes)
    return alert


@transaction.atomic
def prolong(*, by: Actor, at: datetime, identifier: str, expires: datetime | None = None) -> Alert:
    """Let an alert hold longer at its level, by an Update that follows it. Nobody is called again.

    Raises NotVisible, NotAllowed, BadInput, Conflict for one that was changed or ended meanwhile.
    """
    rows = Alert.objects.visible_to(by).select_related("incident__site__programme")
    alert = rows.filter(identifier=identifier).first()
    if alert is None:
        raise NotVisible(gettext_noop("没有找到这条预警，或者您的岗位看不到它。"), "hazards.alert_not_found")
    return publish(
        by=by,
        at=at,
        incident=alert.incident,
        level=Level(alert.level),
        message_type=MessageType.UPDATE,
        follows=alert,
        expires=expires,
    )


def _again(
    before: Sequence[Alert], level: Level, message_type: MessageType, follows: Alert | None, sent: datetime
) -> Alert | None:
    """What was published for the same move: the first of an incident, or the same that followed the same."""
    for one in before:
        same = (one.message_type, one.level) == (message_type, level)
        if same and (
            message_type == MessageType.ALERT or one.sent == sent or (follows is not None and one.follows == follows)
        ):
            return one
    return None


def _check_turn(before: Sequence[Alert], level: Level, message_type: MessageType, follows: Alert | None) -> None:
    if (level == Level.NONE) != (message_type == MessageType.CANCEL):
        raise BadInput(gettext_noop("解除预警时没有级别，其他时候要有级别。"), "hazards.alert_level", field="level")
    if message_type == MessageType.ALERT and before:
        text = gettext_noop("这次险情已经发布过预警。请更新它，或者解除它。")
        raise Conflict(text, "hazards.alert_begun")
    if message_type != MessageType.ALERT and not before:
        raise Conflict(gettext_noop("还没有发布过预警，没有什么可以更新或者解除。"), "hazards.alert_none")
    if before and before[-1].message_type == MessageType.CANCEL:
        raise Conflict(gettext_noop("这次险情的预警已经解除。"), "hazards.alert_ended")
    if follows is not None and follows != before[-1]:
        raise Conflict(gettext_noop("这条预警已经有更新的一条。请刷新后再看。"), "hazards.alert_overtaken")


def _expires(asked: datetime | None, level: Level, incident: Incident, sent: datetime) -> datetime:
    hours = timedelta(hours=settings.CAP_HOURS[max(level, Level.BLUE) - 1])
    expected = incident.expected_at
    if asked is None:
        # It does not end before what it warns of is over.
        return min(max(sent, expected or sent).replace(microsecond=0) + hours, sent + timedelta(days=MOST_DAYS))
    asked = asked.replace(microsecond=0)
    if asked <= sent:
        text = gettext_noop("失效时间不晚于现在，一发出就已经失效。请改晚一些。")
        raise BadInput(text, "hazards.alert_expires", field="expires")
    if asked > sent + timedelta(days=MOST_DAYS):
        text = gettext_noop("失效时间最晚是 %(most)s 天以后。到时还有危险，再续发。")
        raise BadInput(text, "hazards.alert_expires", field="expires", most=MOST_DAYS)
    return asked


def _checked_words(words: Mapping[str, Wording]) -> dict[str, Wording]:
    """What somebody wrote, with lines ended as XML has them. Raises BadInput."""
    checked = {}
    for language, given in words.items():
        found = {}
        for field, most in (("headline", MOST_HEADLINE), ("description", MOST_TEXT), ("instruction", MOST_TEXT)):
            text = getattr(given, field).replace("\r\n", "\n").replace("\r", "\n").strip()
            if len(text) > most:
                said = gettext_noop("有 %(count)s 个字，最多 %(most)s 个。请写短一些。")
                raise BadInput(said, "hazards.alert_too_long", field=field, count=len(text), most=most)
            if NOT_IN_XML.search(text):
                said = gettext_noop("里面有不能显示的字符。请删去，或者重新输入。")
                raise BadInput(said, "hazards.alert_signs", field=field)
            found[field] = text
        checked[language] = Wording(**found)
    return checked


def _check_content(content: bytes) -> None:
    """What goes out is checked as what comes from others. Raises Refused with the first fault."""
    for one in check(content).findings:
        if one.severity == "error":
            text = gettext_noop("这条预警不合标准，没有发布：%(fault)s%(remedy)s")
            raise Refused(text, "hazards.alert_not_valid", fault=one.message, remedy=one.remedy)
