# SPDX-License-Identifier: Apache-2.0
"""Who may do what, by page, table, console and API: every role, and some of elsewhere, at every address.

Expected is what the README says: who watches the station sees it, who manages it acts on it; to others it is not there.
Who manages another programme registers there, and sees nothing of this one.
"""

from contextlib import suppress
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from shanhai.base.accounts.roles import ROLES
from shanhai.field.sensors.sta.values import VERSION
from shanhai.field.sensors.stations.services.sheets import import_stations
from shanhai.field.sensors.stations.tests.builders import POINT, a_stream, sent
from shanhai.field.sensors.stations.values import StationRow
from shanhai.field.sensors.tests.sta_client import a_program
from shanhai.field.sensors.urls import urlpatterns
from shanhai.kernel.errors import DomainError
from tests.cast import AT, a_user, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock", "ganzi")]
HERE = {"programme": "zj-ganzi", "place": "513301"}
# By a name of their own: the role, its scope, what they are at the station.
MANAGES, SEES, ELSEWHERE, NOBODY, OUTSIDE = "manages", "sees", "elsewhere", "nobody", "outside"
PEOPLE = {
    "commander": ("commander", {}, SEES),
    "office": ("office", {}, MANAGES),
    "work_group_lead": ("work_group_lead", {"programme": "zj-ganzi"}, SEES),
    "information_officer": ("information_officer", {}, SEES),
    "county_user": ("county_user", HERE, SEES),
    "station_engineer": ("station_engineer", {"programme": "zj-ganzi"}, MANAGES),
    "duty_officer": ("duty_officer", {}, SEES),
    "consultation_lead": ("consultation_lead", {}, SEES),
    "trace_recorder": ("trace_recorder", {"programme": "zj-ganzi"}, NOBODY),
    "trace_inspector": ("trace_inspector", {"programme": "zj-ganzi"}, NOBODY),
    "personnel_officer": ("personnel_officer", {}, NOBODY),
    "secondee": ("secondee", {"programme": "zj-ganzi"}, NOBODY),
    "vehicle_dispatcher": ("vehicle_dispatcher", {}, NOBODY),
    "discipline_officer": ("discipline_officer", {}, NOBODY),
    "health_keeper": ("health_keeper", {}, NOBODY),
    "finance": ("finance", {}, SEES),
    "original_approver": ("original_approver", {}, SEES),
    "auditor": ("auditor", {}, SEES),
    "administrator": ("administrator", {}, NOBODY),
    "engineer of the county": ("station_engineer", HERE, MANAGES),
    "engineer of another county": ("station_engineer", {**HERE, "place": "513322"}, "manages elsewhere"),
    "engineer of another programme": ("station_engineer", {"programme": "fj-changdu"}, "manages elsewhere"),
    "county user of another county": ("county_user", {**HERE, "place": "513322"}, ELSEWHERE),
    "of no role": (None, {}, NOBODY),
    "not signed in": ("", {}, OUTSIDE),
}
# What is answered, by what somebody is: done or shown, forbidden, not there, signing in.
DONE, NOT_ALLOWED, MISSING, SIGN_IN = "done", 403, 404, "sign in"
TO_SEE = {MANAGES: DONE, SEES: DONE, ELSEWHERE: MISSING, "manages elsewhere": MISSING}
TO_ACT = {**TO_SEE, SEES: NOT_ALLOWED}
TO_WATCH = {MANAGES: DONE, SEES: DONE, ELSEWHERE: DONE, "manages elsewhere": DONE}
TO_REGISTER = {MANAGES: DONE, SEES: NOT_ALLOWED, ELSEWHERE: NOT_ALLOWED, "manages elsewhere": DONE}
TO_GIVE = {**TO_REGISTER, SEES: MISSING, ELSEWHERE: MISSING}
DEVICE_ACTS = ("stream", "give", "revoke", "replace", "calibrate", "suspend", "resume", "retire")
STREAM_ACTS = ("quarantine", "publish", "unpublish", "token", "revoke")
# By the name of an address: how it is asked, the acts of it, and what is answered to whom.
ADDRESSES = {
    "list": ("get", (), TO_WATCH),
    "new": ("get", (), TO_REGISTER),
    "credentials": ("post", (), TO_REGISTER),
    "tokens": ("get", (), TO_GIVE),
    "token-act": ("post", ("give", "revoke"), TO_GIVE),
    "station": ("get", (), TO_SEE),
    "station-edit": ("get", (), TO_ACT),
    "station-move": ("get", (), TO_ACT),
    "device-new": ("get", (), TO_ACT),
    "device": ("get", (), TO_SEE),
    "device-edit": ("get", (), TO_ACT),
    "device-act": ("post", DEVICE_ACTS, TO_ACT),
    "stream": ("get", (), TO_SEE),
    "stream-edit": ("get", (), TO_ACT),
    "stream-table": ("get", (), TO_SEE),
    "stream-history": ("get", (), TO_SEE),
    "stream-history-table": ("get", (), TO_SEE),
    "stream-act": ("post", STREAM_ACTS, TO_ACT),
}
FILLED = {
    "on": "2026-11-20", "because": "年检", "serial": "S-2", "offset": "+0.3", "metric": "rain", "of": "rain",
    "begin": "2026-11-01T00:00", "end": "2026-11-23T00:00", "apart": "yes", "name": "县气象局",
    "token": str(UUID(int=1)), "code": "wuse-9", "kind": "hazard", **POINT,
}  # fmt: skip


def asked(client, name, stream):
    """The statuses of an address, of each of its acts, empty and filled."""
    method, acts, _expected = ADDRESSES[name]
    route = str(next(one.pattern for one in urlpatterns if one.name == name))
    filled = {"<slug:code>": stream.thing.code, "<str:uuid>": str(stream.device.uuid), "<int:key>": str(stream.pk)}
    for part, value in {**filled, "<slug:form>": "csv"}.items():
        route = route.replace(part, value)
    period = {"first": "2026-11-01", "last": "2026-11-22", "what": "raw", "question": "days"}
    for act in acts or ("",):
        for given in ({}, FILLED) if method == "post" else (period,):
            answer = getattr(client, method)(f"/sensors/{route.replace('<slug:act>', act)}", given)
            if answer.streaming:
                b"".join(answer.streaming_content)
            yield answer


def outcome(answer):
    if answer.status_code == 302 and answer["Location"].startswith("/accounts/login/"):
        return SIGN_IN
    # A form that is filled wrong, or comes too late, is shown to who may send it.
    return DONE if answer.status_code in {200, 302, 400, 409, 422} else answer.status_code


@pytest.mark.parametrize("who", PEOPLE)
def test_every_address_answers_everybody_as_they_are(sign_in, client, who):
    role, scope, standing = PEOPLE[who]
    stream = a_stream()
    sent(stream, 1.0)
    person = client if role == "" else sign_in(role, **scope)
    nobody = {NOBODY: MISSING, OUTSIDE: SIGN_IN}

    found = {(name, outcome(one)) for name in ADDRESSES for one in asked(person, name, stream)}
    if standing in {MANAGES, "manages elsewhere"}:
        # There is no such token to be revoked.
        found -= {("token-act", MISSING)} | ({("stream-act", MISSING)} if standing == MANAGES else set())

    assert found == {(name, {**nobody, **answers}[standing]) for name, (_how, _acts, answers) in ADDRESSES.items()}


def test_no_role_and_no_address_is_left_out():
    assert {one.name for one in urlpatterns} == set(ADDRESSES)
    assert {role for role, _scope, _standing in PEOPLE.values() if role} == set(ROLES)


@pytest.mark.parametrize("who", PEOPLE)
def test_a_sheet_and_the_console_obey_the_same(who):
    role, scope, standing = PEOPLE[who]
    if role == "":
        return
    a_stream()
    user = a_user(role, **scope)
    row = StationRow(4, "wuse-2", metric="rain", property="雨量")
    done = []

    with suppress(DomainError):
        report = import_stations(by=actor_of(user), at=AT, rows=[row], programme="zj-ganzi")
        done += ["sheet"] * report.applied
    for act, given in (("device", {"name": "wuse-2.logger"}), ("token", {"name": "程序", "programme": "zj-ganzi"})):
        with suppress(CommandError):
            call_command("sensors", act, by=user.username, because="测试", **given)
            done.append(act)

    whole = scope in ({}, {"programme": "zj-ganzi"})
    assert done == (["sheet", "device", *(["token"] if whole else [])] if standing == MANAGES else [])


@pytest.mark.parametrize("who", PEOPLE)
def test_the_api_shows_a_person_what_the_pages_do_and_everybody_what_is_published(sign_in, client, who):
    role, scope, standing = PEOPLE[who]
    stream = a_stream()
    person = client if role == "" else sign_in(role, **scope)
    address = f"/sta/{VERSION}/Datastreams({stream.pk})"

    before = person.get(address).status_code
    written = person.post(f"{address}/Observations", {"result": 1}, content_type="application/json").status_code
    type(stream).objects.update(published=True)

    assert before == (200 if standing in {MANAGES, SEES} else 404)
    assert written == 401
    assert person.get(address).status_code == 200


@pytest.mark.parametrize(
    ("scope", "read", "written"),
    [
        ({"write": True}, 200, 201),
        ({"write": True, **HERE}, 200, 201),
        ({"write": False}, 200, 403),
        ({"write": True, "programme": "fj-changdu"}, 404, 404),
        ({"write": True, **HERE, "place": "513322"}, 404, 404),
    ],
)
def test_a_token_reads_and_writes_in_its_scope(scope, read, written):
    stream = a_stream()
    program = a_program(**scope)

    assert program.send("GET", f"Datastreams({stream.pk})")[0] == read
    assert program.send("POST", f"Datastreams({stream.pk})/Observations", {"result": 1})[0] == written


def test_the_token_of_a_datastream_reads_that_one_alone():
    stream, other = a_stream(), a_stream(code="wuse-3")
    program = a_program(write=False, datastream=stream.pk)

    statuses = [program.send("GET", f"Datastreams({one.pk})")[0] for one in (stream, other)]
    statuses.append(program.send("POST", f"Datastreams({stream.pk})/Observations", {"result": 1})[0])

    assert statuses == [200, 404, 403]
