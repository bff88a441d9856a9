# SPDX-License-Identifier: Apache-2.0
"""What topics and payloads mean, and in which words those are refused that mean nothing."""

import pytest

from shanhai.field.sensors.mqtt.rules.payloads import read_content
from shanhai.field.sensors.mqtt.rules.topics import parse_topic
from shanhai.field.sensors.mqtt.values import ON_ARRIVAL, Address, Compact, Creation
from shanhai.field.sensors.tests.streams import START
from shanhai.kernel.errors import BadInput

S, MINUTE = START // 1_000_000, 60_000_000


@pytest.mark.parametrize(
    ("topic", "about"),
    [
        ("shanhai/zj-ganzi/wuse-2/logger/temperature", Compact("zj-ganzi", "wuse-2", "logger", "temperature")),
        ("shanhai/-/wuse-2/logger", Compact("-", "wuse-2", "logger")),
        ("v1.1/Observations", Creation("Observations")),
        ("v1.1/Datastreams(12)/Observations", Creation("Observations", "Datastreams", 12)),
        ("v1.1/MultiDatastreams(3)/Observations", Creation("Observations", "MultiDatastreams", 3)),
        ("v1.1/FeaturesOfInterest(4)/Observations", Creation("Observations", "FeaturesOfInterest", 4)),
    ],
)
def test_topics_say_what_they_are_about(topic, about):
    assert parse_topic(topic) == about


@pytest.mark.parametrize(
    "topic",
    [
        "",
        "shanhai",
        "shanhai/a/b",
        "shanhai/a/b/c/d/e",
        "shanhai/a//c/d",
        "shanhai/a/b/c/" + "x" * 101,
        "other/a/b/c/d",
        "v1.1/Things",
        "v1.1/Datastreams(1)",
        "v1.1/Datastreams('1')/Observations",
        "v1.1/Datastreams(１)/Observations",
        "v1.1/Things(1)/Observations",
        "v1.1/Datastreams(1)/x/Observations",
    ],
)
def test_other_topics_are_refused(topic):
    with pytest.raises(BadInput):
        parse_topic(topic)


def said(payload, metric="temperature"):
    content = read_content(payload if isinstance(payload, bytes) else payload.encode(), metric)
    return {one.metric: list(zip(one.times.tolist(), one.values, strict=True)) for one in content.parts}, content


@pytest.mark.parametrize(
    ("payload", "rows"),
    [
        ("21.5", [(ON_ARRIVAL, 21.5)]),
        (" -3 ", [(ON_ARRIVAL, -3)]),
        ('{"v": 21.5}', [(ON_ARRIVAL, 21.5)]),
        ('{"t": "2026-03-01T08:00:00+08:00", "v": 21.5}', [(START, 21.5)]),
        (f'{{"t": {S}, "v": 21.5}}', [(START, 21.5)]),
        (f'{{"t": {S}000, "v": 21.5}}', [(START, 21.5)]),
        (f"[[{S}, 1], [{S + 60}, 2.5]]", [(START, 1), (START + MINUTE, 2.5)]),
        (f'{{"t": [{S}, {S + 60}], "v": [1, 2.5]}}', [(START, 1), (START + MINUTE, 2.5)]),
        ('[["2026-03-01T00:00:00Z", 1], ["2026-03-01T00:01:00.000Z", 2]]', [(START, 1), (START + MINUTE, 2)]),
        (f'[[null, 1], [{S}, "开"]]', [(ON_ARRIVAL, 1), (START, "开")]),
    ],
)
def test_a_metric_is_sent_alone_or_in_a_batch(payload, rows):
    assert said(payload)[0] == {"temperature": rows}


def test_a_device_sends_several_metrics_at_once_and_its_battery():
    parts, content = said(f'[{{"t":{S},"a":1,"b":2,"battery":87}},{{"t":{S + 60},"a":3,"b":null}}]', "")

    assert parts == {"a": [(START, 1), (START + MINUTE, 3)], "b": [(START, 2)], "battery": [(START, 87)]}
    assert content.battery == 87


@pytest.mark.parametrize(
    ("payload", "metric", "code"),
    [
        (b"", "a", "payload_unreadable"),
        (b"NaN", "a", "payload_unreadable"),
        (b"\xff\xfe", "a", "payload_unreadable"),
        (b"21,5", "a", "payload_unreadable"),
        (b'"a\\u0000b"', "a", "payload_null_character"),
        (b"[" * 5000, "a", "payload_unreadable"),
        (b'{"t": 1}', "a", "payload_without_value"),
        (b'{"t": [1, 2], "v": [1]}', "a", "payload_uneven"),
        (b'{"t": [1, 2], "v": 1}', "a", "payload_uneven"),
        (b"[1, 2]", "a", "payload_no_pairs"),
        (b"[[1, 2, 3]]", "a", "payload_no_pairs"),
        (b"21.5", "", "payload_no_object"),
        (b'[{"a": 1}, 2]', "", "payload_no_object"),
        (b"[" + b"[1,1]," * 100_000 + b"[1,1]]", "a", "payload_too_many"),
    ],
)
def test_what_nobody_can_read_is_refused_as_a_whole(payload, metric, code):
    with pytest.raises(BadInput) as caught:
        read_content(payload, metric)

    assert caught.value.code == f"sensors.{code}"


@pytest.mark.parametrize("bad", ['"2026-03-01T00:00:00"', '"gestern"', "-1", "true", "1e30", "{}"])
def test_a_time_that_cannot_be_read_does_not_take_the_others_along(bad):
    parts, content = said(f"[[{S}, 1], [{bad}, 2], [{S + 60}, 3]]")

    assert parts == {"temperature": [(START, 1), (START + MINUTE, 3)]}
    assert len(content.faults) == 1


def test_an_address_of_a_broker_is_read():
    assert Address.of("mqtts://a:b%40c@h") == Address("h", 8883, True, "a", "b@c")
    assert Address.of("mqtt://[::1]:1884").port == 1884
    with pytest.raises(ValueError, match="mqtt"):
        Address.of("http://h")
