# SPDX-License-Identifier: Apache-2.0
"""The pages of hand-overs, as the office, the commander, a county user and others meet them."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shanhai.planning.handovers.models import BatchHandover
from shanhai.planning.handovers.services import release, waive
from shanhai.planning.handovers.tests.builders import (
    a_batch,
    a_cause,
    a_handover,
    a_place_to_leave,
    a_task,
    only,
    the_item,
)
from shanhai.planning.handovers.values import ItemKind, Responsible, ResponsibleKind
from tests.cast import AT, DEPUTY, OFFICE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]
GROUP = Responsible(ResponsibleKind.GROUP, "产业组")
COUNTY = Responsible(ResponsibleKind.ORGANISATION, "康定市")


@pytest.fixture
def handover(monkeypatch):
    """A paper somebody has to sign, two things of the industry group, one of Kangding, one of Luding."""
    a_place_to_leave()
    only(
        monkeypatch,
        a_cause(label="验收报告"),
        a_cause(kind=ItemKind.OPEN_TASK, label="立项", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_REPORT, label="六月月报", responsible=GROUP),
        a_cause(kind=ItemKind.OPEN_SETTLEMENT, label="康定小学", responsible=COUNTY, place="513301"),
        a_cause(kind=ItemKind.OPEN_WARNING, label="泸定路", place="513322"),
    )
    return a_handover()


def text_of(answer):
    return answer.content.decode()


def detail(handover, name="detail"):
    return reverse(f"handovers:{name}", args=[handover.uuid])


def test_the_office_sees_everybody_with_what_he_still_owes(handover, sign_in):
    html = text_of(sign_in("office").get(detail(handover)))

    assert "还有 5 项未办，不能离任" in html
    assert "财建〔2016〕503号" in html
    assert html.index("工作组 · 产业组") < html.index("单位 · 康定市")
    for label in ("验收报告", "立项", "六月月报", "康定小学", "泸定路", "清单自己更新", "准予离任"):
        assert label in html
    assert "放行选中的" not in html


def test_the_commander_may_waive_each(handover, sign_in):
    assert text_of(sign_in("commander").get(detail(handover))).count('name="item"') == 5


@pytest.mark.parametrize("role", ["auditor", "finance", "work_group_lead", "original_approver"])
def test_others_look_and_have_no_buttons(handover, sign_in, role):
    html = text_of(sign_in(role).get(detail(handover)))

    assert "验收报告" in html
    assert "更新清单</button>" not in html
    assert "放行选中的" not in html


def test_a_county_user_sees_what_is_in_his_county_or_in_none(handover, sign_in):
    html = text_of(sign_in("county_user", programme="zj-ganzi", place="513301").get(detail(handover)))

    assert "还有 4 项未办，不能离任" in html
    assert "康定小学" in html
    assert "泸定路" not in html


def test_a_county_user_of_a_place_sees_the_hand_over_of_the_programme_around_it(handover, sign_in):
    client = sign_in("county_user", place="513301")

    assert client.get(detail(handover)).status_code == 200
    assert "泸定路" not in text_of(client.get(detail(handover)))


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        (None, {}),
        ("administrator", {}),
        ("office", {"programme": "zj-nagqu"}),
        ("county_user", {"programme": "zj-nagqu", "place": "540602"}),
        ("county_user", {"place": "540602"}),
    ],
    ids=["nobody", "administrator", "other programme", "other county", "other place"],
)
@pytest.mark.parametrize("name", ["detail", "sign", "export"])
def test_to_a_stranger_there_is_no_hand_over(handover, sign_in, role, scope, name):
    assert sign_in(role, **scope).get(detail(handover, name)).status_code == 404


@pytest.mark.parametrize(("name", "status"), [("refresh", 204), ("release", 403), ("receiver", 403)])
def test_a_stranger_changes_nothing_and_learns_nothing(handover, sign_in, name, status):
    given = {"item": [str(the_item(label="立项").uuid)], "receiver": "第十批"}
    assert sign_in(None).post(detail(handover, name), given).status_code == 404
    # Whoever looks at a list sees it as it is now; it is brought up to date in nobody's name.
    assert sign_in("auditor").post(detail(handover, name), given).status_code == status


@pytest.mark.parametrize("uuid", ["7", "%00", "0190aaaa-0000-7000-8000-000000000000"])
def test_an_address_of_nothing_is_not_found(sign_in, uuid):
    client = sign_in("office")

    assert client.get(f"/handovers/{uuid}/").status_code == 404
    assert client.post(f"/handovers/{uuid}/waive", {"item": [uuid], "because": "由第十批接着办"}).status_code == 404
    assert client.post(f"/handovers/{uuid}/receiver", {"item": [uuid], "receiver": "第十批"}).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(client, handover):
    assert client.get(detail(handover))["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"who": "group:产业组"}, "立项", "验收报告"),
        ({"kind": "open_settlement"}, "康定小学", "立项"),
        ({"state": "waived"}, "没有符合条件的事项", "验收报告"),
        ({"state": "open", "who": "person:user:somebody"}, "泸定路", "立项"),
    ],
)
def test_filters_keep_what_was_asked_for(handover, sign_in, asked, shown, hidden):
    html = text_of(sign_in("office").get(detail(handover), asked))

    items = html.partition("<h2>事项</h2>")[2].partition("谁还有多少")[0]
    assert shown in items
    assert hidden not in items


@pytest.mark.parametrize(
    "asked", [{"state": "x"}, {"kind": "'"}, {"who": "nobody:1"}, {"who": "产业组"}, {"page": "-3"}, {"page": "x" * 99}]
)
def test_what_cannot_be_understood_filters_nothing(handover, sign_in, asked):
    html = text_of(sign_in("office").get(detail(handover), asked))

    assert "验收报告" in html
    assert "立项" in html


def test_a_waived_item_shows_its_reason(handover, sign_in):
    item = the_item(label="立项")
    client = sign_in("commander")

    given = {"item": [str(item.uuid)], "because": "由第十批接着办"}
    answer = client.post(detail(handover, "waive"), given, follow=True)

    # What is left to do opens; what was let go stands among all.
    assert answer.redirect_chain == [(f"{detail(handover)}?state=open", 302)]
    assert "由第十批接着办" in text_of(client.get(detail(handover)))
    assert "还有 4 项未办" in text_of(answer)


@pytest.mark.parametrize(("because", "status"), [("", 422), ("长" * 501, 422)])
def test_a_bad_reason_is_answered_with_a_sentence(handover, sign_in, because, status):
    item = the_item(label="立项")

    given = {"item": [str(item.uuid)], "because": because}
    answer = sign_in("commander").post(detail(handover, "waive"), given)

    assert answer.status_code == status
    assert f'value="{item.uuid}" form="chosen" checked' in text_of(answer)
    assert [text_of(answer).count(fault) > 0 for fault in answer.context["waiving"].errors["because"]] == [True]
    assert the_item(label="立项").state == "open"


def test_a_reason_is_shown_as_text(handover, sign_in):
    waive(by=DEPUTY, at=AT, item=the_item(label="立项").uuid, because="<script>x</script>")

    html = text_of(sign_in("office").get(detail(handover)))

    assert "<script>x" not in html
    assert "&lt;script&gt;x" in html


def test_the_office_opens_a_hand_over_from_the_list(sign_in):
    a_place_to_leave()
    batch = a_batch(number=10)
    a_task()
    client = sign_in("office")

    assert "还没有交接清单" in text_of(client.get("/handovers/"))
    given = {"programme": "zj-ganzi", "batch": str(batch.uuid), "due_on": "2026-12-31"}
    html = text_of(client.post("/handovers/open", given, follow=True))

    assert "第 10 批离任交接" in html
    assert "牦牛产业集群立项" in html
    assert BatchHandover.objects.get().due_on == date(2026, 12, 31)


def test_the_form_offers_the_batch_that_is_here_now(sign_in):
    a_place_to_leave()
    for number, year in ((8, 2021), (10, 2027)):
        a_batch(number=number, starts_on=date(year, 8, 1), ends_on=date(year + 1, 7, 31))

    html = text_of(sign_in("office").get("/handovers/"))

    assert "selected>第 9 批（2023-08-01 至 2026-12-31）" in html
    assert 'value="2026-12-31"' in html


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({"due_on": "gestern"}, 422),
        ({"due_on": ""}, 422),
        ({"batch": "7"}, 422),
        ({"batch": "0190aaaa-0000-7000-8000-000000000000"}, 422),
        ({"due_on": "2023-08-01"}, 422),
        ({"programme": "nowhere"}, 404),
        ({"programme": ""}, 404),
    ],
)
def test_a_form_that_makes_no_sense_opens_nothing(sign_in, given, status):
    a_place_to_leave()
    good = {"programme": "zj-ganzi", "batch": str(a_batch(number=10).uuid), "due_on": "2026-12-31"}

    assert sign_in("office").post("/handovers/open", good | given).status_code == status
    assert not BatchHandover.objects.exists()


def test_who_does_not_manage_hand_overs_has_no_form_and_opens_none(sign_in):
    a_place_to_leave()
    given = {"programme": "zj-ganzi", "batch": str(a_batch(number=10).uuid), "due_on": "2026-12-31"}
    client = sign_in("auditor")

    assert "建一份交接清单" not in text_of(client.get("/handovers/"))
    assert client.post("/handovers/open", given).status_code == 403


def test_the_list_counts_what_the_viewer_may_see(handover, sign_in):
    release_counts = {
        role: text_of(sign_in(role, **scope).get("/handovers/")).partition("<tbody>")[2].partition("</tbody>")[0]
        for role, scope in (("office", {}), ("county_user", {"programme": "zj-ganzi", "place": "513301"}))
    }

    assert '<td data-label="未办" class="num">5</td>' in release_counts["office"]
    assert '<td data-label="未办" class="num">4</td>' in release_counts["county_user"]


def test_who_sees_no_programme_is_told_what_to_do(sign_in):
    assert "还没有您能看到的对口支援" in text_of(sign_in(None).get("/handovers/"))


def test_the_list_to_sign_has_everything_and_room_for_names(handover, sign_in):
    html = text_of(sign_in("office").get(detail(handover, "sign")))

    assert html.count("接收人（签字）") == 3
    for label in ("验收报告", "立项", "六月月报", "康定小学", "泸定路"):
        assert label in html


def rows_of(answer):
    assert answer["Content-Disposition"] == 'attachment; filename="handover.xlsx"'
    return CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()


def test_the_table_says_whose_it_is_and_holds_the_items(handover, sign_in):
    rows = rows_of(sign_in("office").get(detail(handover, "export")))

    assert [rows[0][0], rows[1][0]] == ["第 9 批离任交接", "离任日期 2026-12-31"]
    assert rows[2][:5] == ["序号", "事项", "类别", "责任类别", "责任人或单位"]
    assert [row[1] for row in rows[3:]] == ["立项", "六月月报", "康定小学", "验收报告", "泸定路"]
    assert rows[3][:8] == ["1", "立项", "任务未完成", "工作组", "产业组", "", "", "未办"]


def test_the_table_keeps_the_filter_of_the_page(handover, sign_in):
    answer = sign_in("office").get(detail(handover, "export"), {"who": "group:产业组"})

    assert {row[4] for row in rows_of(answer)[3:]} == {"产业组"}


def test_the_table_of_a_county_user_holds_no_other_county(handover, sign_in):
    client = sign_in("county_user", programme="zj-ganzi", place="513301")

    assert "泸定路" not in [row[1] for row in rows_of(client.get(detail(handover, "export")))]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "＝1+1", '=HYPERLINK("x")'])
def test_no_cell_is_a_formula(monkeypatch, sign_in, text):
    a_place_to_leave()
    only(monkeypatch, a_cause(label=text, responsible=Responsible(ResponsibleKind.GROUP, text)))
    handover = a_handover()
    waive(by=DEPUTY, at=AT, item=the_item().uuid, because=f"{text}!")

    answer = sign_in("office").get(detail(handover, "export"))

    (row,) = rows_of(answer)[3:]
    assert (row[1], row[4], row[8]) == (text, text, f"{text}!".strip())
    with ZipFile(BytesIO(answer.content)) as parts:
        sheet, styles = (parts.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "styles"))
    assert "<f>" not in sheet
    assert 'quotePrefix="1"' in styles


def test_english_pages_are_there_too(handover, sign_in):
    client = sign_in("office")
    client.cookies["django_language"] = "en"

    assert client.get(detail(handover)).status_code == 200
    assert client.get(detail(handover, "export")).status_code == 200


@pytest.mark.parametrize("size", [5, 500])
@pytest.mark.parametrize(("name", "count"), [("detail", 10), ("sign", 8), ("export", 7)])
def test_a_page_takes_the_same_few_queries_for_five_items_and_for_five_hundred(
    monkeypatch, sign_in, django_assert_num_queries, name, count, size
):
    a_place_to_leave()
    only(
        monkeypatch,
        *(
            a_cause(label=f"材料 {n}", responsible=Responsible(ResponsibleKind.GROUP, f"{n % 19} 组"))
            for n in range(size)
        ),
    )
    handover = a_handover()
    client = sign_in("commander")
    client.get(detail(handover))

    with django_assert_num_queries(count):
        assert client.get(detail(handover, name)).status_code == 200


def test_after_the_release_nobody_is_offered_a_waiver(handover, sign_in, monkeypatch):
    for item in handover.items.all():
        waive(by=DEPUTY, at=AT, item=item.uuid, because="由第十批接着办")
    release(by=OFFICE, at=AT, handover=handover.uuid)

    html = text_of(sign_in("commander").get(detail(handover)))

    assert "放行选中的" not in html
    assert html.count("由第十批接着办") == 5
