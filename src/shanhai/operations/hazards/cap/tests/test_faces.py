# SPDX-License-Identifier: Apache-2.0
"""What everybody sees of alerts without an account: feeds and files for programs, pages for people."""

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest
from django.test import Client
from lxml import etree, html

from shanhai.kernel import clock
from shanhai.operations.hazards.cap.rules.checking import check
from shanhai.operations.hazards.cap.tests.builders import a_key
from shanhai.operations.hazards.cap.tests.test_publishing import HOUR, publishing
from shanhai.operations.hazards.cap.values import MessageType
from shanhai.operations.hazards.models import Alert
from shanhai.operations.hazards.states import IncidentState
from shanhai.operations.hazards.tests.builders import a_site, an_incident
from shanhai.operations.hazards.values import Level
from tests.cast import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
ATOM = {"a": "http://www.w3.org/2005/Atom", "cap": "urn:oasis:names:tc:emergency:cap:1.2"}
UPDATE, CANCEL = MessageType.UPDATE, MessageType.CANCEL


@pytest.fixture
def site():
    return a_site()


@pytest.fixture
def alert(site) -> Alert:
    return publishing(an_incident("red", site=site))


@pytest.fixture
def drill(site) -> Alert:
    return publishing(an_incident("orange", site=site, exercise=True), Level.ORANGE)


def text_of(answer) -> str:
    return " ".join(html.fromstring(answer.content).find(".//main").text_content().split())


def entries(client, name: str = "feed") -> list[str]:
    """The titles of a feed, which is the same as Atom and as RSS."""
    atom = etree.fromstring(client.get(f"/cap/{name}.atom").content)
    rss = etree.fromstring(client.get(f"/cap/{name}.rss").content)
    found = atom.xpath("a:entry/a:title/text()", namespaces=ATOM)
    assert found == rss.xpath("channel/item/title/text()")
    return found


def test_an_alert_is_served_to_everybody_byte_for_byte(client, alert):
    answer = client.get(f"/cap/{alert.identifier}.xml")
    alert.refresh_from_db()

    assert answer.content == alert.xml.encode()
    assert answer["Content-Type"] == "application/cap+xml; charset=utf-8"
    assert parsedate_to_datetime(answer["Last-Modified"]) == AT
    assert "Cookie" not in answer["Vary"]
    assert "Set-Cookie" not in answer
    assert check(answer.content).valid


def test_who_has_an_alert_or_a_feed_is_told_so_without_its_bytes(client, alert):
    for path in (f"/cap/{alert.identifier}.xml", "/cap/feed.atom", "/cap/feed.rss"):
        tag = client.get(path)["ETag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200
    since = {"If-Modified-Since": "Sun, 22 Nov 2026 02:00:00 GMT"}
    assert client.get(f"/cap/{alert.identifier}.xml", headers=since).status_code == 304
    # An alert that expires is no later instant of the feed: by its time alone nobody learns of it.
    assert client.get("/cap/feed.atom", headers=since).status_code == 200


def test_the_feed_as_atom_has_what_the_standard_asks_for(client, alert):
    answer = client.get("/cap/feed.atom")
    root = etree.fromstring(answer.content)

    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    for one in (root, *root.findall("a:entry", ATOM)):
        assert all(len(one.findall(f"a:{name}", ATOM)) == 1 for name in ("id", "title", "updated"))
        assert datetime.fromisoformat(one.findtext("a:updated", namespaces=ATOM)) == AT
    (entry,) = root.findall("a:entry", ATOM)
    assert root.findtext("a:author/a:name", namespaces=ATOM)
    assert root.find("a:link[@rel='self']", ATOM).get("href") == "http://127.0.0.1:8000/cap/feed.atom"
    assert entry.find("a:link[@type='application/cap+xml']", ATOM).get("href").endswith(f"/cap/{alert.identifier}.xml")
    assert entry.findtext("cap:severity", namespaces=ATOM) == "Extreme"
    assert entry.findtext("cap:expires", namespaces=ATOM) == "2026-11-23T10:00:00+08:00"


def test_the_feed_as_rss_has_what_the_standard_asks_for(client, alert):
    answer = client.get("/cap/feed.rss")
    root = etree.fromstring(answer.content)
    (item,) = root.findall("channel/item")

    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    assert all(root.findtext(f"channel/{name}") for name in ("title", "link", "description", "language"))
    assert all(item.findtext(name) for name in ("title", "link", "description", "guid"))
    assert parsedate_to_datetime(item.findtext("pubDate")) == AT


def test_a_feed_without_alerts_is_valid_and_does_not_change(client):
    first, second = client.get("/cap/feed.atom"), client.get("/cap/feed.atom")

    assert entries(client) == []
    assert first["ETag"] == second["ETag"]
    assert etree.fromstring(first.content).findtext("a:updated", namespaces=ATOM) == "1970-01-01T08:00:00+08:00"


def test_a_feed_speaks_the_language_that_is_asked_for(client, alert):
    answer = client.get("/cap/feed.atom", headers={"Accept-Language": "en"})

    assert "Accept-Language" in answer["Vary"]
    assert "Red alert: Landslide" in answer.content.decode()


def test_what_was_updated_gives_way_and_the_end_stands_until_it_expires(client, alert, site):
    publishing(alert.incident, Level.ORANGE, UPDATE, at=AT + HOUR)
    assert entries(client) == ["色乌绒二号坡滑坡预警改为橙色"]
    publishing(alert.incident, Level.NONE, CANCEL, at=AT + 2 * HOUR)
    assert entries(client) == ["色乌绒二号坡滑坡预警解除"]
    with clock.frozen(AT + timedelta(days=9)):
        assert entries(client) == []


def test_an_exercise_is_in_a_feed_of_its_own_and_marked(client, alert, drill):
    assert entries(client) == ["色乌绒二号坡滑坡红色预警"]
    assert entries(client, "exercises") == ["【演练】色乌绒二号坡滑坡橙色预警"]


@pytest.mark.parametrize("path", ["/cap/feed.atom", "/cap/feed.rss", "/alerts/"])
def test_however_many_alerts_there_are_as_few_questions_are_asked(client, path, django_assert_max_num_queries):
    for number in range(6):
        publishing(an_incident("red", site=a_site(f"slope-{number}")))
    with django_assert_max_num_queries(2):
        client.get(path)


def test_the_page_says_what_where_how_urgent_what_to_do_and_until_when(client, alert):
    said = text_of(client.get("/alerts/"))

    for words in (
        "▲▲▲▲ 红色预警",
        "色乌绒二号坡滑坡红色预警",
        "马上撤离",
        "村小学操场",
        "康定市",
        "2026-11-22 10:00",
        "2026-11-23 10:00",
    ):
        assert words in said


def test_the_page_speaks_english_too(client, alert):
    said = text_of(client.get("/alerts/", headers={"Accept-Language": "en"}))

    assert "Red alert: Landslide" in said
    assert "Leave now!" in said
    assert not any(word in said for word in ("马上", "预警", "怎么办"))


def test_the_gravest_stands_first_and_exercises_stand_apart(client, alert, drill):
    publishing(an_incident("blue", site=a_site("other")), Level.BLUE, at=AT + HOUR)
    said = text_of(client.get("/alerts/"))

    assert said.index("红色预警") < said.index("蓝色预警") < said.index("不是真的险情") < said.index("【演练】")


def test_an_empty_page_says_so_and_what_to_look_out_for(client):
    said = text_of(client.get("/alerts/"))

    assert "现在没有生效的预警" in said
    assert "没有预警不等于没有危险" in said


def test_what_expired_and_nobody_lifted_stays_and_says_so(client, alert):
    with clock.frozen(AT + timedelta(days=3)):
        assert "还没有人解除" in text_of(client.get("/alerts/"))
        assert "还没有人解除" in text_of(client.get(f"/alerts/{alert.identifier}/"))
    publishing(alert.incident, Level.NONE, CANCEL, at=AT + 4 * 24 * HOUR)
    type(alert.incident).objects.update(state=IncidentState.LIFTED)
    with clock.frozen(AT + timedelta(days=4)):
        assert "现在没有生效的预警" in text_of(client.get("/alerts/"))


def test_a_notice_leads_to_what_took_its_place(client, alert):
    later = publishing(alert.incident, Level.ORANGE, UPDATE, at=AT + HOUR)
    page = html.fromstring(client.get(f"/alerts/{alert.identifier}/").content)

    assert page.xpath(f"//a[@href='/alerts/{later.identifier}/']")
    assert "已经被新的代替" not in text_of(client.get(f"/alerts/{later.identifier}/"))


def test_strangers_learn_nothing_but_what_was_published(client, alert):
    published = client.get(f"/cap/{alert.identifier}.xml").content.decode()
    for path in ("/alerts/", f"/alerts/{alert.identifier}/", "/cap/"):
        page = client.get(path).content.decode()
        assert "consultation_lead" not in page
        assert "续发" not in page
    assert "consultation_lead" not in published
    for path in ("/cap/2.25.9.xml", "/cap/2.25.9.gb.xml", "/alerts/2.25.9/", "/cap/certificate.pem"):
        assert client.get(path).status_code == 404


def test_who_decides_levels_lets_an_alert_hold_longer_from_its_page(sign_in, alert):
    lead, officer = (sign_in(role, programme="zj-ganzi") for role in ("consultation_lead", "duty_officer"))
    path = f"/alerts/{alert.identifier}/"
    assert "续发" in text_of(lead.get(path))
    assert "续发" not in text_of(officer.get(path))
    assert officer.post(f"{path}prolong").status_code == 403
    assert Client().post(f"{path}prolong").status_code == 302

    with clock.frozen(AT + HOUR):
        answer = lead.post(f"{path}prolong", follow=True)
    later = Alert.objects.get(follows=alert)
    assert later.expires == AT + 25 * HOUR
    assert answer.redirect_chain == [(f"/alerts/{later.identifier}/", 302)]


def test_the_certificate_is_there_and_the_key_never_is(client, settings, tmp_path):
    key, certificate = a_key()
    (tmp_path / "both.pem").write_bytes(key + certificate)
    (tmp_path / "c.pem").write_bytes(certificate)
    settings.CAP_CERTIFICATE = str(tmp_path / "c.pem")
    assert client.get("/cap/certificate.pem").content == certificate
    assert "证书" in text_of(client.get("/cap/"))
    settings.CAP_CERTIFICATE = str(tmp_path / "both.pem")
    assert client.get("/cap/certificate.pem").status_code == 404


def test_an_alert_after_gb_has_its_identifier_and_times(client, settings, site):
    settings.CAP_GB_UNIT = "0010020A"
    alert = publishing(an_incident("red", site=site))
    root = etree.fromstring(client.get(f"/cap/{alert.identifier}.gb.xml").content)

    assert root.findtext("identifier") == "5133010010020A_20261122100000_0"
    assert root.findtext("sent") == "2026-11-22 10:00:00+08:00"
    assert root.findtext("info/expires") == "2026-11-23 10:00:00+08:00"


def test_an_alert_that_had_no_identifier_of_gb_has_none_later(client, settings, alert):
    settings.CAP_GB_UNIT = "0010020A"

    assert client.get(f"/cap/{alert.identifier}.gb.xml").status_code == 404
