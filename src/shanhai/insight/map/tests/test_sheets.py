# SPDX-License-Identifier: Apache-2.0
"""A sheet is true to its scale, has the numbers of the other pages, and nothing that its reader may not see."""

from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import shapely
from django.contrib.staticfiles.finders import find
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from shanhai.base.accounts.models import User
from shanhai.base.formats import measure
from shanhai.insight.map.desk.selectors import shade
from shanhai.insight.map.ogc.rules.styling import COLOURS, PAPER
from shanhai.insight.map.sheets.rules.drawing import CLASSES, DARK, svg_of
from shanhai.insight.map.sheets.rules.framing import bar_of, degrees_of, degrees_said, frame_of
from shanhai.insight.map.sheets.rules.placing import Board, signs_of
from shanhai.insight.map.sheets.values import Drawn, Thing
from shanhai.insight.map.tests.builders import Made, a_feature, registered
from shanhai.kernel.figures import FigureScope
from shanhai.planning.programmes.models import Programme
from shanhai.planning.projects.tests.builders import a_programme, a_project, some_money
from shanhai.registers.places.tests.builders import a_division
from tests.cast import AT, actor_of
from tests.style.contrast import colours, ratio

MM = 72 / 25.4
SHEET = {"programme": "zj-ganzi", "shade": "funds_arrived", "layer": "projects"}
GANZI = shapely.box(97.4, 27.9, 102.6, 34.4)


# Metres of GRS 80: a degree of the meridian round a latitude, a degree of longitude on it.
@pytest.mark.parametrize(
    ("lat", "meridian", "parallel"), [(28.5, 110_829, 97_886), (31, 110_870, 95_506), (34, 110_922, 92_385)]
)
def test_a_length_on_the_sheet_is_the_one_on_the_ground(lat, meridian, parallel):
    frame = frame_of([GANZI], 180, 220)
    for ends, metres in (
        (((100, lat - 0.5), (100, lat + 0.5)), meridian),
        (((99.5, lat), (100.5, lat)), parallel),
    ):
        (x0, y0), (x1, y1) = frame.onto(np.array(ends))
        assert np.hypot(x1 - x0, y1 - y0) * frame.scale / 1000 == pytest.approx(metres, rel=0.002)


@given(
    st.integers(750, 1300), st.integers(50, 500), st.integers(1, 80), st.integers(1, 80),
    st.sampled_from([(180, 220), (340, 240)]),
)  # fmt: skip
def test_any_land_lies_in_its_field_with_round_scale_bar_and_degrees(west, south, wide, high, size):
    west, south, wide, high = (one / 10 for one in (west, south, wide, high))
    land = shapely.box(west, south, west + wide, south + high)
    frame = frame_of([land], *size)

    assert frame.drawn(land.segmentize(0.1)).buffer(-0.01).within(frame.field)
    assert len(f"{frame.scale}".rstrip("0")) <= 2
    metres, length = bar_of(frame, 42)
    assert length <= 42
    assert length == pytest.approx(metres * 1000 / frame.scale)
    degrees = degrees_of(frame)
    assert 2 <= len(degrees.lines) <= 20
    assert {far for *_, far in degrees.parallels} <= {False, True}


def test_degrees_are_written_with_minutes():
    assert [degrees_said(one, "NS") for one in (30.0, 30.5, 29 + 59.9999 / 60, -5.25)] == [
        "30°N", "30°30′N", "30°N", "5°15′S",
    ]  # fmt: skip


def test_classes_are_darker_one_by_one_in_grey_too():
    tokens = colours(Path(find("shanhai/tokens.css")).read_text("utf-8"))
    assert [tokens[f"map-{number}"] for number in range(1, 6)] == [*CLASSES]
    assert all(ratio(one, other) > 1.25 for one, other in pairwise((PAPER, *CLASSES)))
    assert [ratio(PAPER, one) > 4.5 for one in CLASSES] == [number >= DARK for number in range(5)]


def test_no_sign_covers_another_while_there_is_room():
    layer = Made()
    things = [
        Thing(layer, None, (50 + number % 3, 50.0), "ok" if number % 2 else "late", "", "", "", None)
        for number in range(12)
    ]
    signs = signs_of(things, Board(100, 100), 3)

    assert sum(len(one.things) for one in signs) == 12
    assert len({one.things[0].tone for one in signs}) == 2
    apart = [shapely.box(x - 1.4, y - 1.4, x + 1.4, y + 1.4) for x, y in (one.at for one in signs)]
    assert not any(one.intersects(other) for at, one in enumerate(apart) for other in apart[:at])


@pytest.fixture
def scope(db):
    for code, west in (("513301", 101.0), ("513322", 102.0)):
        a_division(code, box=(west, 29.0, west + 1, 31.0), label_lon=west + 0.5, label_lat=30.0)
    a_programme()
    for code, name, place, paid in (("P-1", "康定桥", "513301", 40), ("P-2", "泸定路", "513322", 25)):
        some_money("arrive", a_project(code=code, name=name, place=place, yuan=100).lines.get(), paid)
    return FigureScope("zj-ganzi", AT.date())


def pages_of(answer):
    assert answer.status_code == 200, answer.content.decode()
    pages = PdfReader(BytesIO(answer.content)).pages
    # Words and numbers are set apart by blanks of their own.
    return pages, "".join("".join(page.extract_text() for page in pages).split())


def squeezed(text):
    return "".join(str(text).split())


@pytest.mark.parametrize(
    ("asked", "size"),
    [
        ({"paper": "A4", "orientation": "portrait"}, (210, 297)),
        ({"paper": "A4", "orientation": "landscape"}, (297, 210)),
        ({"paper": "A3", "orientation": "portrait"}, (297, 420)),
        ({"paper": "A3", "county": "513322"}, (297, 420)),
    ],
)
def test_every_page_has_the_size_that_was_asked_for(scope, sign_in, asked, size):
    pages, _ = pages_of(sign_in("commander").get("/map/sheet.pdf", {**SHEET, **asked}))
    assert len(pages) == 2
    for page in pages:
        box = page.mediabox
        assert (float(box.width) / MM, float(box.height) / MM) == pytest.approx(size, abs=0.1)


def test_its_numbers_are_those_of_the_counties_and_its_sources_are_named(scope, sign_in, settings):
    settings.MAP_REVIEW_NUMBER = "GS(2024)0650号"
    client = sign_in("commander")
    for key in ("funds_arrived", "livelihood_share", "project_count"):
        _, text = pages_of(client.get("/map/sheet.pdf", {**SHEET, "shade": key}))
        found = shade(viewer=actor_of(User.objects.get(username="commander")), scope=scope, key=key)
        with override("zh-hans"):
            values = [squeezed(measure(one.value)) for one in found.figures.values() if one.value is not None]
        # On the land and in the table.
        assert all(text.count(one) >= 2 for one in values), key
    for said in ("康定桥", "泸定路", "数据截至", "审图号：GS(2024)0650号", "CGCS2000", "打印", "示意图"):
        assert (said in text) is (said != "示意图"), said
    assert "演示数据" not in text
    Programme.objects.update(provenance="demo")
    assert "演示数据" in pages_of(client.get("/map/sheet.pdf", SHEET))[1]


def test_a_reader_of_one_county_gets_nothing_of_another(scope, sign_in):
    client = sign_in("county_user", programme="zj-ganzi", place="513301")
    _, text = pages_of(client.get("/map/sheet.pdf", SHEET))

    assert "康定桥" in text
    assert "泸定路" not in text
    assert "没有您能看到的数" in text
    assert squeezed("25 元") not in text


def test_a_sheet_of_one_county_has_the_things_of_that_county(scope, sign_in):
    _, text = pages_of(sign_in("commander").get("/map/sheet.pdf", {**SHEET, "county": "513322"}))
    assert ("泸定路" in text, "康定桥" in text) == (True, False)


def test_a_layer_that_fails_is_named_and_what_is_too_much_is_said(scope, sign_in, settings):
    settings.MAP_SHEET_MOST = 2
    many = Made(*(a_feature(f"f{number}", (101.1 + number / 10, 30.0)) for number in range(5)), key="many")
    with registered(Made(a_feature(at=(101.9, 30.0))), many) as layer:
        layer.fault = RuntimeError("away")
        _, text = pages_of(sign_in("commander").get("/map/sheet.pdf", {**SHEET, "layer": ["made", "many", "projects"]}))

    assert "没有画上“试验图层”：暂时读不出来" in text
    assert "“试验图层”在图幅内有5个，只画了前2个。" in text
    assert "康定桥" in text


def test_what_lies_near_is_one_sign_with_its_numbers_or_with_how_many_there_are(scope, sign_in, settings):
    near = Made(*(a_feature(f"f{number}", (101.1 + number / 1000, 30.0)) for number in range(7)))
    client = sign_in("commander")
    with registered(near):
        _, numbered = pages_of(client.get("/map/sheet.pdf", {**SHEET, "layer": "made"}))
        settings.MAP_SHEET_LISTED = 6
        _, counted = pages_of(client.get("/map/sheet.pdf", {**SHEET, "layer": "made"}))

    assert ("1–7" in numbered, "×7" in numbered, "图上的要素" in numbered) == (True, False, True)
    assert ("1–7" in counted, "×7" in counted, "图上的要素" in counted) == (False, True, False)


def test_a_day_of_the_past_is_that_of_figures_and_of_what_was_there(scope, sign_in):
    _, text = pages_of(sign_in("commander").get("/map/sheet.pdf", {**SHEET, "as_of": "2026-06-30"}))
    assert "数据截至2026-06-30" in text
    assert "图上要素的状态是版本时间的" in text


def test_english_is_whole_and_what_people_wrote_is_no_markup(scope, sign_in):
    a_project(code="P-3", name='#panic("x") $\\ [*', place="513301", yuan=1)
    client = sign_in("commander")
    answer = client.get("/map/sheet.pdf", SHEET, headers={"Accept-Language": "en"})
    _, text = pages_of(answer)

    assert "Lambertconformalconic" in text
    assert '#panic("x")$\\[*' in text
    catalogue = PdfReader(BytesIO(answer.content)).root_object
    assert b"<pdfuaid:part>1</pdfuaid:part>" in catalogue["/Metadata"].get_object().get_data()
    assert (catalogue["/Lang"], catalogue["/MarkInfo"]["/Marked"]) == ("en", True)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"paper": "A0"}, 400), ({"orientation": "askew"}, 400), ({"as_of": "2999-01-01"}, 400),
        ({"shade": "nothing"}, 404), ({"layer": "nothing"}, 404), ({"county": "540602"}, 404),
        ({"programme": "x"}, 404), ({"layer": "divisions"}, 400),
    ],
)  # fmt: skip
def test_a_bad_address_says_what_would_do(scope, sign_in, wrong, status):
    answer = sign_in("commander").get("/map/sheet.pdf", {**SHEET, **wrong})
    assert answer.status_code == status
    assert "text/html" in answer["Content-Type"]


def test_the_page_offers_what_its_reader_sees(scope, sign_in, client):
    page = sign_in("commander").get("/map/sheet/", SHEET).content.decode()
    assert 'value="513322"' in page
    assert 'value="funds_arrived" selected' in page
    assert 'formaction="/map/sheet/"' in sign_in("office").get("/map/").content.decode()
    assert client.get("/map/sheet.pdf", SHEET).status_code == 302


def test_an_area_that_lies_over_a_class_leaves_its_colour_as_it_is():
    frame = frame_of([GANZI], 180, 220)
    layer = Made()
    layer.geometry = "MultiPolygon"
    shape = frame.drawn(shapely.box(99, 30, 100, 31))
    drawn = Drawn(layer, [Thing(layer, shape, (0, 0), "late", "", "", "", None)])

    for classes, filled in (({"513301": 2}, False), ({}, True)):
        svg = svg_of(frame, degrees_of(frame), {"513301": frame.drawn(GANZI)}, classes, "", [drawn], [])
        assert (f'fill="{COLOURS["late"]}"' in svg) is filled
        assert f'stroke="{COLOURS["late"]}"' in svg
        assert (CLASSES[2] in svg) is not filled
