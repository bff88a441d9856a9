# SPDX-License-Identifier: Apache-2.0
"""What was published and honoured is counted with each entry behind the count; cases are reviewed and in versions."""

import re
from datetime import date
from hashlib import sha256

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shanhai.insight.reports.composing.selectors.bulletins import get_bulletin
from shanhai.insight.reports.models import Case, Mention
from shanhai.insight.reports.recognition import services
from shanhai.insight.reports.tests.builders import a_bulletin, a_case, a_mention
from shanhai.insight.reports.values import TEMPLATE, MediaLevel, MentionKind
from shanhai.kernel import proofs
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import FigureScope, Strength
from shanhai.kernel.states import IllegalMove
from shanhai.planning.projects.tests.builders import a_programme
from tests.cast import AT, AUDITOR, DEPUTY, OFFICE, STRANGER, waiting_for

pytestmark = pytest.mark.django_db
SCOPE = FigureScope("zj-ganzi", date(2026, 11, 22))


@pytest.fixture(autouse=True)
def programme():
    return a_programme()


def counts(scope=SCOPE, viewer=OFFICE):
    found = proofs.some_figures(viewer, scope, ["mentions"])
    return {key: int(one.value.number) for key, one in found.items() if one.value is not None}


def test_mentions_are_counted_by_level_channel_and_kind_with_each_entry_behind():
    a_mention(url="https://example.org/a")
    a_mention(level=MediaLevel.OWN, outlet="公众号", title="动态一")
    a_mention(level=MediaLevel.OWN, outlet="简报", title="动态二", on=date(2025, 3, 1))
    a_mention(kind=MentionKind.PRAISE, level=MediaLevel.PROVINCIAL, outlet="省对口办", document_number="〔2026〕1号")

    assert counts() == {
        "publicity:all": 3, "publicity:central": 1, "publicity:own": 2, "publicity:channel:公众号": 1,
        "publicity:channel:简报": 1, "recognition:praise": 1,
    }  # fmt: skip
    assert counts(FigureScope("zj-ganzi", date(2026, 9, 30), year=2026)) == {}
    assert counts(FigureScope("zj-ganzi", date(2026, 9, 30)))["publicity:all"] == 1
    assert counts(FigureScope("zj-ganzi", SCOPE.as_of, place="513301")) == {}
    page = proofs.evidence(OFFICE, SCOPE, "publicity:central", "part")
    assert [(row.label, row.strength, row.source.url) for row in page.rows] == [
        ("某报 · 高原新校", Strength.NEWS, f"/bulletins/mentions/{Mention.objects.get(outlet='某报').uuid}/")
    ]
    assert proofs.get_figure(OFFICE, SCOPE, "recognition:praise").strength is Strength.FORM
    assert proofs.get_figure(OFFICE, SCOPE, "publicity:own").strength is Strength.NONE


def test_a_scan_of_it_is_kept_and_opened_by_who_may_see_documents_there(sign_in):
    office = sign_in("office")
    given = {
        "programme": "zj-ganzi", "kind": "report", "level": "county", "title": "板报", "outlet": "县报",
        "on": "2026-11-01",
    }  # fmt: skip
    scan = SimpleUploadedFile("板报.pdf", b"%PDF-1.4\n% scan\n%%EOF\n")

    bad = office.post("/bulletins/publicity/", {**given, "file": SimpleUploadedFile("板报.pdf", b"MZ\x00\x01")})
    assert (bad.status_code, Mention.objects.count()) == (400, 0)
    assert office.post("/bulletins/publicity/", {**given, "file": scan}).status_code == 302

    mention = Mention.objects.get()
    auditor = sign_in("auditor")
    page = auditor.get(f"/bulletins/mentions/{mention.uuid}/").content.decode()
    (link,) = re.findall(r'href="(/documents/[^"]+/)">板报.pdf</a>', page)
    assert mention.file_sha256 == sha256(scan.open().read()).hexdigest()
    assert auditor.get(link).status_code == 200
    assert sign_in("office", programme="zj-aksu", username="elsewhere").get(link).status_code == 404
    (row,) = proofs.evidence(AUDITOR, SCOPE, "publicity:county", "part").rows
    assert row.strength == Strength.NEWS


def test_what_is_withdrawn_stays_and_no_longer_counts():
    found = a_mention()
    services.withdraw_mention(by=OFFICE, at=AT, mention=found.uuid, because="不是我们的")

    assert counts() == {}
    assert Mention.objects.get().withdrawn_because == "不是我们的"
    with pytest.raises(Refused):
        services.withdraw_mention(by=OFFICE, at=AT, mention=found.uuid, because="再来")
    a_mention()


def test_the_same_is_not_recorded_twice():
    a_mention()

    with pytest.raises(Conflict):
        a_mention()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "javascript:alert(1)"}, "url"),
        ({"url": "example.org"}, "url"),
        ({"title": " "}, "title"),
        ({"outlet": "长" * 101}, "outlet"),
        ({"title": "a\x00b"}, "title"),
        ({"on": date(2027, 1, 1)}, "on"),
        ({"on": date(1990, 1, 1)}, "on"),
    ],
    ids=str,
)
def test_what_cannot_be_recorded_is_said_beside_its_field(given, field):
    with pytest.raises(BadInput) as caught:
        a_mention(**given)
    assert caught.value.field == field
    assert not Mention.objects.exists()


def test_a_case_is_written_reviewed_by_another_and_revised():
    found = a_case(result="")
    with pytest.raises(Refused, match="成效"):
        services.submit_case(by=OFFICE, at=AT, case=found.uuid)
    texts = dict.fromkeys(TEMPLATE, "有")
    services.write_case(by=OFFICE, at=AT, programme="zj-ganzi", title="牦牛集群", texts=texts, case=found.uuid)
    services.submit_case(by=OFFICE, at=AT, case=found.uuid)
    assert waiting_for(DEPUTY, "bulletin.cases") == [f"/bulletins/cases/{found.uuid}/"]
    services.return_case(by=DEPUTY, at=AT, case=found.uuid, because="写明户数")
    assert waiting_for(OFFICE, "bulletin.cases") == [f"/bulletins/cases/{found.uuid}/"]
    services.submit_case(by=OFFICE, at=AT, case=found.uuid)
    services.accept_case(by=DEPUTY, at=AT, case=found.uuid)
    assert counts()["recognition:case"] == 1

    newer = services.revise_case(by=OFFICE, at=AT, case=found.uuid)
    services.submit_case(by=OFFICE, at=AT, case=newer.uuid)
    services.accept_case(by=DEPUTY, at=AT, case=newer.uuid)

    assert counts()["recognition:case"] == 1
    assert list(Case.objects.order_by("version").values_list("version", "state")) == [(1, "accepted"), (2, "accepted")]
    with pytest.raises(Conflict):
        services.write_case(by=OFFICE, at=AT, programme="zj-ganzi", title="改", texts={}, case=newer.uuid)


def test_who_may_not_write_or_review_is_refused():
    found = a_case()
    for who, answer in ((AUDITOR, NotAllowed), (STRANGER, NotVisible)):
        with pytest.raises(answer):
            services.submit_case(by=who, at=AT, case=found.uuid)
        with pytest.raises((NotAllowed, NotVisible)):
            a_mention(by=who)
    services.submit_case(by=OFFICE, at=AT, case=found.uuid)
    with pytest.raises(NotAllowed):
        services.accept_case(by=OFFICE, at=AT, case=found.uuid)
    services.write_case(by=DEPUTY, at=AT, programme="zj-ganzi", title="乙", texts=dict.fromkeys(TEMPLATE, "有"))
    own = Case.objects.get(title="乙")
    services.submit_case(by=DEPUTY, at=AT, case=own.uuid)
    with pytest.raises(NotAllowed, match="别人"):
        services.accept_case(by=DEPUTY, at=AT, case=own.uuid)
    with pytest.raises(IllegalMove):
        services.submit_case(by=DEPUTY, at=AT, case=own.uuid)


def test_counts_stand_in_a_bulletin_and_what_is_not_kept_is_said():
    a_mention()

    content = get_bulletin(viewer=OFFICE, uuid=a_bulletin(text="").uuid).content
    rows = {row[0].text: [cell.text for cell in row[1:3]] for row in content.parts[5].grid.rows}
    assert rows["中央媒体报道数"][0] == "1篇"
    assert rows["捐赠"] == ["没有登记", "本系统还没有这一类记录"]


def test_the_pages_record_and_count(sign_in):
    office = sign_in("office")
    given = {
        "programme": "zj-ganzi", "kind": "report", "level": "own", "title": "动态", "outlet": "公众号",
        "on": "2026-10-01",
    }  # fmt: skip
    assert "还没有登记" in office.get("/bulletins/publicity/?programme=zj-ganzi").content.decode()
    assert office.post("/bulletins/publicity/", given).status_code == 302
    bad = office.post("/bulletins/publicity/", {**given, "url": "x"})
    page = office.get("/bulletins/publicity/?programme=zj-ganzi").content.decode()
    other = office.get("/bulletins/recognitions/?programme=zj-ganzi").content.decode()

    assert (bad.status_code, "链接要写全" in bad.content.decode()) == (400, True)
    assert "“公众号”发稿数" in page
    assert "动态" not in other
    case = office.post("/bulletins/cases/start", {"programme": "zj-ganzi", "title": "案例甲", "background": "有"})
    assert "案例甲" in office.get(case["Location"]).content.decode()
    assert sign_in("auditor").post("/bulletins/publicity/", given).status_code == 403
