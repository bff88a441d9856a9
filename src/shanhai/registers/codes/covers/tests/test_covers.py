# SPDX-License-Identifier: Apache-2.0
"""Covered codes: printed once, told when they were first opened, never called genuine, and not to be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db.models import Sum
from django.test import Client

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.kernel.codes import CodeKind, CodeStanding
from shanhai.kernel.errors import BadInput, NotVisible, Refused
from shanhai.kernel.messages import message
from shanhai.kernel.registry import registries
from shanhai.kernel.states import IllegalMove
from shanhai.registers.codes.covers import services
from shanhai.registers.codes.covers.rules import secrets
from shanhai.registers.codes.covers.services import TooMany, close_signal, covered_sheet, reveal
from shanhai.registers.codes.covers.values import Answer, Outcome
from shanhai.registers.codes.issue.services import activate, revoke, sheet_pdf
from shanhai.registers.codes.issue.tests.test_issuing import a_batch
from shanhai.registers.codes.models import Code, Cover, Reveal, Signal, Tally
from shanhai.registers.places.tests.builders import a_division
from tests.cast import AT, AUDITOR, OFFICE, STRANGER, waiting_for

pytestmark = pytest.mark.django_db
HANGZHOU, GANZI, WENZHOU = "330100", "513300", "330300"


@dataclass
class Boxes(CodeKind):
    """A kind whose boxes are shipped, and recalled, as a test says."""

    shipped_at: datetime | None = AT
    recalled: bool = False
    key = "testbox"
    label = message("箱")
    keys = ()

    def standing(self, *, identifier: str, viewer: Actor, at: datetime) -> CodeStanding | None:
        return CodeStanding("一箱", (), self.shipped_at, self.recalled)


@pytest.fixture
def boxes() -> Iterator[Boxes]:
    registries.codes.add(kind := Boxes())
    yield kind
    del registries.codes._items["testbox"]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch, boxes: Boxes) -> list[tuple[Code, str]]:
    """Two active labels with what is under their covers."""
    for place in (HANGZHOU, WENZHOU, GANZI):
        a_division(place)
    drawn: list[str] = []
    monkeypatch.setattr(services, "draw", lambda: drawn.append(secrets.draw()) or drawn[-1])
    batch = a_batch(2, kind="testbox", covered=True)
    assert covered_sheet(batch=batch.uuid, size="a4-24", by=OFFICE, at=AT).startswith(b"%PDF")
    activate(batch=batch.uuid, by=OFFICE, at=AT)
    return list(zip(batch.codes.order_by("number"), drawn, strict=True))


def opened(code: str, typed: str, *, place: str = HANGZHOU, hours: float = 0, address: str = "192.0.2.1") -> Answer:
    at = AT + timedelta(hours=hours)
    return reveal(code=code, typed=typed, place=place, address=address, by=NOBODY, at=at)


def kinds() -> list[str]:
    return sorted(Signal.objects.values_list("kind", flat=True))


def test_the_first_reveal_is_told_to_all_that_come_after(printed: Any) -> None:
    code, cover = printed[0]
    first = opened(code.path, f"{cover[:4]} {cover[4:8]}-{cover[8:]}")
    assert (first.outcome, first.first_at, first.first_place, first.count) == (Outcome.FIRST, AT, HANGZHOU, 1)

    again = opened(code.identifier, cover, place=WENZHOU, hours=3)
    assert (again.outcome, again.first_at, again.first_place, again.count) == (Outcome.AGAIN, AT, HANGZHOU, 2)
    assert opened(code.signs.lower(), cover, place="").outcome == Outcome.AGAIN
    assert kinds() == []
    assert AuditRow.objects.filter(action="codes.cover.opened").count() == 1


def test_nothing_of_a_cover_or_an_address_is_kept(printed: Any) -> None:
    code, cover = printed[0]
    opened(code.path, cover, address="203.0.113.77")
    kept = str([*Cover.objects.values(), *Reveal.objects.values(), *Tally.objects.values(), *AuditRow.objects.values()])
    assert cover not in kept
    assert "203.0.113" not in kept
    assert Tally.objects.count() == 3
    opened(code.path, cover, hours=1.1, address="198.51.100.9")
    assert Tally.objects.count() == 3, "those of the hour before are erased"


def test_wrong_and_unknown_are_answered_alike(printed: Any, client: Client, django_assert_num_queries: Any) -> None:
    (code, cover), (other, other_cover) = printed
    told = set()
    for label, typed in ((code.path, other_cover), ("/x/testbox/4ACD7PKTXW9HM", cover), (code.path, "1" * 16)):
        with django_assert_num_queries(10):  # of the page, too
            answer = client.post("/reveal/", {"code": label, "typed": typed, "place": ""})
        text = re.sub(r"<form.*?</form>", "", answer.content.decode(), flags=re.DOTALL)
        told.add((answer.status_code, text))
    assert len(told) == 1
    assert other.cover.count == 0
    # To see the page in another language is no trial that nobody counts.
    tried = Tally.objects.aggregate(Sum("count"))
    client.post("/reveal/", {"code": other.path, "typed": other_cover, "place": "", "set_language": "en"})
    assert (Tally.objects.aggregate(Sum("count")), other.cover.count) == (tried, 0)


@pytest.mark.parametrize("typed", ["", "0" * 16, "９" * 16, "x" * 40, "1" * 15, "\x00" * 16])
def test_what_is_no_cover_opens_nothing(printed: Any, typed: str) -> None:
    assert opened(printed[0][0].path, typed).outcome == Outcome.WRONG


def test_two_provinces_within_a_day_are_a_signal(printed: Any) -> None:
    code, cover = printed[0]
    opened(code.path, cover, place=HANGZHOU)
    opened(code.path, cover, place=WENZHOU, hours=2)
    assert kinds() == []
    opened(code.path, cover, place=GANZI, hours=26.5)
    assert kinds() == []
    opened(code.path, cover, place=HANGZHOU, hours=30)
    found = Signal.objects.get()
    assert (found.kind, found.facts["place"], found.facts["other_place"]) == ("two_provinces", HANGZHOU, GANZI)


def test_too_early_recalled_and_revoked(printed: Any, boxes: Boxes) -> None:
    (code, cover), (other, other_cover) = printed
    boxes.shipped_at = None
    opened(code.path, cover)
    assert kinds() == ["before_shipping"]
    boxes.shipped_at, boxes.recalled = AT - timedelta(days=1), True
    assert opened(other.path, other_cover).recalled
    assert kinds() == ["before_shipping", "recalled"]
    revoke(batch=code.batch.uuid, because="流出", by=OFFICE, at=AT)
    assert opened(code.path, cover).outcome == Outcome.REVOKED


def test_a_cover_that_is_not_in_use_yet_is_a_signal(monkeypatch: pytest.MonkeyPatch, boxes: Boxes) -> None:
    monkeypatch.setattr(services, "draw", lambda: "1" * 16)
    # Nobody has said that the label of the box is on it; but the box was shipped.
    shipped, batch = a_batch(1, kind=boxes.key, covered=True), a_batch(1, covered=True)
    for one, told in ((shipped, []), (batch, ["before_shipping"])):
        covered_sheet(batch=one.uuid, size="a4-24", by=OFFICE, at=AT)
        assert opened(one.codes.get().path, "1" * 16).outcome == Outcome.FIRST
        assert kinds() == told


def test_covers_are_printed_once_and_never_without(printed: Any) -> None:
    batch = printed[0][0].batch
    with pytest.raises(Refused, match="已经印过"):
        covered_sheet(batch=batch.uuid, size="a4-24", by=OFFICE, at=AT)
    with pytest.raises(Refused, match="只能同覆盖码一起印"):
        sheet_pdf(batch=batch.uuid, size="a4-24", by=OFFICE, at=AT)
    with pytest.raises(Refused, match="没有覆盖码"):
        covered_sheet(batch=a_batch(1).uuid, size="a4-24", by=OFFICE, at=AT)
    assert Cover.objects.count() == 2


def test_guessing_is_bounded_by_address_by_code_and_in_all(printed: Any, settings: Any) -> None:
    code, cover = printed[0]
    settings.REVEALS_BY_ADDRESS, settings.REVEALS_OF_CODE, settings.REVEALS_IN_ALL = 3, 5, 8
    for trial in range(3):
        assert opened(code.path, f"{trial:016}", address="2001:db8:1:2::1").outcome == Outcome.WRONG
    with pytest.raises(TooMany):
        opened(code.path, cover, address="2001:db8:1:2::ffff")
    # What was refused uses up nothing of what others have.
    for _ in range(9):
        with pytest.raises(TooMany):
            opened(printed[1][0].path, cover, address="2001:db8:1:2::ffff")
    for _ in range(2):
        assert opened(code.path, "0" * 16, address="2001:db8:1:3::1").outcome == Outcome.WRONG
    assert kinds() == ["many_wrong"]
    with pytest.raises(TooMany):
        opened(code.path, cover, address="192.0.2.9")
    assert opened(printed[1][0].path, "0" * 16, address="192.0.2.10").outcome == Outcome.WRONG
    assert opened(printed[1][0].path, "0" * 16, address="192.0.2.11").outcome == Outcome.WRONG
    assert opened(printed[1][0].path, "0" * 16, address="192.0.2.13").outcome == Outcome.WRONG
    with pytest.raises(TooMany):
        opened(printed[1][0].path, printed[1][1], address="192.0.2.12")
    assert opened(code.path, cover, hours=1).outcome == Outcome.FIRST


def test_a_signal_waits_until_somebody_says_what_was_found(printed: Any, boxes: Boxes) -> None:
    code, cover = printed[0]
    boxes.recalled = True
    opened(code.path, cover)
    opened(code.path, cover, hours=1)
    signal = Signal.objects.get()
    assert signal.count == 2
    assert waiting_for(AUDITOR, "codes.waiting") == ["/codes/signals/"]
    assert waiting_for(STRANGER, "codes.waiting") == []
    with pytest.raises(NotVisible):
        close_signal(signal=signal.uuid, because="x", by=STRANGER, at=AT)
    with pytest.raises(BadInput):
        close_signal(signal=signal.uuid, because=" ", by=AUDITOR, at=AT)
    close_signal(signal=signal.uuid, because="门店没有下架，已下架", by=AUDITOR, at=AT)
    assert waiting_for(AUDITOR, "codes.waiting") == []
    with pytest.raises(IllegalMove):
        close_signal(signal=signal.uuid, because="又一次", by=AUDITOR, at=AT)
    opened(code.path, cover, hours=2)
    assert Signal.objects.filter(state="open").count() == 1


def test_the_page_is_small_needs_no_script_and_never_says_genuine(printed: Any, client: Client) -> None:
    code, cover = printed[0]
    shown = client.get(f"/reveal/?code={code.path}", headers={"accept-encoding": "gzip"})
    assert len(shown.content) <= 40_000
    for language, words in (("zh-hans", ("第一次揭开", "早已揭开")), ("en", ("first time", "opened before"))):
        Cover.objects.update(first_at=None, count=0)
        client.cookies["django_language"] = language
        for word in words:
            page = client.post("/reveal/", {"code": code.path, "typed": cover, "place": HANGZHOU}).content.decode()
            assert word in page
            assert "<script" not in page
            assert not re.search("正品|真品|genuine|authentic", page, re.IGNORECASE)
    assert client.post("/reveal/", {"code": "", "typed": ""}).status_code == 422


def test_behind_a_proxy_the_address_is_the_one_the_proxy_saw(printed: Any, client: Client, settings: Any) -> None:
    settings.REVEALS_BY_ADDRESS = 1
    asked = {"code": printed[0][0].path, "typed": "0" * 16, "place": ""}
    for forged in ("1.1.1.1", "2.2.2.2"):
        answer = client.post("/reveal/", asked, headers={"x-forwarded-for": forged})
    assert answer.status_code == 429
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for seen, status in (("9.9.9.9", 200), ("8.8.8.8", 200), ("8.8.8.8", 429)):
        answer = client.post("/reveal/", asked, headers={"x-forwarded-for": f"1.1.1.1, {seen}"})
        assert answer.status_code == status
