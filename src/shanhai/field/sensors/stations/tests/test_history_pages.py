# SPDX-License-Identifier: Apache-2.0
"""What is asked of the past of one datastream, on its page and to take away."""

import re
from datetime import timedelta

import pytest

from shanhai.field.sensors.models import ArchivedMonth
from shanhai.field.sensors.stations.tests.builders import a_stream, sent
from shanhai.field.sensors.store.services.archiving import archive_months
from shanhai.kernel.actors import system
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock", "ganzi")]
DAYS = {"first": "2026-11-20", "last": "2026-11-22"}


@pytest.fixture
def stream(sign_in):
    stream = a_stream()
    # From 03:00 to 10:00 on the 22nd in China, each half an hour, without the four hours between.
    sent(stream, 1.0, 5.0, 5.0, at=AT - timedelta(hours=6), every_s=1800)
    sent(stream, 2.0, 3.0, 7.0, every_s=1800)
    return stream


@pytest.fixture
def ask(sign_in, stream):
    client = sign_in("station_engineer", programme="zj-ganzi")
    return lambda form="", **given: client.get(f"/sensors/streams/{stream.pk}/history{form}", {**DAYS, **given})


def cells(answer):
    return re.findall(r'<t[hd] (?:scope="row"|class="num")>([^<]*)</t', answer.content.decode())


def test_days_the_time_above_a_value_and_the_longest_gap_are_told(ask):
    assert cells(ask(question="days")) == ["2026-11-22", "3.833333", "1", "7", "6"]
    # Two halves of an hour, then one hour of the gap; the last one counts nothing.
    assert cells(ask(question="above", threshold="4")) == ["4", "1.5"]
    assert cells(ask(question="gaps")) == ["2026-11-22 04:00", "5"]
    assert "没有数" in ask(question="days", first="2026-10-01", last="2026-10-02").content.decode()


def test_the_answer_is_taken_away_as_a_table(ask, tmp_path):
    book = tmp_path / "gaps.xlsx"
    book.write_bytes(b"".join(ask(".xlsx", question="gaps").streaming_content))

    with open_workbook(path=book) as file:
        rows = list(file.sheets[0].rows())
    assert "北京时间" in rows[1][0]
    assert (rows[2], str(rows[3][0]), rows[3][1]) == (["从", "小时"], "2026-11-22 04:00:00", 5)


@pytest.mark.parametrize(
    "given",
    [
        {"question": "above"},
        {"question": "days", "first": "2025-01-01"},
        {"question": "days", "first": "2026-11-23"},
        {"question": "months"},
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(ask, given):
    assert ask(**given).status_code == 400
    assert ask(".xlsx", **given).status_code == 400


def test_what_has_moved_to_files_is_asked_all_the_same(ask, stream, settings, tmp_path):
    settings.SENSORS_ARCHIVE_URL, settings.SENSORS_KEEP_MONTHS = str(tmp_path), 1
    before = [cells(ask(question=one)) for one in ("days", "gaps")]
    archive_months(by=system("console", ("sensor.manage", "sensor.view")), at=AT + timedelta(days=90))

    assert ArchivedMonth.objects.count() == 1
    assert [cells(ask(question=one)) for one in ("days", "gaps")] == before
