# SPDX-License-Identifier: Apache-2.0
"""Who sees which rows and findings of a return, what its page shows, what waits for whom, and who may explain."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible
from shanhai.planning.returns.models import Finding
from shanhai.planning.returns.providers import ToExplain
from shanhai.planning.returns.rules.sheet import COUNTIES
from shanhai.planning.returns.selectors import get_return, list_returns, return_page
from shanhai.planning.returns.services import explain_finding, withdraw_return
from shanhai.planning.returns.tests.builders import a_return, ganzi_programme, kezhou_programme, the_kezhou_return
from shanhai.planning.returns.values import COUNTY
from shanhai.registers.tables.rules.reading import read_table
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import ADMIN, AT, AUDITOR, KANGDING, OFFICE, STRANGER, a_user, actor, waiting_for
from tests.refusals import refused

pytestmark = pytest.mark.django_db

AKQI = actor("county_user", programme="kezhou-2021", place="653023")
ELSEWHERE = actor("county_user", programme="zj-nagqu", place="540602")
PREFECTURE = actor("county_user", programme="kezhou-2021", place="653000")


@pytest.fixture(autouse=True)
def documents_dir(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"


@pytest.fixture
def kezhou():
    kezhou_programme()
    return the_kezhou_return()


def test_the_page_shows_the_table_as_printed_with_the_rows_added_up(kezhou):
    page = return_page(viewer=OFFICE, uuid=kezhou.uuid)

    columns = [column.key for column in page.columns]
    assert len(columns) == 15
    assert "arrival_rate" not in columns
    grid = {row.label: dict(zip(columns, (stated for stated, _ in cells), strict=True)) for row, cells in page.rows}
    assert grid["合计"]["arrived"] == "17.87"
    assert grid["阿克陶县"]["arrived"] == "8.20"
    assert grid["阿图什市"]["completed"] == ""
    sums = dict(zip(columns, page.sums, strict=True))
    assert (sums["project_count"], sums["planned"], sums["arrived"]) == ("343", "19.88", "17.44")
    assert (sums["completed"], sums["completion_rate"]) == ("", "")


def test_the_cells_point_at_the_findings_on_them_and_at_those_they_take_part_in(kezhou):
    page = return_page(viewer=OFFICE, uuid=kezhou.uuid)

    columns = [column.key for column in page.columns]
    total = dict(zip(columns, page.rows[-1][1], strict=True))
    arrival = page.doubts[0]
    assert total["arrived"] == ("17.87", (arrival.number,))
    involved = {(check["label"], check["measure"]) for check in arrival.content["checks"]}
    assert ("合计", "payment_rate") in involved
    assert total["paid"][1] == ()
    assert ("合计", "paid") not in involved


def test_the_page_names_the_file_and_what_the_viewer_may_do(kezhou):
    page = return_page(viewer=OFFICE, uuid=kezhou.uuid)

    assert (page.proof.label, page.proof.document.uuid) == ("kezhou-2021.csv", kezhou.document.uuid)
    assert (page.may_withdraw, {doubt.may_explain for doubt in page.doubts}) == (True, {True})
    seen = return_page(viewer=AUDITOR, uuid=kezhou.uuid)
    assert (seen.may_withdraw, {doubt.may_explain for doubt in seen.doubts}) == (False, {False})


def test_a_county_user_sees_his_row_without_the_total_and_checks_only_of_his_row(kezhou):
    page = return_page(viewer=AKQI, uuid=kezhou.uuid)

    assert [row.label for row, _ in page.rows] == ["阿合奇县"]
    assert [(doubt.measure, doubt.may_explain) for doubt in page.doubts] == [("completion_rate", True)]
    assert {check.params["label"] for check in page.doubts[0].checks} == {"阿合奇县"}
    assert (page.sums, page.proof, page.may_withdraw) == ((), None, False)


def test_a_county_user_without_a_row_does_not_know_of_the_return(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path, ("泸定县", 1, 1, 1, 1, 1))

    with refused(NotVisible, "returns.return_not_found"):
        get_return(viewer=KANGDING, uuid=report.uuid)
    assert list_returns(viewer=KANGDING, programme="zj-ganzi") == ()


def test_a_prefecture_user_sees_the_whole_table(kezhou):
    assert len(return_page(viewer=PREFECTURE, uuid=kezhou.uuid).rows) == 5


@pytest.mark.parametrize("viewer", [STRANGER, ADMIN, ELSEWHERE], ids=["stranger", "administrator", "elsewhere"])
def test_whoever_may_not_see_returns_is_told_there_is_none(kezhou, viewer):
    with refused(NotVisible, "returns.return_not_found"):
        return_page(viewer=viewer, uuid=kezhou.uuid)
    assert list_returns(viewer=viewer, programme="kezhou-2021") == ()


def test_a_return_that_is_not_there_is_answered_like_one_that_may_not_be_seen():
    with refused(NotVisible, "returns.return_not_found"):
        get_return(viewer=OFFICE, uuid=uuid4())


def test_the_list_counts_what_the_viewer_may_see(kezhou):
    for viewer, rows, findings in ((OFFICE, 5, 3), (AKQI, 1, 1)):
        (line,) = list_returns(viewer=viewer, programme="kezhou-2021")

        assert (line.uuid, line.row_count, line.open_findings) == (kezhou.uuid, rows, findings)


def test_a_list_takes_two_queries_and_a_page_five(tmp_path, django_assert_num_queries):
    ganzi_programme()
    for month in range(1, 7):
        report = a_return(
            tmp_path, ("康定市", month, 9, 8, 7, 9), ("泸定县", 1, 1, 1, 1, 1), cut_off_on=date(2023, month, 1)
        )

    with django_assert_num_queries(2):
        assert len(list_returns(viewer=OFFICE, programme="zj-ganzi")) == 6
    with django_assert_num_queries(5):
        return_page(viewer=OFFICE, uuid=report.uuid)


def test_explaining_keeps_number_and_finding_and_says_who_when_and_why(kezhou):
    finding = Finding.objects.get(measure="completion_rate")

    explain_finding(by=AKQI, at=AT, uuid=finding.uuid, because="  印刷错误，应为 78.38%  ")

    finding.refresh_from_db()
    assert (finding.state, finding.because, finding.explained_by) == (
        "explained", "印刷错误，应为 78.38%", "user:county_user"
    )  # fmt: skip
    assert finding.stated == "73.38%"
    last = AuditRow.objects.order_by("-seq").first()
    assert (last.action, last.place, last.because) == (
        "returns.finding.explained", "653023", "印刷错误，应为 78.38%"
    )  # fmt: skip


def test_a_better_explanation_may_follow(kezhou):
    finding = Finding.objects.get(measure="completion_rate")
    explain_finding(by=AKQI, at=AT, uuid=finding.uuid, because="再核")

    explain_finding(by=OFFICE, at=AT, uuid=finding.uuid, because="印刷错误")

    finding.refresh_from_db()
    assert (finding.because, finding.explained_by) == ("印刷错误", "user:office")


@pytest.mark.parametrize(
    ("by", "error"),
    [
        (AUDITOR, NotAllowed),
        (AKQI, (NotVisible, "returns.finding_not_found")),
        (STRANGER, (NotVisible, "returns.finding_not_found")),
    ],
    ids=str,
)
def test_only_whoever_may_submit_the_row_explains_its_finding(kezhou, by, error):
    finding = Finding.objects.get(measure="arrived")

    with refused(error):
        explain_finding(by=by, at=AT, uuid=finding.uuid, because="无误")

    finding.refresh_from_db()
    assert finding.state == "open"


@pytest.mark.parametrize(
    ("words", "error"),
    [(" \n ", (BadInput, "returns.reason_missing")), ("长" * 2001, (BadInput, "returns.reason_too_long"))],
)
def test_an_explanation_says_something_and_not_too_much(kezhou, words, error):
    with refused(error):
        explain_finding(by=OFFICE, at=AT, uuid=Finding.objects.get(measure="arrived").uuid, because=words)


def test_errors_and_warnings_wait_for_whoever_may_explain_them(kezhou):
    def told(viewer):
        todos = ToExplain().find(viewer=viewer, programme="kezhou-2021", at=AT)
        return [(one.label, one.status, one.url, one.why.params["number"], one.why.params["row"]) for one in todos]

    # One line a return, however many doubts it leaves.
    assert told(OFFICE) == [("kezhou-2021.csv", "late", f"/returns/{kezhou.uuid}/", 2, "合计")]
    assert told(AKQI) == [("kezhou-2021.csv", "wait", f"/returns/{kezhou.uuid}/", 1, "阿合奇县")]
    assert ToExplain().find(viewer=AUDITOR, programme="kezhou-2021", at=AT) == ()
    assert ToExplain().find(viewer=STRANGER, programme="kezhou-2021", at=AT) == ()


def test_what_a_later_return_has_replaced_waits_for_nobody(tmp_path):
    ganzi_programme()
    a_return(tmp_path, ("康定市", 1, 9, 8, 7, 9))

    a_return(tmp_path, ("康定市", 1, 9, 8, 7, 6), cut_off_on=date(2023, 10, 31))

    assert ToExplain().find(viewer=OFFICE, programme="zj-ganzi", at=AT) == ()


def test_what_waits_takes_four_queries(kezhou, django_assert_num_queries):
    with django_assert_num_queries(4):
        ToExplain().find(viewer=OFFICE, programme="kezhou-2021", at=AT)


def test_a_withdrawn_return_waits_for_whoever_sends_it_in_until_there_is_another(tmp_path):
    ganzi_programme()
    report = a_return(tmp_path, ("康定市", 1, 9, 8, 7, 6))

    assert waiting_for(OFFICE, "returns.findings") == []
    withdraw_return(by=OFFICE, at=AT, uuid=report.uuid, because="填错了县")
    again = [f"/returns/{report.uuid}/"]
    assert waiting_for(OFFICE, "returns.findings") == waiting_for(KANGDING, "returns.findings") == again
    assert waiting_for(AUDITOR, "returns.findings") == waiting_for(STRANGER, "returns.findings") == []
    assert waiting_for(OFFICE, "returns.findings", at=AT + timedelta(days=31)) == []

    a_return(tmp_path, ("康定市", 1, 9, 8, 7, 5), cut_off_on=date(2023, 10, 31))

    assert waiting_for(OFFICE, "returns.findings") == []


def test_the_empty_table_is_one_that_is_read_again_without_its_sample_row(client, tmp_path):
    ganzi_programme()
    client.force_login(a_user("office"), backend="allauth.account.auth_backends.AuthenticationBackend")

    path = tmp_path / "模板.xlsx"
    path.write_bytes(client.get("/returns/template.xlsx?programme=zj-ganzi").content)

    with open_workbook(path=path) as file:
        read = read_table(COUNTIES, file.sheets, {})
    assert [one.code for one in read.problems] == ["returns.sample_row", "returns.no_rows"]
    assert set(read.parts[0].columns.by_field) == {"place", *COUNTY.by_key()}


def test_a_corrected_return_replaces_the_wrong_one_and_the_page_of_that_one_leads_to_it(tmp_path, client, at):
    ganzi_programme()
    folders = [tmp_path / name for name in "ab"]
    for folder in folders:
        folder.mkdir()
    wrong = a_return(folders[0], ("康定市", 4, 100, 90, 60, 70), by=KANGDING)
    client.force_login(a_user("county_user", username="kd", programme="zj-ganzi", place="513301"))
    page = client.get(f"/returns/{wrong.uuid}/").content.decode()
    right = a_return(folders[1], ("康定市", 4, 100, 90, 60, 50), by=KANGDING)

    found = list_returns(viewer=KANGDING, programme="zj-ganzi")
    assert [(one.uuid, one.labels, one.replaced) for one in found] == [
        (right.uuid, ["康定市"], False), (wrong.uuid, ["康定市"], True)
    ]  # fmt: skip
    assert "/import/?programme=zj-ganzi" in page.partition("对不上的地方")[2].partition("</section>")[0]
    assert "已有后一份" in client.get("/returns/?programme=zj-ganzi").content.decode()
