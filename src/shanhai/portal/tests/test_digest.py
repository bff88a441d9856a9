# SPDX-License-Identifier: Apache-2.0
"""The digest by e-mail, through a real SMTP server on this machine."""

import email
import socket
import socketserver
import threading
from datetime import timedelta
from email import policy
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace

import pytest
from django.test import Client
from structlog.testing import capture_logs

from shanhai.base.accounts.models import DigestLetter, User
from shanhai.base.accounts.services import letters
from shanhai.base.accounts.values import Digest
from shanhai.kernel.actors import system
from shanhai.kernel.registry import registries
from shanhai.planning.programmes.models import GroupMember
from shanhai.planning.programmes.tests.builders import a_group, a_programme
from shanhai.planning.rounds.tests.builders import a_round
from shanhai.portal.services import send_digests
from tests.cast import AT, a_user, actor_of

pytestmark = pytest.mark.django_db(transaction=True)
BY = system("worker")


class Mailbox(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client that sends one letter needs."""

    def handle(self):
        self.say("220 ready")
        while line := self.rfile.readline().strip():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.say("354 go on")
                self.server.letters.append(self.letter())
                self.say("250 taken")
            elif verb == b"RCPT" and self.server.refuses in line.decode():
                self.say("550 no such mailbox")
            elif verb == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 ok")

    def letter(self):
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line)
        return email.message_from_bytes(b"".join(lines), policy=policy.default)

    def say(self, text):
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def post(settings):
    """The letters that arrive, in order."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mailbox) as server:
        server.letters, server.refuses = [], "nobody-refuses@"
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.PUBLIC_URL = "https://shanhai.example/"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def a_reader(username="lead", digest=Digest.DAILY, language="zh-hans", member=True, **kw):
    user = a_user("work_group_lead", username=username, **{"programme": "zj-ganzi", **kw})
    User.objects.filter(pk=user.pk).update(email=f"{username}@example.org")
    letters.choose_digest(by=actor_of(user), at=AT, digest=digest, language=language)
    if member:
        GroupMember.objects.create(group=a_group(members=()), ref=actor_of(user).ref, since=AT)
    return user


@pytest.fixture(autouse=True)
def programme():
    a_programme()
    a_group(members=())


def test_a_letter_says_what_waits_with_links_to_it(post):
    a_reader()
    found = a_round()

    assert send_digests(by=BY, at=AT) == 1

    (letter,) = post.letters
    assert letter["To"] == "lead@example.org"
    assert "2026-11-22" in letter["Subject"]
    text = letter.get_body(("plain",)).get_content()
    assert f"https://shanhai.example/rounds/reports/{found.reports.get().uuid}/" in text
    assert "产业组 2022 年 9 月月报" in text
    assert "产业组 2022 年 9 月月报" in letter.get_body(("html",)).get_content()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_nobody_gets_two_on_a_day(post):
    a_reader()
    a_round()

    sent = [send_digests(by=BY, at=AT + timedelta(hours=hours)) for hours in (0, 1, 24)]

    assert sent == [1, 0, 1]
    assert len(post.letters) == 2


def test_nothing_is_written_to_whom_nothing_waits_for(post):
    a_reader()
    a_reader("outsider", member=False)

    assert send_digests(by=BY, at=AT) == 0
    assert not DigestLetter.objects.exists()


def test_weekly_letters_go_on_mondays(post):
    a_reader(digest=Digest.WEEKLY)
    a_round()

    sunday, monday = send_digests(by=BY, at=AT), send_digests(by=BY, at=AT + timedelta(days=1))

    assert (sunday, monday) == (0, 1)


def test_it_is_written_in_the_readers_language(post):
    a_reader("anna", language="en")
    a_round()

    send_digests(by=BY, at=AT)

    assert "Hello" in post.letters[0].get_body(("plain",)).get_content()


def test_a_letter_tells_nothing_of_a_programme_its_reader_may_not_see(post):
    a_programme(code="zj-aksu", recipient="652900")
    a_group(programme="zj-aksu", name="援疆组", members=())
    a_round(programme="zj-aksu")
    user = a_reader()
    GroupMember.objects.create(group=a_group(programme="zj-aksu", name="援疆组"), ref=actor_of(user).ref, since=AT)

    assert send_digests(by=BY, at=AT) == 0


def test_one_mailbox_that_refuses_does_not_keep_the_others_letters(post):
    a_reader("first")
    a_reader("second")
    a_round()
    post.refuses = "first@example.org"

    assert send_digests(by=BY, at=AT) == 1
    assert [letter["To"] for letter in post.letters] == ["second@example.org"]


def test_the_log_names_nobody_by_his_address(post):
    a_reader("first")
    a_round()
    post.refuses = "first@example.org"

    with capture_logs() as lines:
        send_digests(by=BY, at=AT)

    assert [line["error"] for line in lines] == ["SMTPRecipientsRefused"]
    assert "first@example.org" not in str(lines)


def test_while_the_server_is_away_nothing_is_given_up(post, settings):
    monday, port = AT + timedelta(days=1), settings.EMAIL_PORT
    a_reader(digest=Digest.WEEKLY)
    a_round()
    with socket.create_server(("127.0.0.1", 0)) as closed:
        settings.EMAIL_PORT = closed.getsockname()[1]

    with pytest.raises(ConnectionRefusedError):
        send_digests(by=BY, at=monday)
    settings.EMAIL_PORT = port

    assert send_digests(by=BY, at=monday + timedelta(hours=1)) == 1


def test_a_server_that_says_nothing_is_not_waited_for(post, settings):
    assert settings.EMAIL_TIMEOUT == 20
    settings.EMAIL_TIMEOUT = 0.2
    a_reader()
    a_round()

    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_PORT = silent.getsockname()[1]
        with pytest.raises(SMTPServerDisconnected, match="timed out"):
            send_digests(by=BY, at=AT)

    assert not DigestLetter.objects.exists()


def test_what_cannot_be_told_to_one_is_told_to_the_others_and_then_said(post, monkeypatch):
    first = actor_of(a_reader("first")).ref
    a_reader("second")
    a_round()

    def find(viewer, programme, at):
        if viewer.ref == first:
            raise ValueError("one bad row")
        return ()

    source = SimpleNamespace(key="test.broken", order=1, find=find)
    monkeypatch.setitem(registries.todos._items, source.key, source)

    with pytest.raises(ValueError, match="one bad row"):
        send_digests(by=BY, at=AT)

    assert [letter["To"] for letter in post.letters] == ["second@example.org"]


def test_who_has_left_gets_none(post):
    user = a_reader()
    a_round()
    User.objects.filter(pk=user.pk).update(is_active=False)

    assert send_digests(by=BY, at=AT) == 0


def test_the_link_in_a_letter_stops_them_without_signing_in(post):
    user = a_reader()
    a_round()
    send_digests(by=BY, at=AT)
    path = post.letters[0]["List-Unsubscribe"].strip(" <>").removeprefix("https://shanhai.example")

    asked = Client(enforce_csrf_checks=True).get(path)
    user.refresh_from_db()
    still = user.digest
    stopped = Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"})

    user.refresh_from_db()
    assert (asked.status_code, still) == (200, "daily")
    assert (stopped.status_code, user.digest) == (200, "off")
    assert send_digests(by=BY, at=AT + timedelta(days=1)) == 0


@pytest.mark.parametrize("token", ["x", "user:1:abc", "user:00000000-0000-7000-8000-000000000000:forged"])
def test_a_forged_link_stops_nothing(token):
    user = a_reader()

    assert Client().get(f"/accounts/digest/stop/{token}/").status_code == 404
    assert Client().post(f"/accounts/digest/stop/{token}/").status_code == 404

    user.refresh_from_db()
    assert user.digest == "daily"
