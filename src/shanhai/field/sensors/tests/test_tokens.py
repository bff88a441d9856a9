# SPDX-License-Identifier: Apache-2.0
"""Tokens of the API: given once, bound to a scope, ended at once."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from shanhai.base.audit.models import AuditRow
from shanhai.field.sensors.models import ApiToken, Datastream, ObservedProperty, Sensor, Thing
from shanhai.field.sensors.stations.selectors.tokens import NotKnown, reader_of
from shanhai.field.sensors.stations.services.tokens import give_token, revoke_token
from shanhai.field.sensors.values import Reader
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.planning.programmes.models import Programme
from tests.cast import ADMIN, OFFICE, actor

pytestmark = pytest.mark.django_db
KANGDING = actor("station_engineer", programme="zj-ganzi", place="513301")


def a_token(at, *, by=OFFICE, **kw):
    return give_token(**{"name": "气象局", "write": False, "programme": "", "place": "", "by": by, "at": at, **kw})


def a_datastream(place="513301"):
    made = {"name": "土壤湿度", "description": "", "encoding_type": "text/plain"}
    thing = Thing.objects.create(name="一号站", programme=Programme.objects.get(), place=place)
    return Datastream.objects.create(
        name="土壤湿度",
        observation_type="",
        unit={},
        thing=thing,
        sensor=Sensor.objects.create(**made, metadata=""),
        observed_property=ObservedProperty.objects.create(name="湿度", definition="urn:x"),
    )


def test_a_token_is_told_once_and_kept_as_a_hash(ganzi, at):
    token = a_token(at, programme="zj-ganzi", place="513301", write=True)
    kept = ApiToken.objects.get()

    assert len(token) >= 43
    assert token not in str(ApiToken.objects.values_list())
    found, _used = reader_of(token)
    assert (found.ref, found.name) == (f"token:{kept.uuid}", "气象局")
    assert found.may("sensor.write", programme="zj-ganzi", place="513301")
    assert not found.may("sensor.write", programme="zj-ganzi", place="513322")
    assert not found.may_somewhere("sensor.manage")


def test_who_only_reads_cannot_write(ganzi, at):
    found, _used = reader_of(a_token(at))

    assert found.may("sensor.view", programme="zj-ganzi", place="513301")
    assert not found.may_somewhere("sensor.write")


def test_a_revoked_token_ends_at_once_and_a_strange_one_never_began(ganzi, at, django_assert_num_queries):
    token = a_token(at)
    with django_assert_num_queries(1):
        reader_of(token)
    revoke_token(token=ApiToken.objects.get().uuid, by=OFFICE, at=at)

    for wrong in (token, "", token[:-1], "\udce4", "\x00" * 10_000):
        with pytest.raises(NotKnown) as caught:
            reader_of(wrong)
        assert caught.value.status == 401


def test_that_of_a_datastream_reads_it_alone(ganzi, at):
    one = a_datastream()

    found, _used = reader_of(a_token(at, by=KANGDING, datastream=one.pk))

    assert found == Reader(found.ref, name="气象局", only=one.pk)
    assert not found.may_somewhere("sensor.view")
    with pytest.raises(BadInput):
        a_token(at, datastream=one.pk, write=True)
    with pytest.raises(NotVisible):
        a_token(at, by=KANGDING, datastream=a_datastream("513322").pk)


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        ({"programme": "zj-ganzi"}, NotAllowed),
        ({"place": "513301"}, NotAllowed),
        ({"programme": "zj-ganzi", "place": "513322"}, NotAllowed),
        ({"programme": "zj-ganzi", "place": "513301", "by": ADMIN}, NotAllowed),
        ({"programme": "nowhere", "by": OFFICE}, NotVisible),
        ({"place": "999999", "by": OFFICE}, BadInput),
        ({"programme": "zj-ganzi", "place": "513301", "name": " "}, BadInput),
        ({"programme": "zj-ganzi", "place": "513301", "name": "x" * 101}, BadInput),
    ],
)
def test_nobody_gives_more_than_they_manage(ganzi, at, scope, error):
    with pytest.raises(error):
        a_token(at, **{"by": KANGDING, **scope})

    assert not ApiToken.objects.exists()


def test_nobody_revokes_what_others_manage(ganzi, at):
    a_token(at, programme="zj-ganzi", place="513322")

    with pytest.raises(NotVisible):
        revoke_token(token=ApiToken.objects.get().uuid, by=KANGDING, at=at)


def test_the_trail_tells_of_both(ganzi, at):
    a_token(at, programme="zj-ganzi", write=True)
    kept = ApiToken.objects.get()
    for _again in range(2):
        revoke_token(token=kept.uuid, by=OFFICE, at=at)

    given, revoked = AuditRow.objects.filter(action__startswith="sensors.").order_by("seq")
    assert given.changes == {"name": "气象局", "write": True, "datastream": ""}
    assert (revoked.action, revoked.programme, revoked.subject_id) == (
        "sensors.token.revoked",
        "zj-ganzi",
        str(kept.uuid),
    )


def test_the_console_prints_a_token_and_ends_it(ganzi, capsys):
    call_command("sensors", "token", "--name", "中台", "--write")
    token = capsys.readouterr().out.strip()
    assert reader_of(token)[0].may("sensor.write", programme="zj-ganzi", place="513301")

    call_command("sensors", "token", "--revoke", str(ApiToken.objects.get().uuid))
    with pytest.raises(NotKnown):
        reader_of(token)
    with pytest.raises(CommandError, match="没有找到"):
        call_command("sensors", "token", "--name", "x", "--programme", "nowhere")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_lost_since_is_opened_anew():
    with pytest.raises(NotKnown):
        reader_of("nobody")
    connection.connection.close()

    with pytest.raises(NotKnown):
        reader_of("nobody")
