# SPDX-License-Identifier: Apache-2.0
"""The map in a browser that draws it: shaded, clicked, played, measured; its style passes the map's own check."""

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
    for across in (0.4, 0.5):
        page.mouse.click(canvas["x"] + canvas["width"] * across, canvas["y"] + canvas["height"] * 0.5)
    page.wait_for_function("/\\d km/.test(document.getElementById('map-measured').innerText)")
    assert faults(page) == []
    assert said == []


def test_without_a_script_the_counties_are_drawn_all_the_same(visit):
    page = visit("office", java_script_enabled=False)
    page.goto("/map/?programme=zj-ganzi")

    assert page.locator("#map-canvas .small-map path.area").count() == 18
    assert page.locator("#map-shade tbody tr").count() == 18
