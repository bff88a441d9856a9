# SPDX-License-Identifier: Apache-2.0
"""Taking a table in through the pages: at once or by a job, with its file of errors, and back out again."""

import io
import re
import zipfile
from datetime import date

import pytest
from django.urls import reverse

from shanhai.base.accounts.models import RoleGrant
from shanhai.base.accounts.roles import ROLES
from shanhai.base.jobs.models import Job
from shanhai.base.jobs.tests.builders import run_all
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.registry import registries
from shanhai.planning.imports.models import ImportBatch
from shanhai.planning.projects.core.selectors import lines_that_differ
from shanhai.planning.projects.models import Project
from shanhai.planning.projects.tests.builders import a_programme, a_row, a_workbook
from shanhai.portal import imports
from shanhai.portal.forms import ImportForm
from shanhai.registers.documents.models import Document
from shanhai.registers.tables.selectors.workbooks import open_workbook
from shanhai.registers.tables.tests.builders import rows_in
from tests.cast import AT, OFFICE, a_user, actor

pytestmark = pytest.mark.django_db
BAD = {"县(市)": "不存在县"}


@pytest.fixture
def office(client):
    a_programme()
    user = a_user("office")
    RoleGrant.objects.create(user=user, role="finance", valid_from=date(2021, 1, 1))
    client.force_login(user)
    return client


@pytest.fixture
def sent(office, tmp_path):
    """Hands a workbook of rows in and answers the page, or the page behind the redirect."""

    def send(*rows, name="2026.xlsx", content=None):
        path = tmp_path / name
        if content is None:
            a_workbook(path, *rows)
        else:
            path.write_bytes(content)
        with path.open("rb") as file:
            return office.post(reverse("import"), {"file": file, "programme": "zj-ganzi"})

    return send


def three_rows(**kw):
    return [a_row(项目编号=f"GZ-{number}", **(kw if number == 2 else {})) for number in (1, 2, 3)]


def fields_of(page):
    """What the form of the page sends; the person says that the projects were taken over."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.content.decode()))
    return hidden | {"answer_taken_over": "yes"}


def test_who_takes_in_any_kind_of_table_may_store_its_file():
    taking = frozenset().union(*(one.permissions for one in registries.importers))

    assert [
        key for key, one in ROLES.items() if one.permissions & taking and "document.upload" not in one.permissions
    ] == []


def test_a_small_table_is_shown_at_once_and_needs_no_job(office, sent):
    page = sent(*three_rows())

    assert page.status_code == 200
    assert (Job.objects.count(), Project.objects.count()) == (0, 0)
    answer = office.post(reverse("import-confirm"), fields_of(page))
    batch = ImportBatch.objects.get()
    assert answer["Location"] == reverse("imports:batch", args=[batch.uuid])
    assert Project.objects.count() == 3


@pytest.mark.parametrize(("a_second", "seconds"), [(2, 1), (4, 0)])
@pytest.mark.sqlite
def test_the_page_says_before_how_long_others_will_wait(office, sent, monkeypatch, a_second, seconds):
    monkeypatch.setattr(imports, "ROWS_A_SECOND", a_second)

    answers = {**fields_of(sent(*three_rows())), "answer_taken_over": "yes"}
    said = office.post(reverse("import-answer"), answers).content.decode()

    assert (f"别人要等大约 {seconds} 秒才能保存" in said, "别人要等" in said) == (seconds > 0, seconds > 0)


@pytest.mark.parametrize(("kind", "seconds"), [("projects", 1), ("organisations", 0)])
@pytest.mark.sqlite
def test_how_long_others_wait_is_said_of_measured_kinds_only(kind, seconds):
    report = ImportReport(kind, imports.ROWS_A_SECOND)

    assert imports.seconds_others_wait(report) == seconds


def test_a_large_table_goes_through_two_jobs_and_out_by_a_third(office, sent, settings):
    settings.IMPORT_JOB_ROWS = 2

    answer = sent(*three_rows())

    looked = Job.objects.get()
    assert answer["Location"] == reverse("jobs:detail", args=[looked.uuid])
    assert Project.objects.count() == 0
    run_all()
    looked.refresh_from_db()
    page = office.get(looked.outcome["url"])
    assert "按“项目表”读，共读到 3 行" in page.content.decode()
    assert Project.objects.count() == 0

    office.post(reverse("import-confirm"), fields_of(page))
    run_all()
    batch = ImportBatch.objects.get()
    assert Job.objects.latest("pk").outcome["url"] == reverse("imports:batch", args=[batch.uuid])
    assert (Project.objects.count(), lines_that_differ()) == (3, ())

    settings.IMPORT_JOB_ROWS = 1
    office.post(reverse("imports:undo", args=[batch.uuid]), {"because": "传错了"})
    assert Project.objects.count() == 3
    run_all()
    assert Job.objects.latest("pk").state == "done"
    assert Project.objects.count() == 0


def test_two_who_confirm_one_table_import_it_once_and_the_second_is_told(office, sent, client):
    fields = fields_of(sent(*three_rows()))
    office.post(reverse("import-confirm"), fields)

    answer = office.post(reverse("import-confirm"), fields, follow=True)

    assert "已经由 office 在" in answer.content.decode()
    assert (ImportBatch.objects.count(), Project.objects.count()) == (1, 3)


def test_the_file_of_errors_is_the_table_with_reasons_and_can_be_sent_again(office, sent, tmp_path):
    page = sent(*three_rows(项目名称="@SUM(1+1)", **BAD))
    url = re.search(r'href="(/import/errors.xlsx[^"]*)"', page.content.decode())[1].replace("&amp;", "&")

    answer = office.get(url)

    content = b"".join(answer.streaming_content)
    path = tmp_path / "errors.xlsx"
    path.write_bytes(content)
    rows = rows_in(path)
    assert (rows[0][-1], len(rows)) == ("原因", 4)
    assert "没有叫“不存在县”的县（市）" in rows[2][-1]
    assert (rows[1][:2], rows[2][1]) == (("GZ-1", "康定市中心小学教学楼"), "@SUM(1+1)")
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet, styles = (book.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    assert "F8C9C4" in styles.upper()
    again = sent(content=content, name="again.xlsx")
    assert "不存在县" in again.content.decode()
    assert "不认识“原因”" not in again.content.decode()


def test_the_file_of_errors_of_a_large_table_comes_from_its_job(office, sent, settings):
    settings.IMPORT_JOB_ROWS = 2
    sent(*three_rows(**BAD))
    run_all()
    job = Job.objects.get()
    page = office.get(job.outcome["url"]).content.decode()
    assert "有问题，还不能导入" in page
    url = re.search(r'href="(/import/errors.xlsx[^"]*)"', page)[1].replace("&amp;", "&")

    answer = office.get(url)

    assert f"job={job.uuid}" in url
    assert b"".join(answer.streaming_content)[:2] == b"PK"


def test_what_belongs_to_somebody_else_is_not_there(office, sent, settings, client):
    settings.IMPORT_JOB_ROWS = 2
    sent(*three_rows(**BAD))
    run_all()
    job = Job.objects.get()
    client.force_login(a_user("commander"))

    assert client.get(reverse("import-checked", args=[job.uuid])).status_code == 404
    document = Document.objects.get().uuid
    assert client.get(reverse("import-errors"), {"document": document, "job": job.uuid}).status_code == 404
    assert client.get(reverse("import-errors"), {"document": "x"}).status_code == 404
    assert client.post(reverse("import-confirm"), {}).status_code == 404


def test_a_page_lists_the_batches_and_a_refused_undo_says_why(office, sent):
    office.post(reverse("import-confirm"), fields_of(sent(*three_rows())))
    batch = ImportBatch.objects.get()
    listed = office.get(reverse("imports:list"), {"programme": "zj-ganzi"}).content.decode()
    assert "2026.xlsx" in listed
    assert "撤销这一批" in office.get(reverse("imports:batch", args=[batch.uuid])).content.decode()
    Project.objects.filter(code="GZ-2").update(name="改了")

    answer = office.post(reverse("imports:undo", args=[batch.uuid]), {"because": "传错了"})

    assert (answer.status_code, "GZ-2" in answer.content.decode()) == (422, True)
    Project.objects.filter(code="GZ-2").update(name="康定市中心小学教学楼")
    office.post(reverse("imports:undo", args=[batch.uuid]), {"because": "传错了"})
    assert "这一批已经撤销" in office.get(reverse("imports:batch", args=[batch.uuid])).content.decode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
def test_a_text_table_is_taken_in_whatever_its_encoding(office, sent, encoding):
    text = "项目编号,项目名称,县(市),建设方式,援助资金（万元）,计划开工\n"
    days = ("2026.5.1", "2026/5/1", "2026年5月1日", "2026-05-01", "46143")
    text += "".join(
        f"3306012026000{number:03d},学校{number},康定市,交支票,0.01,{day}\n" for number, day in enumerate(days)
    )
    page = sent(name="old.csv", content=(text + "合计,,,,0.05,\n").encode(encoding))

    office.post(reverse("import-confirm"), fields_of(page))

    found = Project.objects.values_list("code", "planned_start_on").order_by("code")
    assert [code for code, _ in found] == [f"3306012026000{number:03d}" for number in range(5)]
    assert {str(day) for _, day in found} == {"2026-05-01"}


def test_the_page_offers_the_template_of_each_kind(office):
    page = office.get(f"{reverse('import')}?programme=zj-ganzi").content.decode()

    links = dict(re.findall(r'<a href="([^"]+template[^"]*)">([^<]+)</a>', page))
    assert links == {
        "/import/templates/division-changes.xlsx?programme=zj-ganzi": "下载区划变更模板",
        "/import/templates/divisions.xlsx?programme=zj-ganzi": "下载行政区划模板",
        "/import/templates/evaluation-template.xlsx?programme=zj-ganzi": "下载考核办法模板",
        "/import/templates/indicators.xlsx?programme=zj-ganzi": "下载指标模板",
        "/import/templates/organisations.xlsx?programme=zj-ganzi": "下载单位名录模板",
        "/import/templates/projects.xlsx?programme=zj-ganzi": "下载项目表模板",
        "/import/templates/returns.xlsx?programme=zj-ganzi": "下载县级报表模板",
        "/import/templates/roster.xlsx?programme=zj-ganzi": "下载队伍花名册模板",
        "/import/templates/sites.xlsx?programme=zj-ganzi": "下载地点模板",
        "/import/templates/stations.xlsx?programme=zj-ganzi": "下载监测站模板",
    }
    assert {office.get(url).status_code for url in links} == {200}


@pytest.mark.parametrize("address", ["/projects/import-template.xlsx", "/returns/template.xlsx"])
def test_the_addresses_of_earlier_releases_still_give_a_template(office, address):
    assert office.get(f"{address}?programme=zj-ganzi").content.startswith(b"PK")


@pytest.mark.parametrize("importer", [*registries.importers], ids=lambda importer: importer.key)
def test_each_kind_reads_its_own_template_and_finds_nothing_but_its_emptiness(tmp_path, importer):
    a_programme()
    path = tmp_path / "模板.xlsx"
    # Those who watch slopes and stations have sheets of their own.
    holders = (OFFICE, actor("station_engineer"))
    who = next(one for one in holders if any(one.may_somewhere(key) for key in importer.permissions))
    path.write_bytes(importer.write_template(viewer=who, programme="zj-ganzi"))
    options = {"programme": "zj-ganzi", "cut_off": "2023-10-31", "crs": "wgs84"}
    given = {key: value for key, value in options.items() if key in importer.options}

    with open_workbook(path=path) as file:
        report = imports.run(importer=importer, file=file, options=given, answers={}, by=who, at=AT, dry_run=True)

    assert report.rows == 0
    assert {problem.code.partition(".")[2] for problem in report.problems} <= {"no_rows", "sample_row"}


def test_only_what_some_kind_asks_for_may_be_said_beside_a_file():
    def asked(*kinds):
        form = ImportForm(programmes=[], kinds=[importer for importer in registries.importers if importer.key in kinds])
        return {*form.fields} - {"file", "kind"}

    assert asked("organisations") == {"programme"}
    assert asked("sites") == {"programme", "crs"}
    assert asked("sites", "returns") == {"programme", "cut_off", "crs"}


def test_a_template_is_for_those_who_may_take_in_its_kind(client):
    client.force_login(a_user("auditor"))

    assert client.get("/import/templates/organisations.xlsx").status_code == 404
    assert client.get("/import/templates/nothing.xlsx").status_code == 404
