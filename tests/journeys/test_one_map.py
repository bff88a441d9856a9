# SPDX-License-Identifier: Apache-2.0
"""The map in a browser that draws it: shaded, clicked, played, measured; its style passes the map's own check."""

from io import BytesIO

from pypdf import PdfReader

FIRST_KB, AFTER_KB = 900, 60


def test_the_map_is_drawn_read_and_played(visit, faults):
    page = visit("office")
    said, carried = [], []
    # The map says of its style what is wrong with it; news may not be served yet.
    page.on("console", lambda one: said.append(one.text) if one.type == "error" and "REFUSED" not in one.text else None)
    page.on("pageerror", lambda one: said.append(str(one)))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda one: carried.append(one["encodedDataLength"]))

    def opened():
        carried.clear()
        page.goto("/map/?programme=zj-ganzi&shade=livelihood_share")
        page.wait_for_selector("[data-whole=yes]", timeout=60_000)
        page.wait_for_function("document.querySelectorAll('.map-key li').length > 2")
        page.wait_for_load_state("networkidle")
        return sum(carried) / 1024

    assert opened() <= FIRST_KB
    assert opened() <= AFTER_KB
    assert page.locator("#map-canvas canvas").count() == 1
    assert not page.locator(".small-map").count()

    canvas = page.locator("#map-canvas").bounding_box()
    page.mouse.click(canvas["x"] + canvas["width"] * 0.5, canvas["y"] + canvas["height"] * 0.47)
    page.wait_for_selector("#map-card h2")
    assert page.locator("#map-card .fig-proof a").count()

    before = page.locator("#map-shade").inner_text()
    page.locator("#map-day").fill("0")
    page.wait_for_function("text => document.getElementById('map-shade').innerText !== text", arg=before)
    assert page.locator("#map-day").get_attribute("data-days").split()[0] in page.url

    page.locator("#map-measure").click()
    for across, down in ((0.4, 0.5), (0.5, 0.5), (0.5, 0.7)):
        page.mouse.click(canvas["x"] + canvas["width"] * across, canvas["y"] + canvas["height"] * down)
    page.wait_for_function("/\\d km²/.test(document.getElementById('map-measured').innerText)")
    assert faults(page) == []
    page.locator("#map-within").click()
    page.wait_for_selector("#analysis table")
    assert "POLYGON" in page.url
    assert said == []


def test_without_a_script_the_counties_are_drawn_all_the_same(visit):
    page = visit("office", java_script_enabled=False)
    page.goto("/map/?programme=zj-ganzi")

    assert page.locator("#map-canvas .small-map path.area").count() == 18
    assert page.locator("#map-shade tbody tr").count() == 18


def test_what_the_map_shows_is_printed(visit, faults):
    page = visit("office")
    page.goto("/map/?programme=zj-ganzi&shade=livelihood_share")
    page.get_by_role("button", name="打印成图").click()
    page.wait_for_url("**/map/sheet/?*")
    assert page.locator("[name=shade]").input_value() == "livelihood_share"
    assert faults(page) == []

    page.locator("[name=paper]").select_option("A3")
    asked = page.evaluate("new URLSearchParams(new FormData(document.querySelector('.map-sheet'))).toString()")
    answer = page.request.get(f"/map/sheet.pdf?{asked}")
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    pages = PdfReader(BytesIO(answer.body())).pages
    assert round(float(pages[0].mediabox.height) / 72 * 25.4) == 420
    assert "民生占比" in pages[0].extract_text()


# Panels whose words do not fit, and rows lower than their words.
CUT = """() => [...document.querySelectorAll(
  ".screen-rank, .screen-layers, .screen-figures li, .screen-map, .screen-rank li")]
  .filter(one => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
  .map(one => one.className + one.innerText.slice(0, 40))"""


def test_a_screen_in_a_hall_shows_all_of_it_at_either_width(visit, faults):
    page = visit("office")
    page.goto("/map/?programme=zj-ganzi&shade=funds_arrived")
    shaded = page.locator("#map-shade tbody tr").evaluate_all(
        "rows => rows.map(row => row.cells[0].innerText + ' ' + row.cells[1].innerText)"
    )
    page.goto("/map/screens/?programme=zj-ganzi")
    page.fill("input[name=name]", "一楼大厅")
    page.locator("main .btn-primary").click()
    address = page.locator("#address").get_attribute("href")

    for width in (1920, 3840):
        hall = visit(viewport={"width": width, "height": 1080}, reduced_motion="reduce")
        hall.goto(address)
        assert hall.evaluate(CUT) == []
        assert faults(hall) == []
        ranked = [one.split() for one in hall.locator(".screen-rank-1 li").all_inner_texts()]
        assert sorted(ranked) == sorted(one.split() for one in shaded)
