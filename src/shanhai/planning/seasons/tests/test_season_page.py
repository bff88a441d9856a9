# SPDX-License-Identifier: Apache-2.0
"""The page of seasons: the strip, the planner, and recording a version."""

import pytest
from django.core.cache import cache

from shanhai.base.accounts.tests.builders import signed_in
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.planning.seasons.models import SeasonBand
from shanhai.planning.seasons.tests.builders import a_version
from tests.cast import a_user

PLAN = {"altitude_m": "4500", "work_days": "100", "finish_by": "2027-06-30", "tender_days": "45", "prepare_days": "15"}
ROWS = {
    "programme": "zj-ganzi", "version": "2026 年", "form-TOTAL_FORMS": "3", "form-INITIAL_FORMS": "0",
    "form-0-from_m": "0", "form-0-to_m": "4000", "form-0-source": "县里的通知",
    "form-1-from_m": "4000", "form-1-opens": "05-10", "form-1-closes": "10-20", "form-1-source": "县里的通知",
}  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock")]


@pytest.fixture(autouse=True)
def programme():
    a_programme()


@pytest.fixture(autouse=True)
def no_rate_limits():
    """The limits on signing in count in the cache, which outlives a test."""
    cache.clear()


def browser(role="office", **kw):
    a_user(role, username="somebody", **kw)
    return signed_in("somebody")


def test_the_page_shows_the_sample_as_one_and_as_a_table():
    html = browser("auditor").get("/seasons/").content.decode()

    assert "4,000 米及以上" in html
    assert html.count('class="tag demo">示例') == 3
    assert "冬季停工期" in html
    assert 'x="139" width="165"' in html
    assert "录入新的施工季" not in html


def test_the_planner_walks_back_over_the_winter_and_says_what_to_mind():
    html = browser("auditor").get("/seasons/", PLAN).content.decode()

    assert '<b class="num"><time datetime="2026-07-06">2026-07-06</time></b>' in html
    assert "最晚招标日 2026-07-06 已经过了" in html
    assert "停工过冬 200 天" in html


@pytest.mark.parametrize(
    "wrong",
    [
        {"work_days": "0"},
        {"work_days": "99999999999999999999"},
        {"work_days": "x"},
        {"altitude_m": "9001"},
        {"finish_by": "2026-02-30"},
        {"finish_by": "9999-12-31"},
        {"tender_days": "-1"},
        {"prepare_days": ""},
    ],
    ids=str,
)
def test_a_field_that_cannot_be_says_so_and_nothing_is_computed(wrong):
    answer = browser("auditor").get("/seasons/", {**PLAN, **wrong})

    assert answer.status_code == 200
    assert 'class="error"' in answer.content.decode()
    assert "填好左边的表就有结果" in answer.content.decode()


def test_the_office_records_a_version_and_the_page_goes_by_it():
    office = browser()

    answer = office.post("/seasons/versions", ROWS, follow=True)

    assert "已录入新的施工季" in answer.content.decode()
    assert "所用版本 2026 年" in answer.content.decode()
    assert list(SeasonBand.objects.order_by("from_m").values_list("from_m", "to_m", "opens", "closes")) == [
        (0, 4000, "", ""),
        (4000, None, "05-10", "10-20"),
    ]


@pytest.mark.parametrize(
    ("wrong", "status", "says"),
    [
        ({"form-1-from_m": "4200"}, 422, "4000 米到 4200 米之间没有规定"),
        ({"form-1-closes": "02-30"}, 400, "不是每年都有的日子"),
        ({"form-2-opens": "05-01"}, 422, "请写明从多少米起"),
        ({"version": ""}, 422, 'class="error"'),
        ({"form-TOTAL_FORMS": "13"}, 422, 'class="error"'),
        ({"form-0-from_m": "", "form-1-from_m": ""}, 422, "请写明从多少米起"),
    ],
    ids=str,
)
def test_what_cannot_be_recorded_comes_back_with_the_reason(wrong, status, says):
    answer = browser().post("/seasons/versions", {**ROWS, **wrong})

    assert answer.status_code == status
    assert says in answer.content.decode()
    assert "县里的通知" in answer.content.decode()
    assert not SeasonBand.objects.exists()


@pytest.mark.parametrize(("total", "status"), [("x", 422), ("-1", 400), ("9" * 30, 422), ("", 422)])
def test_a_form_that_was_tampered_with_is_refused(total, status):
    answer = browser().post("/seasons/versions", {**ROWS, "form-TOTAL_FORMS": total})

    assert answer.status_code == status
    assert not SeasonBand.objects.exists()


def test_a_name_that_is_taken_comes_back_with_the_reason():
    a_version("2026 年", programme="zj-ganzi")

    answer = browser().post("/seasons/versions", ROWS)

    assert answer.status_code == 409
    assert "已经有名为“2026 年”的版本" in answer.content.decode()


@pytest.mark.parametrize(("role", "status"), [("auditor", 403), ("finance", 403), ("administrator", 404)])
def test_who_does_not_manage_the_programme_records_nothing(role, status):
    answer = browser(role).post("/seasons/versions", ROWS)

    assert answer.status_code == status
    assert not SeasonBand.objects.exists()


def test_who_sees_no_programme_is_told_what_to_do():
    assert "还没有您能看到的对口支援" in browser("administrator").get("/seasons/").content.decode()
