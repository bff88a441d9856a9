# SPDX-License-Identifier: Apache-2.0
"""The list of vouchers: narrowed, added up, kept; papers that come with one; arrivals for chosen projects."""

import io
from datetime import date
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from python_calamine import CalamineWorkbook

from shanhai.kernel.errors import BadInput
from shanhai.kernel.money import Money
from shanhai.planning.projects.shares.services import reverse
from shanhai.planning.projects.shares.services.arrivals import record_pooled_arrival
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project
from shanhai.registers.ledger.values import Source
from tests.cast import FINANCE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
POSTED = "ledger.entry.posted"


def programme_of_two(at):
    a_programme()
    lines = [a_line(project=a_project(code=code, name=name)) for code, name in (("A-1", "小学"), ("B-2", "医院"))]
    return [line.project for line in lines]


def arrive(at, number, yuan, **given):
    return record_pooled_arrival(
        by=FINANCE, at=at, programme="zj-ganzi", fund_source="province", year=2026, amount=Money(yuan * 100),
        on_date=date(2026, 5, 6), source=Source("funds.arrival", f"zj-ganzi:{number}"), **given,
    )  # fmt: skip


def sign_in(client, role="finance"):
    client.force_login(a_user(role))


def lines_of(projects):
    return [project.lines.get() for project in projects]


def test_each_chosen_line_gets_what_is_stated_and_nothing_that_does_not_add_up_or_is_not_waited_for(at):
    first, second = lines_of(programme_of_two(at))

    arrive(at, "到-7", 60, each={first.uuid: Money(1000), second.uuid: Money(5000)})

    assert [line.arrived_fen for line in lines_of((first.project, second.project))] == [1000, 5000]
    for each, code in (
        ({first.uuid: Money(999)}, "projects.stated_do_not_add_up"),
        ({first.uuid: Money(9001)}, "projects.more_than_awaited"),
        ({UUID(int=7): Money(1000)}, "projects.not_in_plan"),
    ):
        with refused(BadInput, code):
            arrive(at, "到-8", 10, each=each)


def test_an_arrival_is_shared_over_the_ticked_lines_looked_at_first_and_then_booked_as_it_was_shown(client, at):
    first, second = lines_of(programme_of_two(at))
    sign_in(client)
    given = {
        "programme": "zj-ganzi", "fund_source": "province", "year": "2026", "amount": "60", "unit": "yuan",
        "on": "2026-05-06", "listed": "1",
    }  # fmt: skip

    listed = client.get("/funds/arrivals", {"programme": "zj-ganzi", "text": "B-2"})
    assert (listed.status_code, [line for line, _, _ in listed.context["form"].rows()]) == (200, [second])
    looked = client.post("/funds/arrivals", {**given, "preview": "1", "line": [str(second.uuid)]})
    shown = {line: field.value() for line, field, _ in looked.context["form"].rows()}
    assert (looked.status_code, shown) == (200, {first: "", second: "60"})
    assert [line.arrived_fen for line in lines_of((first.project, second.project))] == [0, 0]

    nobody = client.post("/funds/arrivals", {**given, "number": "到-9"})
    assert (nobody.status_code, "还没有选项目" in nobody.content.decode()) == (422, True)
    stated = {**given, "number": "到-9", **{f"each-{line.uuid}": field for line, field in shown.items()}}
    page = client.post("/funds/arrivals", stated, follow=True).content.decode()
    assert [line.arrived_fen for line in lines_of((first.project, second.project))] == [0, 6000]
    assert f"act=allot&amp;line={second.uuid}#voucher" in page


def test_vouchers_are_narrowed_and_added_up_and_kept_as_a_table(client, at, django_assert_max_num_queries):
    first, _ = programme_of_two(at)
    arrive(at, "到-7", 60, memo="春季到账")
    arrive(at, "到-8", 20, each={first.lines.get().uuid: Money(2000)})
    sign_in(client)

    def found(**asked):
        page = client.get("/funds/entries/", {"programme": "zj-ganzi", **asked})
        return [(one["number"], one["row"].counted.fen) for one in page.context["rows"]], page.context["sums"]

    rows, sums = found(kind="arrived")
    assert sorted(rows) == [("到-7", 3000), ("到-7", 3000), ("到-8", 2000)]
    assert [amount.fen for _, amount in sums] == [8000]
    assert found(text="到-8")[0] == [("到-8", 2000)]
    assert sorted(found(project="A-1")[0]) == [("到-7", 3000), ("到-8", 2000)]
    assert found(project="没有")[0] == found(since="2026-05-07", kind="arrived")[0] == []
    with django_assert_max_num_queries(22):
        client.get("/funds/entries/", {"programme": "zj-ganzi"})

    answer = client.get("/funds/entries.xlsx", {"programme": "zj-ganzi", "text": "到-8"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    _title, words, _most, _header, row, below = book.get_sheet_by_index(0).to_python()
    assert words[0] == "筛选：凭证号或摘要：到-8 · 共 1 条"
    assert (row[1], row[5], row[-1]) == ("到-8", first.code, 20)
    assert (below[0], below[-1]) == ("到位合计", 20)


def test_a_reversed_voucher_is_found_with_what_took_it_back_and_adds_up_to_nothing(client, at):
    programme_of_two(at)
    entry = arrive(at, "到-7", 60)
    reverse(by=FINANCE, at=at, entry=entry.uuid, because="记错了")
    sign_in(client)

    page = client.get("/funds/entries/", {"programme": "zj-ganzi", "text": "到-7"})

    assert [amount.fen for _, amount in page.context["sums"]] == [0]
    assert page.context["page"].count == 4


def test_the_vouchers_on_the_page_of_funds_bear_their_numbers_and_the_counties_a_total(client, at):
    first, _ = programme_of_two(at)
    a_line(project=a_project(code="C-3", name="公路", place="513322"))
    arrive(at, "到-7", 60, memo="春季到账")
    sign_in(client)

    page = client.get("/funds/", {"programme": "zj-ganzi"}).content.decode()

    assert ">到-7</a>" in page
    assert f"/projects/{first.uuid}/" in page
    assert page.count("<tfoot>") == 1


def test_a_voucher_shows_its_number_its_projects_and_its_total_and_takes_papers(client, at):
    first, _ = programme_of_two(at)
    entry = arrive(at, "到-7", 60)
    sign_in(client)
    scan = SimpleUploadedFile("回单.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")

    client.post(f"/funds/entries/{entry.uuid}/papers", {"file": scan})
    page = client.get(f"/funds/entries/{entry.uuid}/").content.decode()

    assert "<dt>凭证号</dt><dd>到-7</dd>" in page
    assert f"/projects/{first.uuid}/" in page
    assert "回单.pdf" in page
    assert "60.00" in page.partition("<tfoot>")[2]
    assert "funds.arrival" not in page


def test_a_scan_that_comes_with_an_arrival_is_its_paper_and_a_bad_one_stores_nothing(client, at):
    programme_of_two(at)
    sign_in(client)
    given = {
        "programme": "zj-ganzi", "fund_source": "province", "year": "2026", "amount": "60", "unit": "yuan",
        "on": "2026-05-06", "number": "到-9",
    }  # fmt: skip

    bad = client.post("/funds/arrivals", {**given, "file": SimpleUploadedFile("回单.pdf", b"nothing of the kind")})
    assert bad.status_code == 422
    assert client.get("/funds/entries/", {"programme": "zj-ganzi", "text": "到-9"}).context["page"].count == 0

    scan = SimpleUploadedFile("回单.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    page = client.post("/funds/arrivals", {**given, "file": scan}, follow=True)
    assert page.redirect_chain
    assert "回单.pdf" in page.content.decode()


def test_the_trail_of_a_project_has_its_vouchers_its_page_leads_there_and_the_export_says_the_filter(client, at):
    first, second = programme_of_two(at)
    arrive(at, "到-7", 60, each={first.lines.get().uuid: Money(6000)})
    sign_in(client, "auditor")

    assert 'href="/audit/?about=A-1"' in client.get(f"/projects/{first.uuid}/").content.decode()
    booked = [
        [
            line.about.label
            for line in client.get("/audit/", {"about": code}).context["lines"]
            if line.row.action == POSTED
        ]
        for code in (first.code, second.code)
    ]
    assert booked == [["到-7"], []]
    answer = client.get("/audit/export.xlsx", {"about": "A-1", "since": "2026-05-01"})
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.get_sheet_by_index(0).to_python()[1][0] == "筛选：对象：A-1；从哪天：2026-05-01"


@pytest.mark.parametrize(("role", "offered"), [("finance", True), ("work_group_lead", False), ("auditor", False)])
def test_papers_of_a_voucher_are_for_who_keeps_the_books(client, at, role, offered):
    programme_of_two(at)
    entry = arrive(at, "到-7", 60)
    sign_in(client, role)
    address = f"/funds/entries/{entry.uuid}/"

    assert (f'action="{address}papers"' in client.get(address).content.decode()) is offered
    scan = SimpleUploadedFile("回单.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
    assert client.post(f"{address}papers", {"file": scan}).status_code == (302 if offered else 403)
