# SPDX-License-Identifier: Apache-2.0
"""The dossier's page: what it shows, to whom, and filing things on it."""

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shanhai.kernel.money import Money
from shanhai.planning.projects.dossier.services.filing import add_contract
from shanhai.planning.projects.dossier.services.stages import move
from shanhai.planning.projects.models import AssetTransfer, Contract, Paper, ProgressNote, Project, Settlement, Waiver
from shanhai.planning.projects.states import Method, PaperKind, Stage
from shanhai.planning.projects.tests.builders import a_paper, a_programme, a_project, some_money, without_gates
from tests.cast import AT, OFFICE, a_user

pytestmark = pytest.mark.django_db


def a_client(role):
    """A browser in which somebody of that role has signed in."""
    client = Client()
    client.force_login(
        a_user(role, username=f"user-{role}"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def address(name, project):
    return reverse(f"projects:{name}", args=[project.uuid])


@pytest.fixture
def project():
    a_programme()
    return a_project(stage="under_way", yuan=500)


def test_the_page_says_what_the_next_stage_asks_for_and_on_what_ground(django_assert_max_num_queries):
    a_programme()
    project = a_project(stage="ready", yuan=500)
    a_paper(project, PaperKind.AWARD)
    client = a_client("office")

    with django_assert_max_num_queries(25):
        page = client.get(address("dossier", project))

    text = page.content.decode()
    assert page.status_code == 200
    assert "施工许可或开工报告" in text
    assert "政府投资条例第20条" in text
    assert "中标（成交）通知书" in text


def test_a_stranger_does_not_find_it_and_the_auditor_is_offered_no_form(project):
    assert a_client(None).get(address("dossier", project)).status_code == 404

    page = a_client("auditor").get(address("dossier", project))

    assert page.status_code == 200
    assert 'method="post"' not in page.content.decode().split("<main", 1)[1].split("</main>", 1)[0]


def test_a_paper_is_filed_and_signed_on_the_page(project):
    client = a_client("office")
    file = SimpleUploadedFile("批复.pdf", b"%PDF-1.4\n%%EOF\n")

    answer = client.post(address("paper", project), {"kind": "acceptance", "file": file, "issued_on": "2026-05-01"})
    paper = Paper.objects.get()
    signed = client.post(reverse("projects:sign", args=[project.uuid, paper.uuid]), {"on": "2026-05-02"})

    assert (answer.status_code, signed.status_code) == (302, 302)
    paper.refresh_from_db()
    assert (paper.kind, paper.version, paper.signed_on) == ("acceptance", 1, date(2026, 5, 2))


def test_a_day_of_signing_that_is_none_changes_nothing_and_is_said(project):
    paper = a_paper(project, PaperKind.ACCEPTANCE, signed_on=None)
    client = a_client("office")

    page = client.post(reverse("projects:sign", args=[project.uuid, paper.uuid]), {"on": "昨天"}, follow=True)

    assert "请填签字的日期" in page.content.decode()
    paper.refresh_from_db()
    assert paper.signed_on is None


def test_progress_and_contract_are_recorded_on_the_page(project):
    client = a_client("office")

    client.post(address("progress", project), {"percent": "40", "words": "基础完成", "on": "2026-06-01"})
    client.post(
        address("contract", project),
        {
            "number": "HT-1",
            "contractor": "某公司",
            "method": "open_tender",
            "amount": "0.045",
            "awarded_on": "",
            "signed_on": "2026-03-01",
        },
    )

    assert (ProgressNote.objects.get().percent, Project.objects.get().progress_percent) == (40, 40)
    assert Contract.objects.get().amount_fen == 45_000


def test_a_contract_that_is_a_possible_twin_comes_back_with_the_sentence_and_the_box_to_answer_it(project):
    client = a_client("office")
    contract = {"number": "HT-1", "contractor": "某公司", "method": "open_tender", "amount": "0.025"}
    contract |= {"awarded_on": "", "signed_on": "2026-03-01"}
    client.post(address("contract", project), contract)

    page = client.post(address("contract", project), {**contract, "number": "ht-01", "contractor": "另一家"})

    text = page.content.decode()
    assert page.status_code == 422
    assert "像是同一个" in text.split('id="contract"')[1]
    assert 'name="apart"' in text
    assert 'value="另一家"' in text
    assert 'name="apart"' not in client.get(f"/projects/{project.uuid}/dossier/").content.decode()
    assert client.post(address("contract", project), {**contract, "number": "ht-01", "apart": "on"}).status_code == 302
    assert Contract.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "given", "word"),
    [
        ("progress", {"percent": "140", "words": "x", "on": "2026-06-01"}, "100"),
        ("contract", {"number": "1", "contractor": "x", "method": "open_tender", "amount": "很多"}, "很多"),
        ("paper", {"kind": "nothing"}, "nothing"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(project, name, given, word):
    page = a_client("office").post(address(name, project), given)

    assert page.status_code == 422
    assert word in page.content.decode()
    assert (ProgressNote.objects.count(), Contract.objects.count(), Paper.objects.count()) == (0, 0, 0)


def test_what_a_rule_refuses_is_said_above_its_form_with_what_was_typed(project):
    Project.objects.filter(pk=project.pk).update(progress_percent=60)

    page = a_client("office").post(
        address("progress", project), {"percent": "40", "words": "量错了", "on": "2026-06-01"}
    )

    text = page.content.decode()
    assert page.status_code == 422
    assert "上次报的是 60%，这次是 40%" in text
    assert "量错了</textarea>" in text
    assert ProgressNote.objects.count() == 0


@pytest.mark.parametrize("name", ["dossier", "detail"])
def test_every_label_leads_to_its_own_field(project, name):
    ids = re.findall(r' id="([^"]+)"', a_client("commander").get(address(name, project)).content.decode())

    assert sorted(ids) == sorted(set(ids))


def test_a_requirement_is_waived_with_a_reason_and_not_without(project):
    client = a_client("office")

    without = client.post(address("waive", project), {"requirement": "completed.progress", "because": ""})
    client.post(address("waive", project), {"requirement": "completed.progress", "because": "小额项目"})

    assert without.status_code == 400
    assert Waiver.objects.get().because == "小额项目"


def test_the_books_are_closed_and_the_asset_goes_over_on_the_page(project):
    line = project.lines.get()
    for act, yuan in (("arrive", 500), ("allot", 500), ("pay", 480)):
        some_money(act, line, yuan)
    move(by=OFFICE, at=AT, project=without_gates(project).uuid, to=Stage.COMPLETED, on=date(2026, 8, 1))
    office, finance = a_client("office"), a_client("finance")

    office.post(address("extension", project), {"size": "small", "to": "2026-12-01", "because": "资料未齐"})
    move(by=OFFICE, at=AT, project=project.uuid, to=Stage.ACCEPTED, on=date(2026, 9, 1))
    office.post(address("accounts", project), {"approved": "470元", "surplus": "20元"})
    assert 'value="470元"' in office.get(address("dossier", project)).content.decode()
    assert address("surplus", project) not in finance.get(address("dossier", project)).content.decode()
    office.post(address("accounts", project), {"approved": "480元", "surplus": "20元", "on": "2026-11-01"})
    assert address("surplus", project) in finance.get(address("dossier", project)).content.decode()
    finance.post(address("surplus", project), {"line": str(line.uuid), "on": "2026-11-02", "number": "J-1"})
    office.post(address("asset", project), {"asset": "楼", "keeper": "教育局", "value": "480元", "on": "2026-11-20"})

    settlement = Settlement.objects.get()
    assert (settlement.approved_fen, settlement.surplus_fen, settlement.extended_to) == (
        48_000, 2_000, date(2026, 12, 1),
    )  # fmt: skip
    assert settlement.surplus_returned_on == date(2026, 11, 2)
    assert AssetTransfer.objects.get().keeper == "教育局"


def test_a_wrong_step_is_taken_back_on_the_page_and_both_are_shown(project):
    move(by=OFFICE, at=AT, project=without_gates(project).uuid, to=Stage.COMPLETED, on=date(2026, 8, 1))
    office, detail = a_client("office"), reverse("projects:detail", args=[project.uuid])
    assert "上一步记错了" in office.get(detail).content.decode()
    assert 'value="step.completed"' not in a_client("county_user").get(address("dossier", project)).content.decode()

    sent = {"what": "step.completed", "because": "记错了项目"}
    page = office.post(address("correction", project), sent, follow=True).content.decode()

    assert "已退回" in page
    assert 'value="step.completed"' not in page
    history = office.get(detail).content.decode()
    assert "<s>完工</s>" in history
    assert "更正：退回到“已开工”" in history
    assert "记错了项目" in history


def test_a_move_through_a_shut_gate_is_refused_with_what_is_missing():
    a_programme()
    project = a_project(stage="preparation")

    page = a_client("office").post(
        address("move", project), {"to": "tendering", "on": "2026-03-01", "seen_stage": "preparation"}
    )

    assert page.status_code == 422
    assert "立项（或可研）批复" in page.content.decode()


def test_who_comes_second_to_a_contract_is_told_in_words_what_stands(project):
    contract = add_contract(
        by=OFFICE, at=AT, project=project.uuid, number="HT-1", contractor="某公司", method=Method.OPEN_TENDER,
        amount=Money.from_yuan(100), signed_on=date(2026, 3, 1),
    )  # fmt: skip
    here = reverse("projects:contract-correct", args=[project.uuid, contract.uuid])
    given = {"number": "HT-1", "contractor": "某公司", "method": "quotation", "amount": "100元", "because": "抄错了"}
    client = a_client("commander")

    late = client.post(here, {**given, "signed_on": "2026-03-01", "seen": '{"method": "direct"}'})

    assert late.context["form"].errors["method"] == ["您打开这一页以后，有人把这一项改成了“公开招标”。请看过再保存。"]
    client.post(here, {**given, "signed_on": "2026-03-01"})
    [line, *_] = client.get("/audit/").context["lines"]
    assert {str(change) for change in line.changes} == {"合同 HT-1", "采购方式 公开招标 → 询价"}
