# SPDX-License-Identifier: Apache-2.0
"""All tokens on one page: what they read, when they were last used, ending them."""

from datetime import timedelta

import pytest
from django.test import Client

from shanhai.field.sensors.models import ApiToken
from shanhai.field.sensors.stations.selectors.tokens import reader_of
from shanhai.field.sensors.stations.services.tokens import give_token, note_use
from shanhai.field.sensors.stations.tests.builders import a_stream
from shanhai.kernel import clock
from tests.cast import AT, OFFICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock", "ganzi")]
PAGE = "/sensors/tokens/"


@pytest.fixture
def engineer(sign_in):
    return sign_in("station_engineer", programme="zj-ganzi")


def a_token(name="气象局", *, programme="zj-ganzi", datastream=None):
    given = {"write": False, "programme": programme, "place": "", "datastream": datastream}
    return give_token(name=name, by=OFFICE, at=AT, **given)


def test_an_engineer_sees_and_ends_every_token_of_theirs_and_no_other(engineer, sign_in):
    stream = a_stream()
    a_token("看一个的", programme="", datastream=stream.pk)
    a_token("看一片的")
    a_token("看全部的", programme="")

    page = engineer.get(PAGE).content.decode()
    assert ("看一个的" in page, "看一片的" in page, "看全部的" in page) == (True, True, False)
    assert "色乌绒二号坡 · 位移" in page
    assert page.count("没有用过") == 2
    for one in ApiToken.objects.exclude(name="看全部的"):
        assert engineer.post(f"{PAGE}revoke", {"token": str(one.uuid)}).status_code == 302
    other = ApiToken.objects.get(name="看全部的")
    assert engineer.post(f"{PAGE}revoke", {"token": str(other.uuid)}).status_code == 404
    assert list(ApiToken.objects.filter(revoked_at=None)) == [other]
    assert sign_in("auditor").get(PAGE).status_code == 404


def test_a_token_is_given_on_the_page_told_once_and_writes(engineer):
    a_stream()
    answer = engineer.post(f"{PAGE}give", {"name": "网关", "programme": "zj-ganzi", "write": "on"})

    token = answer.content.decode().partition('<code id="token">')[2].partition("<")[0]
    assert answer["Cache-Control"] == "no-store"
    assert reader_of(token)[0].may("sensor.write", programme="zj-ganzi")
    assert token not in engineer.get(PAGE).content.decode()
    assert engineer.post(f"{PAGE}give", {"name": "网关", "programme": ""}).status_code == 422
    assert ApiToken.objects.count() == 1


def test_who_does_not_look_gives_a_token_of_one_programme(sign_in):
    page = sign_in("station_engineer").get(PAGE).content.decode()

    assert '<option value="">全部</option>' in page
    assert '<option value="zj-ganzi" selected>' in page


def test_the_day_on_which_a_token_was_last_used_is_written_once_a_day(django_assert_num_queries):
    token = a_token()
    ask = {"path": "/sta/v1.1/Things", "headers": {"Authorization": f"Bearer {token}"}}
    assert Client().get(**ask).status_code == 200
    assert ApiToken.objects.get().used_on.isoformat() == "2026-11-22"

    reader, used = reader_of(token)
    with django_assert_num_queries(0):
        note_use(by=reader, at=AT + timedelta(hours=1), used=used)
    with clock.frozen(AT + timedelta(days=1)):
        Client().get(**ask)

    assert ApiToken.objects.get().used_on.isoformat() == "2026-11-23"
