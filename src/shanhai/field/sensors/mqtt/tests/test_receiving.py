# SPDX-License-Identifier: Apache-2.0
"""A batch of messages is stored as far as it can be, and what cannot is kept with its reason."""

import pytest
from django.db import OperationalError

from shanhai.field.sensors.models import Device, FeatureOfInterest, Observation, Rejected
from shanhai.field.sensors.mqtt.adapters.ingest import INGEST
from shanhai.field.sensors.mqtt.rules.payloads import read_content
from shanhai.field.sensors.mqtt.selectors.routes import Routes
from shanhai.field.sensors.mqtt.services import receiving
from shanhai.field.sensors.mqtt.tests.devices import a_device
from shanhai.field.sensors.mqtt.values import Incoming
from shanhai.field.sensors.tests.streams import START, a_stream
from shanhai.field.sensors.values import instant_of
from tests.cast import AT

pytestmark = pytest.mark.django_db
S = START // 1_000_000


def receive(*messages, device=None, routes=None):
    """New rows, and the codes of what was rejected by these messages, in order."""
    before = Rejected.objects.count()
    given = [
        Incoming(topic, payload if isinstance(payload, bytes) else payload.encode(), instant_of(AT), device)
        for topic, payload in messages
    ]
    stored = receiving.receive(messages=given, routes=routes or Routes(), by=INGEST, at=AT)
    return stored, [one.code.partition(".")[2] for one in Rejected.objects.order_by("pk")[before:]]


def test_messages_of_several_devices_go_in_together_and_their_devices_are_seen():
    one, two = a_device(), a_device("wuse-3", "a", "temperature", "humidity")

    came = receive(
        ("shanhai/-/wuse-2/logger/temperature", f'{{"t":{S},"v":4.5}}'),
        ("shanhai/-/wuse-3/a", f'{{"t":{S},"temperature":1,"humidity":40,"battery":87}}'),
        ("shanhai/-/wuse-2/logger/battery", "55.5"),
        ("shanhai/-/wuse-3/a/temperature", "2.5"),
    )

    assert came == (4, [])
    rows = Observation.objects.order_by("pk").values_list("datastream__metric", "time", "number")
    assert sorted(rows) == [
        ("humidity", START, 40),
        ("temperature", START, 1),
        ("temperature", START, 4.5),
        ("temperature", instant_of(AT), 2.5),
    ]
    assert dict(Device.objects.values_list("pk", "battery")) == {one.pk: 55.5, two.pk: 87}
    assert set(Device.objects.values_list("seen_at", flat=True)) == {AT}


def test_a_charge_is_a_reading_too_where_somebody_has_registered_it():
    device = a_device("wuse-2", "logger", "temperature", "battery")

    came = receive(("shanhai/-/wuse-2/logger", f'{{"t":{S},"temperature":1,"battery":87}}'))

    assert came == (2, [])
    assert Observation.objects.get(datastream__metric="battery").number == 87
    assert Device.objects.get(pk=device.pk).battery == 87


@pytest.mark.parametrize(("wrong", "code"), [('[{t},"x"]', "result_no_number"), ('["gestern",1]', "time_unreadable")])
def test_of_many_wrong_readings_one_is_told_and_the_others_are_counted(wrong, code):
    a_device()
    pairs = [wrong.replace("{t}", str(S + place)) for place in range(2000)]
    payload = f"[{','.join(pairs)},[{S + 9999},1.5]]"

    assert receive(("shanhai/-/wuse-2/logger/temperature", payload)) == (1, [code, "more_wrong"])
    assert Rejected.objects.get(code="sensors.more_wrong").because["params"] == {"count": 1999}
    assert len(read_content(payload.encode(), "temperature").faults) <= 10


@pytest.mark.parametrize(
    ("topic", "payload", "stored", "code"),
    [
        ("shanhai/-/wuse-2/logger/temperature", b"\xff", 0, "payload_unreadable"),
        ("shanhai/-/wuse-2/logger/temperature", '"warm"', 0, "result_no_number"),
        ("shanhai/-/wuse-2/logger/temperature", "true", 0, "result_no_number"),
        ("shanhai/-/wuse-2/logger/temperature", "1.7e308", 0, "result_no_number"),
        ("shanhai/-/wuse-2/logger/temperature", "null", 0, "result_no_number"),
        ("shanhai/-/wuse-2/logger/temperature", "1e999", 0, "payload_unreadable"),
        ("shanhai/-/wuse-2/logger/temperature", f'[[{S},1],[{S + 1},"x"],[{S + 2},3]]', 2, "result_no_number"),
        ("shanhai/-/wuse-2/logger/temperature", f"[[{S},1],[{S},2],[{S},3],[{S},1]]", 1, "conflict"),
        ("shanhai/-/wuse-2/logger/temperature", '{"t":"2030-01-01T00:00:00Z","v":1}', 0, "refused"),
        ("shanhai/-/wuse-2/logger/temperature", '{"t":"2026-03-01T00:00:00","v":1}', 0, "time_without_zone"),
        ("shanhai/-/wuse-2/logger/pressure", "1", 0, "metric_unknown"),
        ("shanhai/-/wuse-2/logger/x\x00", "1", 0, "topic_unknown"),
        ("shanhai/-/wuse-2/other/temperature", "1", 0, "device_unknown"),
        ("shanhai/zj-ganzi/wuse-2/logger/temperature", "1", 0, "device_unknown"),
        ("shanhai/-/wuse-2/logger", '{"battery":"full"}', 0, "battery_no_number"),
    ],
)
def test_what_cannot_be_taken_is_kept_with_its_reason_and_the_others_go_in(topic, payload, stored, code):
    a_device()
    a_device("wuse-3")

    came = receive((topic, payload), ("shanhai/-/wuse-3/logger/temperature", "2.5"))

    assert came == (stored + 1, [code])
    assert "\x00" not in Rejected.objects.get().topic


def test_a_broker_that_knows_the_sender_is_believed_more_than_the_topic():
    one, two = a_device(), a_device("wuse-3")

    assert receive(("shanhai/-/wuse-2/logger/temperature", "1"), device=two.pk) == (0, ["device_unknown"])
    assert receive(("shanhai/-/wuse-2/logger/temperature", "1"), device=one.pk) == (1, [])


def test_one_message_that_breaks_the_program_does_not_hold_the_others(monkeypatch):
    a_device()
    real = receiving.read_content

    def broken(payload, metric, /):
        if payload == b"13":
            raise ZeroDivisionError
        return real(payload, metric)

    monkeypatch.setattr(receiving, "read_content", broken)
    messages = [("shanhai/-/wuse-2/logger/temperature", f'{{"t":{S + n},"v":{n}}}') for n in range(7)]

    came = receive(*messages[:5], ("shanhai/-/wuse-2/logger/temperature", "13"), *messages[5:])

    assert came == (7, ["broken"])


def test_a_database_that_is_gone_is_not_the_fault_of_a_message(monkeypatch):
    a_device()

    def gone(**_):
        raise OperationalError

    monkeypatch.setattr(receiving, "take_in", gone)
    with pytest.raises(OperationalError):
        receive(("shanhai/-/wuse-2/logger/temperature", "1"))
    assert not Rejected.objects.exists()


def test_of_what_was_rejected_the_latest_are_kept_of_each_device(settings):
    settings.MQTT_REJECTED_MOST = 3
    a_device()
    a_device("wuse-3")
    receive(("shanhai/-/wuse-3/logger/x", "1"))

    for start in range(0, 10, 5):
        receive(*[("shanhai/-/wuse-2/logger/temperature", f'"{n}"') for n in range(start, start + 5)])

    kept = Rejected.objects.filter(device__thing__code="wuse-2").order_by("pk")
    assert list(kept.values_list("payload", flat=True)) == ['"7"', '"8"', '"9"']
    assert Rejected.objects.count() == 4


def test_what_is_registered_meanwhile_counts_at_once():
    routes = Routes()
    assert receive(("shanhai/-/wuse-2/logger/temperature", "1"), routes=routes) == (0, ["device_unknown"])
    device = a_device()
    assert receive(("shanhai/-/wuse-2/logger/temperature", "1"), routes=routes) == (1, [])

    assert receive(("shanhai/-/wuse-2/logger/light", "1"), routes=routes) == (0, ["metric_unknown"])
    a_stream(device=device, thing=device.thing, metric="light")
    assert receive(("shanhai/-/wuse-2/logger/light", "1"), routes=routes) == (1, [])


def test_a_device_that_could_not_be_looked_up_is_not_taken_for_a_strange_one(monkeypatch):
    routes = Routes()
    a_device()

    def gone(_names):
        raise OperationalError

    with monkeypatch.context() as cut:
        cut.setattr("shanhai.field.sensors.mqtt.selectors.routes._read", gone)
        with pytest.raises(OperationalError):
            receive(("shanhai/-/wuse-2/logger/temperature", "1"), routes=routes)
    assert receive(("shanhai/-/wuse-2/logger/temperature", "1"), routes=routes) == (1, [])


def created(parent, body, **how):
    return receive((f"v1.1/{parent}/Observations" if parent else "v1.1/Observations", body), **how)


def test_observations_are_created_by_the_topics_of_the_standard():
    stream = a_device().datastreams.get()
    feature = FeatureOfInterest.objects.create(name="棚", encoding_type="application/geo+json", feature={})
    own, of = f"Datastreams({stream.pk})", f'"Datastream":{{"@iot.id":{stream.pk}}}'
    made = [
        (own, '{"phenomenonTime":"2026-03-01T00:00:00Z","result":1.5,"parameters":{"a":1}}'),
        (own, '{"phenomenonTime":"2026-03-01T00:00:00Z","result":1.5}'),
        ("", f'{{"phenomenonTime":"2026-03-01T00:01:00Z","result":2.5,{of}}}'),
        (f"FeaturesOfInterest({feature.pk})", f'{{"phenomenonTime":"2026-03-01T00:02:00Z","result":3.5,{of}}}'),
    ]

    assert [created(*one) for one in made] == [(1, [])] * 4

    rows = Observation.objects.order_by("time").values_list("number", "feature_id", "extra__parameters__a")
    assert [(number, at == feature.pk, a) for number, at, a in rows] == [
        (1.5, False, 1),
        (2.5, False, None),
        (3.5, True, None),
    ]


@pytest.mark.parametrize(
    ("parent", "body", "code"),
    [
        ("Datastreams({own})", "{", "payload_unreadable"),
        ("Datastreams({own})", "[]", ""),
        ("Datastreams({own})", '{"result":"warm"}', ""),
        ("Datastreams(999999)", '{"result":1}', ""),
        ("Datastreams({own})", '{"result":1,"Datastream":{"@iot.id":999999}}', ""),
        ("", '{"result":1}', ""),
    ],
)
def test_what_cannot_be_created_is_kept_with_its_reason(parent, body, code):
    stream = a_device().datastreams.get()

    stored, codes = created(parent.format(own=stream.pk), body)

    assert (stored, len(codes), Observation.objects.count()) == (0, 1, 0)
    assert codes[0].startswith(code)


def test_what_this_site_has_published_itself_is_no_creation():
    stream = a_device().datastreams.get()

    assert created(f"Datastreams({stream.pk})", '{"@iot.id":7,"result":1.5}') == (0, [])
    assert not Observation.objects.exists()


def test_a_device_creates_in_its_own_datastreams_only():
    mine, other = a_device(), a_device("wuse-3")
    body = '{"result":1.5}'

    assert created(f"Datastreams({mine.datastreams.get().pk})", body, device=mine.pk) == (1, [])
    for parent in (f"Datastreams({other.datastreams.get().pk})", "", "FeaturesOfInterest(1)"):
        assert created(parent, body, device=mine.pk) == (0, ["topic_of_another"])


def test_a_feature_that_comes_along_brings_no_observations_of_others():
    mine, other = (a_device(one).datastreams.get() for one in ("wuse-2", "wuse-3"))
    hidden = f'[{{"result":999,"Datastream":{{"@iot.id":{other.pk}}}}}]'
    feature = f'{{"name":"坡","description":"","encodingType":"x","feature":1,"Observations":{hidden}}}'
    body = f'{{"result":1,"FeatureOfInterest":{feature}}}'

    for device in (None, mine.device_id):
        came = receive((f"v1.1/Datastreams({mine.pk})/Observations", body), device=device)
        assert came == (0, ["topic_of_another"])
    assert not Observation.objects.exists()


def test_what_is_beyond_the_share_of_an_hour_is_counted_in_one_row():
    a_device(most_per_hour=5)

    for start in range(0, 40, 10):
        rows = [[S + number, number] for number in range(start, start + 10)]
        receive(("shanhai/-/wuse-2/logger/temperature", str(rows)))

    kept = Rejected.objects.get()
    assert (kept.code, kept.because["params"]["count"], Observation.objects.count()) == ("sensors.too_many", 35, 5)
