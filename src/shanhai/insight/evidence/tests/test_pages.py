# SPDX-License-Identifier: Apache-2.0
"""The pages of evidence: what is typed stays, what is not ours is escaped, strangers find nothing."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shanhai.insight.evidence.models import Fact, FoundClaim, Indicator, Source
from shanhai.insight.evidence.tests.builders import TEXT, a_source, an_indicator, claim_of
from shanhai.kernel import clock
from shanhai.registers.documents.tests.builders import PDF
from tests.cast import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ganzi")]
TAKE_IN = "/evidence/take-in/?programme=zj-ganzi"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


@pytest.fixture
def officer(ganzi, sign_in, frozen_clock):
    return sign_in("information_officer", programme="zj-ganzi")


def text_of(answer):
    return answer.content.decode()


def test_a_paste_is_taken_in_and_leads_to_its_numbers(officer):
    given = {"text": TEXT, "title": "简报", "outlet": "甘孜日报", "level": "prefecture", "published_on": "2023-04-14"}

    answer = officer.post(TAKE_IN, given)
    with clock.frozen(AT + timedelta(minutes=5)):
        again = officer.post(TAKE_IN, given, follow=True)

    source = Source.objects.get()
    assert answer["Location"] == f"/evidence/sources/{source.uuid}/"
    assert "收过了" in text_of(again)


def test_what_a_text_says_of_itself_is_suggested_and_not_saved_before_a_person_has_looked(officer):
    file = SimpleUploadedFile("简报.txt", TEXT.encode("gb18030"))

    first = officer.post(TAKE_IN, {"text": "", "title": "", "outlet": "", "level": "prefecture", "file": file})

    page = text_of(first)
    assert (first.status_code, Source.objects.count()) == (422, 0)
    for value in ("对口支援甘孜工作简报", "甘孜日报", "2023-04-14"):
        assert f'value="{value}"' in page
    ticket = re.search(r'name="held-file" value="([^"]+)"', page)[1]
    shown = {"title": "对口支援甘孜工作简报", "outlet": "甘孜日报", "published_on": "2023-04-14", "level": "prefecture"}
    officer.post(TAKE_IN, {**shown, "text": "", "held-file": ticket})
    assert Source.objects.get().published_on == date(2023, 4, 14)


def test_one_way_or_the_other_and_what_was_typed_stays(officer):
    given = {"text": TEXT, "title": "自拟标题", "outlet": "", "level": "", "file": SimpleUploadedFile("a.pdf", PDF)}

    answer = officer.post(TAKE_IN, given)

    assert answer.status_code == 422
    assert "二者选一" in text_of(answer)
    assert "自拟标题" in text_of(answer)
    assert "7.2亿元" in text_of(answer)


def test_a_number_is_decided_on_the_page_and_the_next_one_comes(officer):
    source, indicator = a_source(), an_indicator()
    claim = claim_of(source, "92所")

    page = text_of(officer.get(f"/evidence/sources/{source.uuid}/?claim={claim.number}"))
    answer = officer.post(
        f"/evidence/claims/{claim.uuid}/decide", {"to": "accepted", "indicator": indicator.uuid, "period": "2022"}
    )

    assert f'id="c-{claim.number}"' in page
    assert f'<option value="{indicator.uuid}" selected>' in page
    assert answer["Location"] == f"/evidence/sources/{source.uuid}/?claim={claim_of(source, '500余人').number}#decide"
    assert Fact.objects.get().claim == claim
    shown = text_of(officer.get(f"/evidence/indicators/{indicator.uuid}/"))
    assert claim.url.replace("&", "&amp;") in shown
    assert "结对学校达到92所" in shown


def test_a_refused_decision_keeps_what_was_typed(officer):
    claim = claim_of(a_source(), "92所")

    answer = officer.post(
        f"/evidence/claims/{claim.uuid}/decide", {"to": "corrected", "meant_value": "85", "because": ""}
    )

    assert answer.status_code == 400
    assert 'value="85"' in text_of(answer)
    assert "请写明为什么" in text_of(answer)
    assert FoundClaim.objects.get(pk=claim.pk).state == "proposed"


def test_who_comes_second_sees_what_the_first_has_decided(officer, sign_in):
    claim = claim_of(a_source(), "92所")
    address = f"/evidence/claims/{claim.uuid}/decide"
    officer.post(address, {"to": "rejected", "because": "重复报道"})

    answer = sign_in("office").post(address, {"to": "accepted"})

    assert answer.status_code == 409
    assert "重复报道" in text_of(answer)
    assert "现在是“不采用”" in text_of(answer)


def test_a_decision_is_taken_back_on_the_page(officer):
    claim = claim_of(a_source(), "92所")
    officer.post(f"/evidence/claims/{claim.uuid}/decide", {"to": "accepted"})

    missing = officer.post(f"/evidence/claims/{claim.uuid}/take-back", {"because": ""})
    done = officer.post(f"/evidence/claims/{claim.uuid}/take-back", {"because": "看错"}, follow=True)

    assert (missing.status_code, done.status_code) == (422, 200)
    assert "看错" in text_of(done)
    assert FoundClaim.objects.get(pk=claim.pk).state == "proposed"


def test_what_others_wrote_is_shown_and_never_run(officer):
    text = '<script>alert("7亿元")</script>结对学校"><img src=x onerror=alert(1)>92所。'
    source = a_source(text=text, title="<b>标题</b>", outlet="<i>报</i>")

    for address in ("/evidence/?programme=zj-ganzi", f"/evidence/sources/{source.uuid}/"):
        page = text_of(officer.get(address))
        assert "&lt;b&gt;标题" in page
        assert not re.search(r"<script>alert|<img src=x|<b>标题|<i>报", page)


def test_a_damaged_place_is_said_in_words(officer):
    source = a_source(text="结对学校\ue789达到92所。")

    page = text_of(officer.get(f"/evidence/sources/{source.uuid}/"))

    assert "（原文缺损）" in page
    assert "这一句原文有缺损" in page


def test_the_list_is_filtered_and_says_what_comes_next(officer, sign_in):
    assert "还没有收过材料" in text_of(officer.get("/evidence/?programme=zj-ganzi"))
    a_source(text="座谈，没有数。", title="座谈会")
    a_source()

    waiting = text_of(officer.get("/evidence/?programme=zj-ganzi&waiting=on"))
    central = text_of(officer.get("/evidence/?programme=zj-ganzi&level=central"))

    assert ("对口支援甘孜工作简报" in waiting, "座谈会" in waiting) == (True, False)
    assert "没有符合条件的材料" in central
    assert TAKE_IN not in text_of(sign_in("auditor").get("/evidence/?programme=zj-ganzi"))


def test_strangers_find_nothing_and_who_only_reads_changes_nothing(officer, sign_in):
    source, indicator = a_source(), an_indicator()
    claim = claim_of(source, "92所")
    stranger, auditor = sign_in("information_officer", username="other", programme="zj-aksu"), sign_in("auditor")

    pages = [f"/evidence/sources/{source.uuid}/", f"/evidence/indicators/{indicator.uuid}/"]
    acts = [f"/evidence/claims/{claim.uuid}/{act}" for act in ("decide", "take-back")]
    acts += [f"/evidence/sources/{source.uuid}/read-again", f"/evidence/indicators/{indicator.uuid}/enter"]
    for address in (*pages, f"/evidence/sources/{uuid4()}/", "/evidence/?programme=zj-ganzi"):
        assert stranger.get(address).status_code == 404
    for act in acts:
        assert stranger.post(act, {"to": "accepted", "because": "x"}).status_code == 404
        assert auditor.post(act, {"to": "accepted", "because": "x"}).status_code == 403
    for address in pages:
        assert auditor.get(address).status_code == 200
    assert auditor.get(TAKE_IN).status_code == 403


def test_indicators_are_made_and_corrected_on_pages(officer):
    row = {"code": "paired-schools", "name": "结对学校", "unit": "school", "period": "year"}

    bad = officer.post("/evidence/indicators/new/?programme=zj-ganzi", {**row, "code": "Paired"})
    good = officer.post("/evidence/indicators/new/?programme=zj-ganzi", row)
    made = Indicator.objects.get()
    corrected = officer.post(
        f"/evidence/indicators/{made.uuid}/correct", {**row, "owner": "教育组", "because": "定归口", "seen": "{}"}
    )

    assert (bad.status_code, good["Location"]) == (400, f"/evidence/indicators/{made.uuid}/")
    assert "小写字母" in text_of(bad)
    assert corrected.status_code == 302
    assert Indicator.objects.get().owner == "教育组"
    assert "结对学校" in text_of(officer.get("/evidence/indicators/?programme=zj-ganzi&text=paired"))


def test_pages_ask_the_database_a_fixed_number_of_times(officer, django_assert_max_num_queries):
    source = a_source(text="结对学校92所。" * 60)
    indicator = an_indicator()
    for number in range(4):
        a_source(text=f"第{number}篇，学校{number + 3}所。")

    for address, most in (
        ("/evidence/?programme=zj-ganzi", 14),
        (f"/evidence/sources/{source.uuid}/?claim=7", 20),
        (f"/evidence/indicators/{indicator.uuid}/", 75),
    ):
        with django_assert_max_num_queries(most):
            assert officer.get(address).status_code == 200


def test_the_search_box_finds_titles_and_indicators(officer):
    a_source()
    an_indicator()

    page = text_of(officer.get("/search/?q=结对学校"))
    assert "/evidence/indicators/" in page
    assert "/evidence/sources/" in text_of(officer.get("/search/?q=甘孜日报"))
