# SPDX-License-Identifier: Apache-2.0
"""The duty officer sees at one look what moves, why, what stands open; others see as much as they may, or nothing."""

from datetime import timedelta

import pytest

from shanhai.operations.hazards.calls.services.answering import answer
from shanhai.operations.hazards.calls.services.calling import call_out
from shanhai.operations.hazards.calls.services.ticking import run_clock
from shanhai.operations.hazards.calls.tests.builders import WATCH, a_called_site, called_out
from shanhai.operations.hazards.cap.tests.builders import a_key
from shanhai.operations.hazards.desk.providers import POINTS, SITES
from shanhai.operations.hazards.desk.selectors import count_calls
from shanhai.operations.hazards.incidents.services.levels import propose
from shanhai.operations.hazards.incidents.tests.builders import an_incident
from shanhai.operations.hazards.models import Incident, SiteTrack
from shanhai.operations.hazards.tests.builders import a_point, a_site, a_threshold_set
from shanhai.operations.hazards.values import ChainRole, Level
from shanhai.operations.hazards.watch.services import judge_due
from shanhai.operations.hazards.watch.tests.test_engine import ENGINE, collapse, creep, reference, send
from tests.cast import AT, OFFICE, actor, actor_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


@pytest.fixture
def moving():
    """A slope that speeds up, and one beside it that does not."""
    site, still = a_site("moving", name="后山"), a_site("still", name="前山")
    points = [a_point(site, "裂缝一"), a_point(still, "裂缝二")]
    for one in points:
        a_threshold_set(one.site, numbers=reference(one))
    send(points[0], creep(8) + collapse(10, creep(8)[-1]))
    send(points[1], creep(8))
    judge_due(by=ENGINE, at=AT)
    return site


def test_what_rises_stands_first_with_its_reasons_and_what_to_do(sign_in, moving):
    page = sign_in("duty_officer", programme="zj-ganzi").get("/hazards/").content.decode()

    assert "后山" in page
    assert "前山" not in page.partition("各监测点")[0]
    for words in ("红色", "切线角", "是临界速率的几倍", "裂缝一", "请立即会商并转移受威胁的人", "看险情，会商"):
        assert words in page


def test_the_map_has_what_is_judged_and_what_was_decided_as_soon_as_it_is(moving):
    def told(layer, *names):
        at = [[field.name for field in layer.fields].index(name) for name in ("name", *names)]
        return {row.values[at[0]]: [row.values[one] for one in at[1:]] for row in layer.features(viewer=OFFICE)}

    assert told(POINTS, "level") == {"裂缝一": ["4"], "裂缝二": ["0"]}
    assert told(SITES, "judged", "decided") == {"后山": ["4", "none"], "前山": ["0", "none"]}
    assert (POINTS.tones["4"], SITES.tones["none"]) == ("red", "rest")
    Incident.objects.filter(site=moving).update(state="orange")
    assert told(SITES, "decided") == {"后山": ["orange"], "前山": ["none"]}

    # No act is recorded of what falls silent.
    before = POINTS.changed()
    judge_due(by=ENGINE, at=AT + timedelta(days=3))
    assert POINTS.changed() != before
    assert POINTS.changed() == POINTS.changed()


def test_who_sees_no_site_sees_no_desk(sign_in, moving):
    assert sign_in(None).get("/hazards/").status_code == 404
    elsewhere = sign_in("duty_officer", programme="zj-ganzi", place="513322").get("/hazards/").content.decode()

    assert "后山" not in elsewhere
    assert "还没有隐患点" in elsewhere


def test_a_site_where_something_stands_open_stays_though_it_has_calmed(sign_in, moving):
    SiteTrack.objects.filter(site=moving).update(level=Level.NONE, lack="")

    page = sign_in("duty_officer", programme="zj-ganzi").get("/hazards/").content.decode()

    assert "后山" in page
    assert "未达蓝色" in page


def test_an_engine_that_is_away_is_told(sign_in, moving, frozen_clock):
    client = sign_in("duty_officer", programme="zj-ganzi")
    working = client.get("/hazards/").content.decode()
    from shanhai.kernel import clock  # noqa: PLC0415 - only here

    with clock.frozen(AT + timedelta(minutes=2)):
        away = client.get("/hazards/").content.decode()

    assert "研判没有在运行" not in working
    assert "研判没有在运行" in away


def test_the_desk_says_that_alerts_are_not_signed(sign_in, moving, settings, tmp_path):
    client = sign_in("duty_officer", programme="zj-ganzi")
    key, certificate = a_key()
    settings.CAP_CERTIFICATE, settings.CAP_KEY = str(tmp_path / "c.pem"), str(tmp_path / "key.pem")
    (tmp_path / "c.pem").write_bytes(certificate)
    # The key is missing, or another one's: nothing is signed, whatever the certificate says.
    for content in (b"", a_key("别人")[0]):
        (tmp_path / "key.pem").write_bytes(content)
        assert "没有签名" in client.get("/hazards/").content.decode()
        assert "没有签名" in client.get("/cap/").content.decode()
    (tmp_path / "key.pem").write_bytes(key)

    assert "没有签名" not in client.get("/hazards/").content.decode() + client.get("/cap/").content.decode()


def test_who_was_called_of_the_proposal_and_of_the_level_is_one_person():
    incident = an_incident("proposed", site=a_called_site((ChainRole.MONITOR, ChainRole.DUTY)))
    call_out(by=ENGINE, at=AT, incident=incident, alert=None, level=Level.BLUE)
    duty = incident.calls.get()
    answer(by=actor_of(duty.person.user), at=AT, call=duty.uuid)
    called_out(Level.RED, incident=incident)

    found = count_calls(viewer=actor("duty_officer"), incidents=[incident], at=AT + timedelta(hours=1))

    assert found == {incident.pk: (0, 2, 2)}


def test_a_call_that_nobody_is_left_to_answer_waits_for_the_duty_officer(sign_in, frozen_clock):
    incident, _alert = called_out(Level.BLUE, site=a_called_site((ChainRole.MONITOR, ChainRole.VILLAGE)))
    client = sign_in("duty_officer", programme="zj-ganzi")
    waits = []
    for minutes in (0, 240, 480):
        run_clock(by=WATCH, at=AT + timedelta(minutes=minutes))
        waits.append("后面没有人可找了" in client.get("/inbox/").content.decode())
    answer(by=actor("duty_officer"), at=AT, call=incident.calls.order_by("-pk")[0].uuid, because="上门找到了")

    # The village was called after the monitor; then nobody is left.
    assert waits == [False, False, True]
    assert "后面没有人可找了" not in client.get("/inbox/").content.decode()


def test_what_has_not_changed_is_not_sent_again(sign_in, moving):
    client, asked = sign_in("duty_officer", programme="zj-ganzi"), {"HTTP_HX_REQUEST": "true"}
    page = client.get("/hazards/", **asked).content.decode()
    seen = page.partition("seen=")[2].partition('"')[0]

    same = client.get(f"/hazards/?seen={seen}", **asked)
    propose(by=actor("duty_officer"), at=AT, site="still", level=Level.BLUE, because="村民报告有裂缝")
    changed = client.get(f"/hazards/?seen={seen}", **asked)

    assert (same.status_code, changed.status_code) == (204, 200)
    assert "前山" in changed.content.decode()


def test_the_desk_asks_as_often_for_many_sites_as_for_few(sign_in, moving, django_assert_max_num_queries):
    client = sign_in("duty_officer", programme="zj-ganzi")
    client.get("/hazards/")
    for number in range(12):
        site = a_site(f"more-{number}")
        a_point(site)
        SiteTrack.objects.create(site=site, level=Level.YELLOW, lack="")

    with django_assert_max_num_queries(32):
        page = client.get("/hazards/").content.decode()

    assert page.count("<header><h2>") > 12
