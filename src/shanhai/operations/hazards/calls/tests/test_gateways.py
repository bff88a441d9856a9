# SPDX-License-Identifier: Apache-2.0
"""SMS and telephone by HTTP: what is asked of a gateway, and what is made of its answers."""

import json
from datetime import UTC
from urllib.parse import quote

import pytest
from django.test import override_settings

from shanhai.operations.hazards.calls.adapters.gateways import gateway_of
from shanhai.operations.hazards.calls.adapters.sending import send_due
from shanhai.operations.hazards.calls.rules.signing import signature
from shanhai.operations.hazards.calls.selectors.tokens import token_of
from shanhai.operations.hazards.calls.tests.builders import MINUTE, WATCH, a_called_site, call_of, called_out
from shanhai.operations.hazards.calls.tests.servers import Gateway, a_silent_port
from shanhai.operations.hazards.models import Dispatch
from shanhai.operations.hazards.values import ChainRole, Channel, Level
from tests.cast import AT

pytestmark = pytest.mark.django_db
MONITOR = ChainRole.MONITOR
# As recorded from the documentation of SendSms and SingleCallByTts.
SMS_TAKEN = {"Code": "OK", "Message": "OK", "BizId": "9006197469364984^0", "RequestId": "F655A8D5-B967-440B-8683"}
CALL_TAKEN = {"Code": "OK", "Message": "OK", "CallId": "1166****^1029", "RequestId": "D9CB3933-9FE3-4870-BA8E"}


@pytest.fixture
def gateway():
    found = Gateway()
    yield found
    found.close()


@pytest.fixture
def incident():
    return called_out(Level.BLUE, site=a_called_site(channels=(Channel.SMS,)))[0]


def go(url, minutes=0, **more):
    with override_settings(CALLS_SMS_URL=url, PUBLIC_URL="https://shan.example.org", **more):
        send_due(by=WATCH, at=AT + minutes * MINUTE)
    return Dispatch.objects.order_by("pk").last()


def test_a_gateway_gets_the_message_as_json_and_its_reference_is_kept(gateway, incident):
    gateway.answers = [(201, {"id": "sms-77"})]
    row = go(f"http://:geheim@127.0.0.1:{gateway.port}/send?account=county")

    assert (row.state, row.reference) == ("handed", "sms-77")
    (asked,) = gateway.asked
    assert (asked["path"], asked["query"]) == ("/send", {"account": "county"})
    assert asked["headers"]["authorization"] == "Bearer geheim"
    assert asked["headers"]["idempotency-key"] == str(row.uuid)
    link = f"https://shan.example.org/hazards/answer/{token_of(call_of(incident, MONITOR).uuid)}"
    assert asked["body"] == {
        "id": str(row.uuid),
        "channel": "sms",
        "to": "13900000001",
        "text": f"色乌绒二号坡：蓝色预警 Blue warning {link}",
        "level": "blue",
        "exercise": False,
        "site": "wuse-slope",
    }
    # Two parts of a long message, at most.
    assert len(asked["body"]["text"]) <= 134


def test_an_exercise_is_marked_in_text_and_voice(gateway):
    called_out(Level.BLUE, site=a_called_site(channels=(Channel.SMS, Channel.VOICE)), exercise=True)
    url = f"http://127.0.0.1:{gateway.port}/"

    go(url, CALLS_VOICE_URL=url)

    said = {one["body"]["channel"]: one["body"] for one in gateway.asked}
    assert said["sms"]["text"].startswith("【演练】色乌绒二号坡：蓝色预警 [EXERCISE]")
    assert said["voice"]["text"].startswith("这是演练，不是真的险情。 色乌绒二号坡：蓝色预警。")
    assert "This is an exercise" in said["voice"]["text"]
    assert "http" not in said["voice"]["text"]
    assert {one["exercise"] for one in said.values()} == {True}


@pytest.mark.parametrize(
    ("status", "state", "because"),
    [
        (503, "waiting", "busy 503"),
        (429, "waiting", "busy 429"),
        (400, "dead", "refused 400"),
        (401, "dead", "refused 401"),
        # It would carry a number elsewhere.
        (302, "dead", "refused 302"),
        (204, "handed", ""),
    ],
)
def test_what_a_gateway_answers_is_taken_tried_again_or_given_up(gateway, incident, status, state, because):
    gateway.answers = [(status, {})]

    row = go(f"http://127.0.0.1:{gateway.port}/")

    assert (row.state, row.because) == (state, because)
    assert len(gateway.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>",
        b"[1]",
        b'{"id": null}',
        b"\xff" * 200_000,
        b"[" * 60_000,
        b'{"id": "\\u0000"}',
        b'{"id": "\\ud800"}',
    ],
    ids=lambda one: str(one[:20]),
)
def test_whatever_stands_in_an_answer_that_took_it_is_no_fault(gateway, incident, answer):
    gateway.answers = [(200, answer)]

    row = go(f"http://127.0.0.1:{gateway.port}/")

    assert (row.state, row.reference) == ("handed", "")


def test_a_gateway_that_is_silent_or_away_is_tried_again(incident):
    with a_silent_port() as port:
        row = go(f"http://127.0.0.1:{port}/", CALLS_TIMEOUT_S=0.5)
    assert (row.state, row.because) == ("waiting", "timed_out")

    row = go(f"http://127.0.0.1:{port}/", minutes=1)
    assert (row.state, row.because, row.attempts) == ("waiting", "not_reached", 2)


def test_a_channel_without_a_gateway_or_with_a_broken_address_is_skipped_and_said(incident):
    assert go("").because == "not_set_up"
    for url in ("ftp://host/", "https:///path", "gateway"):
        with pytest.raises(ValueError, match="gateway"):
            gateway_of(Channel.SMS, url)
    Dispatch.objects.update(state="waiting", next_at=AT)

    assert go("ftp://host/").because == "not_set_up"


def test_the_signature_is_the_one_of_the_documentation():
    """The fixed parameters of "V3 request syntax and signature": RunInstances of ECS."""
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
    }
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}

    found = signature(headers, query, key="YourAccessKeyId", secret="YourAccessKeySecret")

    assert found["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def aliyun(gateway, **options):
    given = "&".join(f"{name}={quote(value)}" for name, value in options.items())
    return f"aliyun+http://LTAI-key:se%2Fcret@127.0.0.1:{gateway.port}/?{given}"


def test_alibaba_cloud_is_asked_to_send_a_template_and_no_address_is_among_its_variables(gateway, incident):
    gateway.answers = [(200, SMS_TAKEN)]

    row = go(aliyun(gateway, sign="康定应急", template="SMS_15305"))

    assert (row.state, row.reference) == ("handed", "9006197469364984^0")
    (asked,) = gateway.asked
    variables = json.loads(asked["query"].pop("TemplateParam"))
    assert asked["query"] == {
        "PhoneNumbers": "13900000001",
        "SignName": "康定应急",
        "TemplateCode": "SMS_15305",
        "OutId": str(row.uuid),
    }
    token = token_of(call_of(incident, MONITOR).uuid)
    assert variables == {"mark": "通知", "site": "色乌绒二号坡", "what": "蓝色预警", "code": token}
    # Of a variable at most 35 signs.
    assert max(map(len, variables.values())) <= 35
    headers = asked["headers"]
    assert (headers["x-acs-action"], headers["x-acs-version"]) == ("SendSms", "2017-05-25")
    assert headers["x-acs-date"] == AT.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    # What came is what was signed, with the secret as it is behind its escapes.
    names = ("host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce")
    query = {**asked["query"], "TemplateParam": json.dumps(variables, ensure_ascii=False)}
    again = signature({name: headers[name] for name in names}, query, key="LTAI-key", secret="se/cret")
    assert headers["authorization"] == again["Authorization"]


def test_alibaba_cloud_is_asked_to_ring_and_says_that_it_is_an_exercise(gateway):
    called_out(Level.RED, site=a_called_site(channels=(Channel.VOICE,)), exercise=True)
    gateway.answers = [(200, CALL_TAKEN)]

    go("", CALLS_VOICE_URL=aliyun(gateway, template="TTS_10001", show="05715678"))

    assert {one.reference for one in Dispatch.objects.all()} == {"1166****^1029"}
    asked = gateway.asked[0]
    assert asked["headers"]["x-acs-action"] == "SingleCallByTts"
    assert (asked["query"]["TtsCode"], asked["query"]["CalledShowNumber"]) == ("TTS_10001", "05715678")
    assert json.loads(asked["query"]["TtsParam"])["mark"] == "演练"


@pytest.mark.parametrize(
    ("status", "code", "state", "because"),
    [
        (200, "isv.MOBILE_NUMBER_ILLEGAL", "dead", "bad_address isv.MOBILE_NUMBER_ILLEGAL"),
        (200, "isv.SMS_SIGNATURE_ILLEGAL", "dead", "refused isv.SMS_SIGNATURE_ILLEGAL"),
        (400, "SignatureDoesNotMatch", "dead", "refused SignatureDoesNotMatch"),
        (200, "isv.BUSINESS_LIMIT_CONTROL", "waiting", "busy isv.BUSINESS_LIMIT_CONTROL"),
        (400, "Throttling.User", "waiting", "busy Throttling.User"),
        (200, "isp.SYSTEM_ERROR", "waiting", "busy isp.SYSTEM_ERROR"),
        (503, "ServiceUnavailable", "waiting", "busy ServiceUnavailable"),
        (200, None, "dead", "refused 200"),
    ],
)
def test_what_alibaba_cloud_refuses_is_told_by_its_code(gateway, incident, status, code, state, because):
    gateway.answers = [(status, {"Code": code, "Message": "手机号 13900000001 不对"} if code else {})]

    row = go(aliyun(gateway, sign="x", template="SMS_1"))

    assert (row.state, row.because) == (state, because)
