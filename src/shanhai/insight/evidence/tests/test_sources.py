# SPDX-License-Identifier: Apache-2.0
"""Taking in, deciding, taking back, reading again: the services."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.insight.evidence.models import FoundClaim, Source
from shanhai.insight.evidence.sources import selectors, services
from shanhai.insight.evidence.sources.providers import Texts
from shanhai.insight.evidence.states import DECIDED, ClaimState
from shanhai.insight.evidence.tests.builders import TEXT, a_source, claim_of
from shanhai.insight.evidence.texts.values import Original
from shanhai.insight.evidence.values import Bound, Meant
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.kernel.messages import message
from shanhai.kernel.states import IllegalMove
from shanhai.registers.documents.tests.builders import EXE, PDF
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, STRANGER, actor, waiting_for
from tests.refusals import refused

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ganzi")]
OFFICER = actor("information_officer", programme="zj-ganzi")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


def decide(claim, to=ClaimState.ACCEPTED, *, by=OFFICE, **given):
    return services.decide_claim(by=by, at=AT, claim=claim.uuid, to=to, **given)


def test_a_publication_is_kept_as_it_came_with_its_numbers_and_their_sentences():
    source = a_source(by=OFFICER)

    claim = claim_of(source, "7.2亿元")
    assert source.text == TEXT
    assert (claim.value, claim.unit, claim.bound) == (Decimal(720_000_000), "元", Bound.EXACT)
    assert source.text[claim.start : claim.end] == "7.2亿元"
    assert "到位援建资金" in claim.sentence
    assert claim_of(source, "500余人").bound == Bound.AT_LEAST
    assert AuditRow.objects.filter(action="evidence.source.taken_in", subject_id=str(source.uuid)).exists()


def test_the_same_bytes_lead_to_the_source_that_is_there():
    first = a_source()

    assert a_source(title="另一个标题") == first
    assert Source.objects.get().title == "对口支援甘孜工作简报"


@pytest.mark.parametrize("who", [AUDITOR, KANGDING, actor("information_officer", programme="zj-aksu")])
def test_only_who_manages_the_evidence_of_the_programme_takes_in_and_decides(who):
    source = a_source()
    claim = source.claims.first()

    with pytest.raises((NotAllowed, NotVisible)):
        a_source(text="别的", by=who)
    with pytest.raises((NotAllowed, NotVisible)):
        decide(claim, by=who)
    assert Source.objects.count() == 1
    assert not FoundClaim.objects.exclude(state=ClaimState.PROPOSED).exists()


def test_strangers_see_nothing_and_the_county_reads():
    source = a_source()

    with pytest.raises(NotVisible):
        selectors.get_source(viewer=STRANGER, uuid=source.uuid)
    assert selectors.get_source(viewer=KANGDING, uuid=source.uuid) == source


def test_a_scan_is_kept_and_says_that_nothing_could_be_read(monkeypatch):
    scan = Original("", {}, (message("这是扫描件，没有文字。"),))
    monkeypatch.setattr(services, "open_text", lambda **_given: scan)

    source = a_source(text=PDF, name="扫描件.pdf")

    assert (source.text, source.claims.count()) == ("", 0)
    assert source.notes


def test_a_publication_without_a_number_is_as_good_as_another():
    assert a_source(text="双方座谈，沟通协作机制。").claims.count() == 0


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "  "}, "title"),
        ({"outlet": "长" * 61}, "outlet"),
        ({"published_on": date(2026, 11, 23)}, "published_on"),
        ({"text": EXE, "name": "程序.txt"}, "file"),
        ({"text": "字" * 300_001}, "file"),
        ({"text": "一共1个。" * 3_001}, "file"),
        ({"url": "javascript:alert(1)"}, "url"),
    ],
)
def test_what_cannot_be_taken_in_is_told_beside_its_field_and_nothing_is_stored(given, field):
    with pytest.raises(BadInput) as caught:
        a_source(**given)

    assert caught.value.field == field
    assert Source.objects.count() == 0


def test_what_is_printed_instead_names_what_it_replaces():
    first = a_source()
    second = a_source(text=TEXT.replace("120个", "112个"), replaces=first.uuid)

    assert second.replaces == first
    assert selectors.list_replacing(viewer=OFFICE, source=first) == [second]


def test_a_correction_keeps_what_the_text_says_beside_what_is_meant():
    claim = claim_of(a_source(), "7.2亿元")

    found = decide(claim, ClaimState.CORRECTED, because="县里核过", meant=Meant(Decimal(717_000_000), "元"))

    assert (found.stated.value, found.meant.value) == (720_000_000, 717_000_000)
    row = AuditRow.objects.get(action="evidence.claim.corrected")
    assert row.changes["meant"] == ["720000000", "717000000 元"]


@pytest.mark.parametrize(
    ("to", "given", "field"),
    [
        (ClaimState.REJECTED, {}, "because"),
        (ClaimState.CORRECTED, {"meant": Meant(Decimal(1), "个")}, "because"),
        (ClaimState.CORRECTED, {"because": "核过"}, "meant_value"),
        (ClaimState.CORRECTED, {"because": "核过", "meant": Meant(Decimal(120), "个")}, "meant_value"),
        (ClaimState.CORRECTED, {"because": "核过", "meant": Meant(Decimal(10) ** 18, "个")}, "meant_value"),
    ],
)
def test_a_decision_says_why_and_what_is_meant(to, given, field):
    claim = claim_of(a_source(), "120个")

    with pytest.raises(BadInput) as caught:
        decide(claim, to, **given)

    assert caught.value.field == field
    assert FoundClaim.objects.get(pk=claim.pk).state == ClaimState.PROPOSED


def test_a_number_in_a_damaged_sentence_is_taken_only_with_a_word_on_what_was_checked():
    claim = claim_of(a_source(text="结对学校\ue789达到92所。"), "92所")

    with refused(BadInput, match="原文有缺损"):
        decide(claim)
    assert decide(claim, because="对照了报纸版").state == ClaimState.ACCEPTED


@pytest.mark.parametrize("second", sorted(DECIDED))
def test_who_decides_second_is_told_and_overwrites_nothing(second):
    claim = claim_of(a_source(), "92所")
    decide(claim, ClaimState.REJECTED, because="重复")

    with pytest.raises(IllegalMove):
        decide(claim, second, by=OFFICER, because="我看是对的", meant=Meant(Decimal(1), "所"))

    found = FoundClaim.objects.get(pk=claim.pk)
    assert (found.state, found.decided_by, found.because) == (ClaimState.REJECTED, OFFICE.ref, "重复")


def test_a_decision_is_taken_back_for_a_reason_and_its_history_stays():
    claim = claim_of(a_source(), "92所")
    decide(claim)

    with refused(BadInput, "evidence.reason_missing"):
        services.take_back(by=OFFICE, at=AT, claim=claim.uuid, because=" ")
    found = services.take_back(by=OFFICE, at=AT, claim=claim.uuid, because="看错了行")

    assert (found.state, found.decided_at) == (ClaimState.PROPOSED, None)
    assert [(move.new, move.because) for move in selectors.list_moves(found)] == [
        ("proposed", "看错了行"),
        ("accepted", ""),
    ]


def test_reading_again_keeps_what_was_decided_and_finds_the_rest_anew(monkeypatch):
    source = a_source()
    decided = decide(claim_of(source, "92所"), ClaimState.REJECTED, because="重复")
    extract = selectors.extract

    def better(*given, **kw):
        return tuple(replace(one, subject="读得更细") for one in extract(*given, **kw) if one.text != "120个")

    monkeypatch.setattr(selectors, "extract", better)
    monkeypatch.setattr(services, "READER", "2")
    again = services.read_again(by=OFFICER, at=AT, source=source.uuid)

    found = {one.text: one for one in selectors.list_claims(viewer=OFFICE, source=again)}
    assert again.reader == "2"
    assert set(found) == {"7.2亿元", "92所", "500余人"}
    assert found["92所"] == decided
    assert (found["92所"].because, found["7.2亿元"].subject_phrase) == ("重复", "读得更细")


def test_what_waits_is_a_line_a_source_for_who_may_decide():
    source = a_source()
    a_source(text="没有数。")

    assert waiting_for(OFFICER, "evidence.waiting") == [f"/evidence/sources/{source.uuid}/"]
    assert waiting_for(AUDITOR, "evidence.waiting") == []
    for claim in source.claims.all():
        decide(claim)
    assert waiting_for(OFFICER, "evidence.waiting") == []


def test_an_altered_text_is_found():
    source = a_source()
    assert Texts().run() == ()

    Source.objects.filter(pk=source.pk).update(text=TEXT.replace("92", "93"))
    assert Texts().run() == (f"source {source.uuid}: the text was altered",)
