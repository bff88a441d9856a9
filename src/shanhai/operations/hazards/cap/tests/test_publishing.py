# SPDX-License-Identifier: Apache-2.0
"""Publishing an alert: what it says, that it is frozen, that one move makes one, what it refers to, what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.operations.hazards.cap.rules.checking import check, read
from shanhai.operations.hazards.cap.rules.writing import read_back
from shanhai.operations.hazards.cap.services import prolong, publish
from shanhai.operations.hazards.cap.tests.builders import a_key
from shanhai.operations.hazards.cap.values import CapMessage, MessageType, Seal, Status, Wording
from shanhai.operations.hazards.models import Alert, Incident
from shanhai.operations.hazards.tests.builders import RING, a_site, an_incident
from shanhai.operations.hazards.values import Level, SiteKind
from tests.cast import AT, actor

pytestmark = pytest.mark.django_db
LEAD = actor("consultation_lead", programme="zj-ganzi")
HOUR = timedelta(hours=1)


@pytest.fixture
def incident() -> Incident:
    return an_incident("red", site=a_site())


def publishing(incident: Incident, level: Level = Level.RED, kind: MessageType = MessageType.ALERT, **kw) -> Alert:
    given = {"by": LEAD, "at": AT, "incident": incident, "level": level, "message_type": kind, **kw}
    return publish(**given)


def message_of(alert: Alert) -> CapMessage:
    alert.refresh_from_db()
    return read_back(read(alert.xml.encode()))


def test_an_alert_says_what_where_how_urgent_and_what_to_do_in_both_languages(incident):
    said = message_of(publishing(incident))
    chinese, english = said.infos

    assert (said.status, said.message_type, said.sent) == (Status.ACTUAL, MessageType.ALERT, AT)
    assert said.identifier == f"2.25.{Alert.objects.get().uuid.int}"
    assert (chinese.language, english.language) == ("zh-CN", "en")
    assert (chinese.urgency, chinese.severity, chinese.certainty) == ("Immediate", "Extreme", "Likely")
    assert chinese.responses == ("Evacuate",)
    assert chinese.headline == "色乌绒二号坡滑坡红色预警"
    assert "12 户 47 人" in chinese.description
    assert "村小学操场" in chinese.instruction
    assert "沿村道向东" in chinese.instruction
    assert chinese.area.words == "康定市色乌绒二号坡"
    assert chinese.area.ring == tuple(map(tuple, RING))
    assert chinese.event_codes == (("OET:v1.2", "OET-119"),)
    assert chinese.expires == AT + 24 * HOUR
    assert english.headline == "Red alert: Landslide, 色乌绒二号坡"
    assert "马上" not in english.instruction


def test_a_site_that_is_called_by_its_county_names_it_once():
    site = a_site("named", name="康定市后山")

    chinese = message_of(publishing(an_incident("red", site=site))).infos[0]

    assert chinese.area.words == "康定市后山"
    assert "康定市康定市" not in chinese.description


@pytest.mark.parametrize(("kind", "code"), [(SiteKind.DEBRIS_FLOW, "OET-056"), (SiteKind.ROCKFALL, "OET-119")])
def test_what_may_come_down_is_told_by_its_event_code(kind, code):
    said = message_of(publishing(an_incident("red", site=a_site(kind=kind))))

    assert said.infos[0].event_codes == (("OET:v1.2", code),)


@pytest.mark.parametrize(
    ("level", "hours", "severity"),
    [
        (Level.BLUE, 72, "Minor"),
        (Level.YELLOW, 48, "Moderate"),
        (Level.ORANGE, 24, "Severe"),
        (Level.RED, 24, "Extreme"),
    ],
)
def test_a_level_has_its_severity_and_its_lifetime(incident, level, hours, severity):
    alert = publishing(incident, level)

    assert alert.expires == AT + hours * HOUR
    assert message_of(alert).infos[0].severity == severity


def test_what_is_written_by_somebody_stands_in_place_of_our_words(incident):
    words = {"zh-hans": Wording(headline="快走", description="后缘裂缝一小时张开三厘米。\r\n人都走。")}
    chinese, english = message_of(publishing(incident, words=words)).infos

    assert (chinese.headline, chinese.description) == ("快走", "后缘裂缝一小时张开三厘米。\n人都走。")
    assert "马上撤离" in chinese.instruction
    assert english.headline == "Red alert: Landslide, 色乌绒二号坡"


def test_a_sign_that_no_xml_holds_in_what_is_registered_keeps_no_alert_from_going_out(incident):
    incident.site.name, incident.site.shelter = "色乌绒\x0b坡", "小学\ufffe"

    assert "色乌绒 坡" in message_of(publishing(incident)).infos[0].headline


def test_an_alert_names_nobody_and_the_trail_has_its_act(incident):
    alert = publishing(incident)
    row = AuditRow.objects.get(action="hazards.alert.published")

    assert (row.subject_id, row.actor, row.changes["level"]) == (alert.identifier, LEAD.ref, [0, 4])
    assert LEAD.ref not in alert.xml


def test_the_same_move_published_again_answers_the_first_and_forks_nothing(incident):
    first = publishing(incident)
    again = publishing(incident, at=AT + HOUR)
    update = publishing(incident, Level.ORANGE, MessageType.UPDATE, at=AT + HOUR)
    twice = publishing(incident, Level.ORANGE, MessageType.UPDATE, at=AT + HOUR)
    late = publishing(incident, Level.ORANGE, MessageType.UPDATE, at=AT + 2 * HOUR, follows=first)

    assert again == first
    assert twice == update == late
    assert Alert.objects.count() == 2
    assert again.xml == first.xml


def test_what_was_sent_is_frozen_whatever_becomes_of_the_site(incident):
    alert = publishing(incident)
    before = alert.xml
    incident.site.name = "改了名"
    incident.site.save()
    publishing(incident, Level.ORANGE, MessageType.UPDATE, at=AT + HOUR)

    alert.refresh_from_db()
    assert (alert.xml, alert.sent) == (before, AT)


def test_an_update_and_the_end_refer_to_all_that_still_hold(incident):
    first = publishing(incident, Level.YELLOW, expires=AT + HOUR)
    second = publishing(incident, Level.ORANGE, MessageType.UPDATE, at=AT + HOUR / 2)
    third = publishing(incident, Level.RED, MessageType.UPDATE, at=AT + 2 * HOUR)
    end = publishing(incident, Level.NONE, MessageType.CANCEL, at=AT + 3 * HOUR)

    named = [[one.identifier for one in message_of(alert).references] for alert in (first, second, third, end)]
    assert named == [[], [first.identifier], [second.identifier], [second.identifier, third.identifier]]
    assert [one.follows for one in (first, second, third, end)] == [None, first, second, third]
    assert message_of(third).infos[0].headline == "色乌绒二号坡滑坡预警改为红色"
    assert message_of(end).infos[0].responses == ("AllClear",)
    assert message_of(end).infos[0].headline == "色乌绒二号坡滑坡预警解除"


def test_one_that_has_expired_is_referred_to_by_what_follows_it(incident):
    first = publishing(incident, expires=AT + HOUR)
    second = publishing(incident, Level.ORANGE, MessageType.UPDATE, at=AT + 2 * HOUR)

    assert [one.identifier for one in message_of(second).references] == [first.identifier]


def test_an_exercise_says_so_everywhere(incident):
    drill = an_incident("red", site=incident.site, exercise=True)
    said = message_of(publishing(drill))

    assert said.status == Status.EXERCISE
    assert str(drill.uuid) in said.note
    assert [one.headline[:4] for one in said.infos] == ["【演练】", "[EXE"]
    assert all(one.description.startswith(("演练，不是真的险情。", "An exercise")) for one in said.infos)


def test_an_alert_holds_until_what_is_expected_is_over(incident):
    incident.expected_at = AT + 30 * HOUR
    incident.save()
    alert = publishing(incident)

    assert alert.expires == AT + 54 * HOUR
    assert message_of(alert).infos[0].onset == AT + 30 * HOUR


BAD = {
    "it expires before it is sent": ({"expires": AT - HOUR}, BadInput, "expires"),
    "it expires within the second": ({"expires": AT + timedelta(microseconds=5)}, BadInput, "expires"),
    "it would hold for months": ({"expires": AT + timedelta(days=40)}, BadInput, "expires"),
    "a headline that is a text": ({"words": {"zh-hans": Wording(headline="长" * 161)}}, BadInput, "headline"),
    "a sign that no XML holds": ({"words": {"en": Wording(description="a\x0bb")}}, BadInput, "description"),
    "no level": ({"level": Level.NONE}, BadInput, "level"),
    "an end with a level": ({"kind": MessageType.CANCEL}, BadInput, "level"),
    "an update of nothing": ({"kind": MessageType.UPDATE}, Conflict, ""),
}


@pytest.mark.parametrize(("given", "error", "field"), BAD.values(), ids=BAD)
def test_what_cannot_be_published_is_refused_before_anything_is_stored(incident, given, error, field):
    with pytest.raises(error) as refused:
        publishing(incident, **given)

    assert refused.value.field == field
    assert not Alert.objects.exists()
    assert not AuditRow.objects.filter(action="hazards.alert.published").exists()


RINGS = {
    "crossing itself": [RING[0], RING[2], RING[1], RING[3], RING[0]],
    "a line": [RING[0], RING[1], RING[0], RING[0]],
    "not closed": RING[:-1],
    "crossing once it is rounded": [[101.96, 30.05], [101.97, 30.05], [101.97, 30.0500001], [101.96, 30.05]],
}


@pytest.mark.parametrize("ring", RINGS.values(), ids=RINGS)
def test_an_area_that_is_none_is_refused_with_words(incident, ring):
    incident.site.outline = {"type": "Polygon", "coordinates": [ring]}
    with pytest.raises(Refused, match="多边形"):
        publishing(incident)
    assert not Alert.objects.exists()


def test_who_does_not_decide_levels_publishes_nothing(incident):
    for role in ("duty_officer", "office", None):
        with pytest.raises(NotAllowed):
            publishing(incident, by=actor(role, programme="zj-ganzi"))
    with pytest.raises(NotAllowed):
        publishing(incident, by=actor("consultation_lead", programme="gd-linzhi"))


def test_after_the_end_and_after_another_nothing_follows(incident):
    first = publishing(incident)
    publishing(incident, Level.ORANGE, MessageType.UPDATE, at=AT + HOUR)
    with pytest.raises(Conflict):
        publishing(incident, Level.NONE, MessageType.CANCEL, at=AT + 2 * HOUR, follows=first)
    with pytest.raises(Conflict):
        publishing(incident, Level.BLUE, at=AT + 2 * HOUR)
    publishing(incident, Level.NONE, MessageType.CANCEL, at=AT + 2 * HOUR)
    with pytest.raises(Conflict):
        publishing(incident, Level.RED, MessageType.UPDATE, at=AT + 3 * HOUR)


def test_the_database_lets_an_incident_begin_once(incident):
    first = publishing(incident)
    first.pk, first.uuid, first.identifier = None, None, "2.25.7"
    first.uuid = incident.uuid
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)


def test_an_alert_is_prolonged_at_its_level_once(incident):
    first = publishing(incident)
    longer = prolong(by=LEAD, at=AT + 20 * HOUR, identifier=first.identifier)
    again = prolong(by=LEAD, at=AT + 21 * HOUR, identifier=first.identifier)

    assert longer == again
    assert (longer.level, longer.expires, longer.follows) == (Level.RED, AT + 44 * HOUR, first)
    assert message_of(longer).infos[0].headline == "色乌绒二号坡滑坡红色预警继续有效"
    with pytest.raises(NotVisible):
        prolong(by=actor(None), at=AT, identifier=longer.identifier)
    with pytest.raises(NotAllowed):
        prolong(by=actor("duty_officer", programme="zj-ganzi"), at=AT, identifier=longer.identifier)


@pytest.fixture
def keys(settings, tmp_path):
    for name, content in zip(("CAP_KEY", "CAP_CERTIFICATE"), a_key(), strict=True):
        path = tmp_path / name
        path.write_bytes(content)
        setattr(settings, name, str(path))
    return tmp_path


def test_with_a_key_an_alert_is_signed_and_the_bytes_that_are_kept_are_the_signed_ones(incident, keys):
    alert = publishing(incident)
    alert.refresh_from_db()

    assert alert.signed
    assert check(alert.xml.encode()).signature.seal == Seal.WHOLE


def test_without_a_key_or_with_one_that_is_no_good_an_alert_goes_out_unsigned_and_says_so(incident, keys, settings):
    late = AT + timedelta(days=20)
    ended = publishing(incident, at=late)
    (keys / "CAP_KEY").write_text("nonsense")
    damaged = publishing(incident, Level.ORANGE, MessageType.UPDATE, at=late + HOUR)
    settings.CAP_KEY = str(keys / "none")
    missing = publishing(incident, Level.RED, MessageType.UPDATE, at=late + 2 * HOUR)

    for alert in (ended, damaged, missing):
        alert.refresh_from_db()
        assert not alert.signed
        assert check(alert.xml.encode()).signature.seal == Seal.UNSIGNED


def test_with_a_unit_an_alert_has_an_identifier_of_gb_and_two_of_a_second_have_two(incident, settings):
    settings.CAP_GB_UNIT = "0010020A"
    other = an_incident("red", site=a_site("other-slope"))
    found = [
        message_of(publishing(one)).infos[0].parameter("GB/T 35965.1-2018:identifier") for one in (incident, other)
    ]

    assert found == ["5133010010020A_20261122100000_0", "5133010010020A_20261122100000_1"]
    assert {len(one) for one in found} == {31}


def test_counts_are_left_out_where_nobody_knows_them():
    said = message_of(publishing(an_incident("red", site=a_site(households=None, people=None))))

    assert "户" not in said.infos[0].description
    assert replace(said, infos=()).infos == ()
