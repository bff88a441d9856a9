# SPDX-License-Identifier: Apache-2.0
"""Releasing a batch on its page, what is done there with many items at once, and the pack that it takes along."""

from io import BytesIO
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shanhai.kernel.actors import system
from shanhai.kernel.registry import registries
from shanhai.planning.handovers.models import HandoverItemMove
from shanhai.planning.handovers.selectors import packs
from shanhai.planning.handovers.services import refresh, waive
from shanhai.planning.handovers.tests.builders import a_cause, a_handover, a_place_to_leave, only, the_item
from shanhai.planning.handovers.values import ItemKind, Responsible, ResponsibleKind
from shanhai.planning.projects.states import PaperKind
from shanhai.planning.projects.tests.builders import a_paper, a_project
from tests.cast import AT, DEPUTY, OFFICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
GROUP = Responsible(ResponsibleKind.GROUP, "产业组")


@pytest.fixture
def handover(monkeypatch):
    """Five things that somebody owes, one a month's report."""
    a_place_to_leave()
    only(
        monkeypatch,
        a_cause(label="验收报告"),
        a_cause(kind=ItemKind.OPEN_TASK, label="立项", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_REPORT, label="六月月报", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_SETTLEMENT, label="康定小学", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_WARNING, label="泸定路", place="513322"),
    )
    return a_handover()


def text_of(answer):
    return answer.content.decode()


def detail(handover, name="detail"):
    return reverse(f"handovers:{name}", args=[handover.uuid])


def test_a_refused_release_says_how_many_of_what(handover, sign_in):
    answer = sign_in("office").post(detail(handover, "release"))

    html = text_of(answer)
    assert answer.status_code == 422
    assert "没有准予离任" in html
    assert "有 5 项未办" in html
    assert "月报未通过 1 项" in html


def test_a_refused_release_shows_the_page_again_with_what_blocks(handover, sign_in):
    waive(by=DEPUTY, at=AT, item=the_item(label="立项").uuid, because="转下一批")

    answer = sign_in("office").post(detail(handover, "release"))

    html = text_of(answer)
    assert answer.templates[0].name == "handovers/detail.html"
    assert html.count('data-label="下一步"') == 4
    assert "转下一批" not in html
    assert f'action="{detail(handover)}#results"' in html
    assert "准予离任</button>" in html


def test_a_refused_release_of_a_long_list_leads_to_the_rest(monkeypatch, sign_in):
    a_place_to_leave()
    who = Responsible(ResponsibleKind.GROUP, "产业组")
    only(monkeypatch, *(a_cause(label=f"材料 {number}", responsible=who) for number in range(51)))
    handover = a_handover()
    client = sign_in("office")

    html = text_of(client.post(detail(handover, "release")))

    assert html.count('data-label="下一步"') == 50
    assert f'href="{detail(handover)}?state=open"' in html
    assert "/release?page" not in html
    assert client.get(f"{detail(handover)}?state=open&page=2").status_code == 200


def test_a_batch_that_has_left_is_not_released_again(handover, sign_in, monkeypatch):
    only(monkeypatch)
    client = sign_in("office")
    client.post(detail(handover, "release"))

    again = client.post(detail(handover, "release"))

    assert again.status_code == 409
    assert "这一批已经准予离任" in text_of(again)


def test_a_release_closes_the_list(handover, sign_in, monkeypatch):
    only(monkeypatch)

    html = text_of(sign_in("office").post(detail(handover, "release"), follow=True))

    assert "已准予离任" in html
    assert "更新清单</button>" not in html
    assert "原因已消除，自动办结。" in html


def test_a_list_that_is_opened_is_as_it_is_now_without_a_button(handover, sign_in, monkeypatch):
    only(monkeypatch, a_cause(label="新的"))
    client = sign_in("auditor")
    asked = "?state=open"
    page = text_of(client.get(detail(handover) + asked))
    assert f'hx-post="{detail(handover, "refresh")}{asked}" hx-trigger="load"' in page

    first, again = (client.post(detail(handover, "refresh") + asked) for _ in range(2))

    assert "新的" in text_of(first).partition('id="items"')[2]
    assert "已办结</span>" not in text_of(first).partition("<tbody>")[2].partition("</tbody>")[0]
    assert [one.status_code for one in (first, again)] == [200, 204]
    assert "HX-Refresh" not in first.headers
    assert HandoverItemMove.objects.order_by("-pk").first().by == "system:handovers"
    assert "system:" not in text_of(client.get(detail(handover)))


def test_all_open_lists_are_brought_up_to_date_every_day(handover, monkeypatch):
    only(monkeypatch, a_cause(label="新的"))
    keeper = registries.daily.get("handovers.refresh")

    assert [keeper.run(by=system("worker"), at=AT) for _ in range(2)] == ["1", "0"]
    assert the_item(label="新的").state == "open"


def test_several_items_are_waived_with_one_reason_all_or_none(handover, sign_in):
    client, open_items = sign_in("commander"), list(handover.items.order_by("pk"))
    chosen = [str(item.uuid) for item in open_items[:3]]
    given = {"item": [*chosen, str(uuid4())], "because": "由第十批接着办"}

    assert client.post(detail(handover, "waive"), given).status_code == 404
    assert set(handover.items.values_list("state", flat=True)) == {"open"}
    assert client.post(detail(handover, "waive"), {"because": "由第十批接着办"}).status_code == 400
    html = text_of(client.post(detail(handover, "waive"), {**given, "item": chosen}, follow=True))

    # What is left to do is shown then, and what was let go with its reason among all.
    assert ("已放行 3 项" in html, html.count("由第十批接着办")) == (True, 0)
    assert text_of(client.get(detail(handover))).count("由第十批接着办") == 3


def test_each_item_has_who_takes_it_over_on_the_page_the_list_to_sign_and_in_the_table(handover, sign_in):
    client, item = sign_in("office"), the_item(label="立项")
    given = {"item": [str(item.uuid)], "receiver": "  第十批　产业组 "}

    html = text_of(client.post(detail(handover, "receiver"), given, follow=True))
    table = client.get(detail(handover, "export")).content
    rows = CalamineWorkbook.from_filelike(BytesIO(table)).get_sheet_by_index(0).to_python()
    too_long = client.post(detail(handover, "receiver"), {**given, "receiver": "长" * 101})

    assert "已记下 1 项的接收人" in html
    assert "第十批 产业组" in text_of(client.get(detail(handover, "sign")))
    assert [row[5] for row in rows if row[1] == "立项"] == ["第十批 产业组"]
    assert (too_long.status_code, the_item(label="立项").receiver) == (422, "第十批 产业组")


def test_the_pack_holds_the_papers_themselves(handover, sign_in, settings, tmp_path, monkeypatch):
    settings.DOCUMENTS_DIR = tmp_path
    project, other = a_project(), a_project(code="GZ-2", name="../../泸定: 县医院", place="513322")
    for one in (project, other):
        a_paper(one, PaperKind.ACCEPTANCE)
    causes = [
        a_cause(subject_id=f"{one.uuid}:acceptance", label=f"{one.name} · 验收", place=one.place.code)
        for one in (project, other)
    ]
    only(monkeypatch, *causes)
    refresh(by=OFFICE, at=AT, handover=handover.uuid)

    def packed(client):
        with ZipFile(BytesIO(b"".join(client.get(detail(handover, "archive") + "?state=open")))) as found:
            return {name: found.read(name) for name in found.namelist()}

    office = packed(sign_in("office"))
    county = packed(sign_in("county_user", programme="zj-ganzi", place="513301"))
    monkeypatch.setattr(packs, "MOST_PAPERS", 1)
    bounded = packed(sign_in("commander"))

    assert [name for name in office if "../" in name or ":" in name or name.count("/") > 1] == []
    assert sum(content.startswith(b"%PDF") for content in office.values()) == 2
    assert sum(content.startswith(b"%PDF") for content in county.values()) == 1
    assert not any("泸定" in name for name in county)
    assert sum(content.startswith(b"%PDF") for content in bounded.values()) == 1
    assert "泸定" in bounded["没有装进来的文件.txt"].decode() or "小学" in bounded["没有装进来的文件.txt"].decode()


def test_a_signed_list_is_kept_with_the_handover_and_comes_with_its_pack(handover, sign_in, settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path
    scan = SimpleUploadedFile("签字清单.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    office = sign_in("office")

    page = text_of(office.post(detail(handover, "paper"), {"file": scan}, follow=True))
    with ZipFile(BytesIO(b"".join(office.get(detail(handover, "archive"))))) as found:
        names = found.namelist()

    assert "已存下“签字清单.pdf”" in page
    assert [name for name in names if name.startswith("000 交接材料/")] == ["000 交接材料/001 签字清单.pdf"]
    assert 'name="file"' not in text_of(sign_in("auditor").get(detail(handover)))
