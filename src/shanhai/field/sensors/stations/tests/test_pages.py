# SPDX-License-Identifier: Apache-2.0
"""The pages of 监测: what they show, to whom, and how little they ask."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shanhai.field.sensors.models import Datastream, Device, Rejected, Thing
from shanhai.field.sensors.stations.selectors.credentials import sender_of
from shanhai.field.sensors.stations.selectors.tokens import NotKnown, reader_of
from shanhai.field.sensors.stations.tests.builders import POINT, a_station, a_stream, sent
from shanhai.field.sensors.tests.streams import came
from shanhai.registers.places.selectors import _drawn
from shanhai.registers.places.tests.builders import a_division as outlined
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT, actor, waiting_for

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_clock", "ganzi")]
HTMX = {"HX-Request": "true"}
NEW = {
    "name": "色乌绒二号坡", "code": "wuse-2", "kind": "hazard", "programme": "zj-ganzi", "place": "513301",
    "metrics": ["disp", "rain"], "interval_s": "600", **POINT,
}  # fmt: skip


def pages(stream):
    return (
        "/sensors/stations/wuse-2/",
        f"/sensors/devices/{stream.device.uuid}/",
        f"/sensors/streams/{stream.pk}/",
    )


@pytest.fixture
def engineer(sign_in):
    return sign_in("station_engineer", programme="zj-ganzi")


def test_a_station_is_registered_and_its_first_reading_appears_by_itself(engineer):
    answer = engineer.post("/sensors/new", NEW)

    device = Device.objects.get()
    assert answer["Location"] == f"/sensors/devices/{device.uuid}/"
    page = engineer.get(answer["Location"]).content.decode()
    seen = page.partition("?seen=")[2].partition('"')[0]
    assert "等第一个数" in page
    assert "every 2s" in page
    assert "shanhai/zj-ganzi/wuse-2/logger/disp -m 21.5" in page
    again = engineer.get(answer["Location"], {"seen": seen}, headers=HTMX)
    assert (again.status_code, again.content) == (204, b"")

    sent(Datastream.objects.get(metric="disp"), 3.25)

    part = engineer.get(answer["Location"], {"seen": seen}, headers=HTMX).content.decode()
    assert "3.25 mm" in part
    assert "等第一个数" not in part
    assert "<html" not in part


def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_stands(engineer):
    answer = engineer.post("/sensors/new", {**NEW, "code": "色 乌", "lon": "170"})

    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="色 乌"' in page
    assert "不在中国范围内" in page
    assert not Thing.objects.exists()


def test_strangers_find_nothing_and_a_county_its_own(sign_in):
    stream = a_stream()
    addresses = (
        "/sensors/",
        *pages(stream),
        f"/sensors/streams/{stream.pk}/data.csv?first=2026-11-01&last=2026-11-22&what=raw",
    )
    stranger, other, county = (
        sign_in(None, username="stranger"),
        sign_in("county_user", username="luding", programme="zj-ganzi", place="513322"),
        sign_in("county_user", username="kangding", programme="zj-ganzi", place="513301"),
    )

    assert [stranger.get(one).status_code for one in addresses] == [404] * 5
    assert [other.get(one).status_code for one in addresses] == [200, 404, 404, 404, 404]
    assert "wuse-2" not in other.get("/sensors/").content.decode()
    assert [county.get(one).status_code for one in addresses] == [200] * 5


def test_no_text_of_a_device_becomes_a_formula_in_a_table(engineer):
    stream = a_stream()
    came(stream, [(0, "=1+1"), (600, "@SUM(A1)"), (1200, -1.5), (1800, "热")])

    answer = engineer.get(f"/sensors/streams/{stream.pk}/data.csv?first=2026-03-01&last=2026-03-01&what=raw")

    rows = csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig")))
    assert [row[1] for row in rows][1:] == ["'=1+1", "'@SUM(A1)", "-1.5", "热"]


@pytest.mark.parametrize("path", ["/sensors/new", "/sensors/stations/wuse-2/edit", "/sensors/stations/wuse-2/move"])
def test_who_only_looks_may_open_no_form(sign_in, path):
    a_station()

    assert sign_in("auditor").get(path).status_code == 403


def test_no_page_asks_more_for_more_stations(engineer):
    def asked(path):
        with CaptureQueriesContext(
            connection,
        ) as context:
            assert engineer.get(path).status_code == 200
        return len(context)

    stream = a_stream()
    sent(stream, 1.0, 2.0)
    few = [asked(path) for path in ("/sensors/", *pages(stream))]
    for number in range(5):
        a_station(f"more-{number}", metrics=("disp", "tilt"))
    sent(stream, 1.0, 2.0, 3.0, at=AT + timedelta(hours=1))

    assert [asked(path) for path in ("/sensors/", *pages(stream))] == few
    assert max(few) <= 20


def test_the_open_page_of_a_datastream_asks_two_things_while_nothing_comes(engineer):
    stream = a_stream()
    sent(stream, 1.0)
    address = f"/sensors/streams/{stream.pk}/"
    seen = engineer.get(address).content.decode().partition("seen=")[2].partition('"')[0]

    with CaptureQueriesContext(connection) as context:
        answer = engineer.get(address, {"span": "day", "seen": seen}, headers=HTMX)

    assert answer.status_code == 204
    # Who asks (session, user, roles), and the datastream.
    assert len([one for one in context if "sensors_" in one["sql"]]) == 1
    sent(stream, 5.0, at=AT + timedelta(minutes=10))
    assert "5 mm" in engineer.get(address, {"span": "day", "seen": seen}, headers=HTMX).content.decode()


@pytest.mark.parametrize("span", ["day", "month", "year", "nonsense"])
def test_a_datastream_is_drawn_with_its_limits_and_what_is_marked(engineer, span):
    stream = a_stream()
    Datastream.objects.update(low=0, high=10)
    sent(stream, 1.0, 4.0, 12.0, 5.0, every_s=3600)

    page = engineer.get(f"/sensors/streams/{stream.pk}/", {"span": span}).content.decode()

    assert 'class="series-line" d="M' in page
    assert "series-limit" in page
    assert ("series-mark" in page) == (span in {"day", "nonsense"})
    assert ("series-band" in page) == (span == "month")


def test_what_was_rejected_is_told_with_its_reason(engineer):
    device = a_stream().device
    because = {"text": "%(given)s 不是一个数。", "params": {"given": "NaN"}}
    Rejected.objects.create(device=device, at=AT, topic="a/b", payload="NaN", code="x", because=because)

    assert "NaN 不是一个数。" in engineer.get(f"/sensors/devices/{device.uuid}/").content.decode()


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_period_is_taken_away_raw_by_hour_and_by_day(engineer, tmp_path):
    stream = a_stream()
    sent(stream, 1.0, 2.0, 6.0, every_s=1800)
    asked = {"first": "2026-11-22", "last": "2026-11-22"}
    address = f"/sensors/streams/{stream.pk}/data"

    raw = rows_of(b"".join(engineer.get(f"{address}.csv", {**asked, "what": "raw"}).streaming_content))
    hours = rows_of(b"".join(engineer.get(f"{address}.csv", {**asked, "what": "hours"}).streaming_content))
    book = tmp_path / "days.xlsx"
    book.write_bytes(b"".join(engineer.get(f"{address}.xlsx", {**asked, "what": "days"}).streaming_content))

    assert raw[1][:2] == ["2026-11-22T09:00:00+08:00", "1.0"]
    assert len(raw) == 4
    assert hours[1] == ["2026-11-22T09:00:00+08:00", "1.5", "1.0", "2.0", "2"]
    with open_workbook(path=book) as file:
        rows = list(file.sheets[0].rows())
    assert rows[1][0] == "2026-11-22 至 2026-11-22，时间是北京时间（UTC+8）。"
    assert rows[3] == ["日期", "平均（mm）", "最小（mm）", "最大（mm）", "个数"]
    assert rows[4] == [date(2026, 11, 22), 3, 1, 6, 3]
    backwards = {**asked, "first": "2026-11-23", "what": "raw"}
    assert engineer.get(f"{address}.csv", backwards).status_code == 400
    assert engineer.get(f"{address}.csv", {"first": "x", "last": "y", "what": "raw"}).status_code == 400
    assert engineer.get(f"{address}.pdf", {**asked, "what": "raw"}).status_code == 404


def test_a_table_that_is_full_says_that_there_is_more(engineer, tmp_path, monkeypatch):
    monkeypatch.setattr("shanhai.field.sensors.stations.views.tables.MOST_ROWS", 2)
    stream = a_stream()

    def lines(*numbers):
        sent(stream, *numbers, every_s=1800)
        given = {"first": "2026-11-22", "last": "2026-11-22", "what": "raw"}
        book = tmp_path / f"{len(numbers)}.xlsx"
        book.write_bytes(b"".join(engineer.get(f"/sensors/streams/{stream.pk}/data.xlsx", given).streaming_content))
        with open_workbook(path=book) as file:
            return [row[0] for row in file.sheets[0].rows()][3:]

    assert all(isinstance(one, datetime) for one in lines(1.0, 2.0))
    assert lines(1.0, 2.0, 6.0)[-1].startswith("表放不下了")


def test_a_time_is_set_apart_with_a_reason_and_leaves_the_roll_up(engineer):
    stream = a_stream()
    sent(stream, 1.0, 99.0)
    given = {"begin": "2026-11-22T09:55", "end": "2026-11-22T10:05", "apart": "yes", "because": "换电池"}
    address = f"/sensors/streams/{stream.pk}/quarantine"

    assert engineer.post(address, {**given, "because": ""}).status_code == 422
    assert engineer.post(address, given).status_code == 302
    assert [one.count for one in stream.hours.all()] == [1]
    assert engineer.post(address, given).status_code == 400


def test_a_token_of_the_datastream_is_told_once(engineer):
    stream = a_stream()

    assert engineer.post(f"/sensors/streams/{stream.pk}/token").status_code == 422
    answer = engineer.post(f"/sensors/streams/{stream.pk}/token", {"name": "县应急局大屏"})

    token = answer.content.decode().partition('<code id="token">')[2].partition("<")[0]
    assert len(token) > 30
    assert answer["Cache-Control"] == "no-store"
    assert answer.context["acts"]["token"].data == {}
    page = engineer.get(f"/sensors/streams/{stream.pk}/").content.decode()
    assert token not in page
    assert "县应急局大屏" in page


def test_a_token_of_the_datastream_is_revoked_on_its_page_by_who_manages_it(engineer, sign_in):
    stream = a_stream()
    address = f"/sensors/streams/{stream.pk}/"
    answer = engineer.post(f"{address}token", {"name": "大屏"})
    token = answer.content.decode().partition('<code id="token">')[2].partition("<")[0]
    uuid = engineer.get(address).content.decode().partition('name="token" value="')[2].partition('"')[0]

    assert uuid not in sign_in("auditor").get(address).content.decode()
    assert engineer.post(f"{address}revoke", {"token": "x"}).status_code == 422
    assert reader_of(token)[0].only == stream.pk
    assert engineer.post(f"{address}revoke", {"token": uuid}).status_code == 302
    with pytest.raises(NotKnown):
        reader_of(token)
    assert "大屏" not in engineer.get(address).content.decode()


def test_a_credential_is_told_once_changed_and_taken_back(engineer):
    device = a_stream().device
    address = f"/sensors/devices/{device.uuid}/"

    answer = engineer.post(f"{address}give")

    secret = answer.content.decode().partition('<code id="secret">')[2].partition("<")[0]
    assert f"-u wuse-2.logger -P {secret} -t shanhai/zj-ganzi/wuse-2/logger/disp" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert sender_of(username="wuse-2.logger", secret=secret).device == device.pk
    assert secret not in engineer.get(address).content.decode()
    assert "换凭证" in engineer.get(address).content.decode()
    engineer.post(f"{address}revoke")
    assert sender_of(username="wuse-2.logger", secret=secret) is None


def test_all_that_have_no_credential_get_one_in_a_table_that_comes_once(engineer, sign_in, tmp_path):
    a_station("one")
    two = a_station("two").devices.get()
    engineer.post(f"/sensors/devices/{two.uuid}/give")
    assert "1 个设备还没有凭证" in engineer.get("/sensors/").content.decode()
    assert sign_in("auditor").post("/sensors/credentials").status_code == 403

    answer = engineer.post("/sensors/credentials")

    book = tmp_path / "credentials.xlsx"
    book.write_bytes(b"".join(answer.streaming_content))
    with open_workbook(path=book) as file:
        (row,) = list(file.sheets[0].rows())[2:]
    assert row[2] == "one.logger"
    assert sender_of(username="one.logger", secret=row[3])
    assert f"-P {row[3]} -t {row[4]}/disp" in row[5]
    assert engineer.post("/sensors/credentials").status_code == 302


@pytest.mark.parametrize("act", ["suspend", "retire", "resume", "stream"])
def test_who_comes_too_late_for_an_act_is_told_so_on_the_page(engineer, act):
    device = a_stream().device
    address, given = f"/sensors/devices/{device.uuid}/", {"on": "2026-11-22", "because": "冬天"}
    engineer.post(f"{address}retire", given)

    answer = engineer.post(f"{address}{act}", {**given, "metric": "late", "name": "晚"})

    assert answer.status_code == 409
    assert "没有保存" in answer.content.decode()


def test_a_retired_device_has_no_credential_left(engineer):
    device = a_stream().device
    address = f"/sensors/devices/{device.uuid}/"
    engineer.post(f"{address}give")

    assert engineer.post(f"{address}retire", {"on": "2026-11-22", "because": "滑坡已治理"}).status_code == 302
    device.refresh_from_db()
    assert (device.state, device.secret) == ("retired", "")
    assert engineer.post(f"{address}give").status_code == 422


def test_what_the_catalogue_knows_needs_no_more_than_to_be_chosen(engineer):
    device = a_station(metrics=()).devices.get()
    address = f"/sensors/devices/{device.uuid}/"
    page = engineer.get(address).content.decode()
    assert "<h1>设备 logger</h1>" in page.replace("\n", "")
    assert '<option value="temp" selected>' in page

    engineer.post(f"{address}stream", {"of": "temp"})

    stream = device.datastreams.get()
    assert (stream.metric, stream.name, stream.unit["symbol"]) == ("temp", "气温", "°C")


def test_publishing_is_one_press_and_back(engineer):
    stream = a_stream()
    address = f"/sensors/streams/{stream.pk}/"

    engineer.post(f"{address}publish")
    assert "已公开" in engineer.get(address).content.decode()
    engineer.post(f"{address}unpublish")
    assert "没有公开" in engineer.get(address).content.decode()


def test_who_manages_stations_is_told_of_silent_ones(engineer):
    stream = a_stream()
    sent(stream, 1.0, at=AT - timedelta(hours=2))

    assert waiting_for(actor("station_engineer", programme="zj-ganzi"), "sensors.unwell") == [
        "/sensors/stations/wuse-2/"
    ]
    assert waiting_for(actor("auditor"), "sensors.unwell") == []
    assert "色乌绒" in engineer.get("/search/", {"q": "wuse"}).content.decode()


def test_stations_stand_on_a_small_map_of_where_the_programme_helps(engineer):
    _drawn.cache_clear()
    outlined("513301", box=(101.0, 29.0, 102.0, 31.0))
    sent(a_stream(), 1.0, at=AT - timedelta(hours=2))
    a_station("beside", lon="99.0")
    a_station("nowhere", lon="", lat="", altitude="")

    page = engineer.get("/sensors/").content.decode()

    assert page.count("station-dot") == page.count("station-dot late") == 1
    assert '<a href="/sensors/stations/wuse-2/" tabindex="-1" aria-label="色乌绒二号坡"><g class="station-dot' in page
    assert "small-map" not in engineer.get("/sensors/", {"text": "nowhere"}).content.decode()
