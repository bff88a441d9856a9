# SPDX-License-Identifier: Apache-2.0
"""The map of a county on a phone: light, kept for when there is no network, and gone when its user is."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import EN_PHONE, PHONE, sign_in

FIRST_KB = 120
KANGDING = "/map/field/?area=513301"
HERE = {"permissions": ["geolocation"], "geolocation": {"longitude": 101.9, "latitude": 30.05, "accuracy": 12}}


@pytest.fixture
def alone(visit):
    """A browser of its own, in which somebody may sign out without ending the session of other journeys."""

    def opened(username, **look):
        page = visit(viewport=PHONE, **look)
        sign_in(page, username)
        return page

    return opened


def whole(page, address):
    page.goto(address)
    page.wait_for_selector("#field[data-whole=yes]", state="attached")


def kept(page):
    page.click("#field-save")
    expect(page.locator("#field-said")).to_have_text(re.compile("已经存好"))


def test_the_first_visit_is_light_and_a_thing_is_found_by_touch_and_by_list(visit, faults):
    page = visit("kangding", viewport=PHONE, **HERE)
    wrong, carried, asked = [], [], []
    page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    page.on("pageerror", lambda one: wrong.append(str(one)))
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    session.on("Network.loadingFinished", lambda one: carried.append(one["encodedDataLength"]))
    # The home county of who is bound to one.
    whole(page, "/map/field/")
    page.wait_for_load_state("networkidle")

    assert len(carried) > 10
    assert sum(carried) / 1024 <= FIRST_KB
    things = page.locator("#field-list li button")
    assert things.count() >= 4
    expect(page.locator("#field-list")).not_to_contain_text("另有")
    page.on("request", lambda one: asked.append(one.url))
    page.click("#field-here")
    expect(page.locator("#field-where")).to_have_text(re.compile("误差 12 米"))
    assert [one for one in asked if "30.0" in one or "101.9" in one or not one.startswith(page.url[:20])] == []
    things.first.click()
    expect(page.locator("#field-card h2")).to_have_text(things.first.locator("span").nth(1).inner_text())
    expect(page.locator("#field-card")).to_contain_text("离我")

    # On the drawing, too: of several at one place a touch asks which is meant. A layer can be hidden.
    page.get_by_label("监测站").uncheck()
    expect(page.locator("#field-list")).not_to_contain_text("监测站")
    page.evaluate("document.getElementById('field-card').replaceChildren(); scrollTo({top: 0, behavior: 'instant'})")
    box = page.locator("#field-map").bounding_box()
    for place in range(200):
        across, down = place % 14 * 27, place // 14 * 27
        page.mouse.click(box["x"] + 8 + across, box["y"] + 8 + down)
        if page.locator("#field-card h2").count():
            break
    expect(page.locator("#field-card h2")).to_have_text(re.compile("这里有 4 个"))
    page.locator("#field-card button").last.click()
    expect(page.locator("#field-card dl")).to_contain_text("北纬")
    assert faults(page) == []
    assert wrong == []


def test_what_is_kept_is_there_without_a_network_and_no_older_than_it_says(alone, faults):
    page = alone("kangding")
    whole(page, KANGDING)
    names = page.locator("#field-list li").all_inner_texts()
    kept(page)
    page.context.set_offline(True)
    whole(page, KANGDING)

    expect(page.locator("#field-said")).to_have_text(re.compile("离线，截至 .*存在这部手机上"))
    assert page.locator("#field-map canvas").count() == 1
    assert page.locator("#field-list li").all_inner_texts() == names
    page.locator("#field-list li button").first.click()
    expect(page.locator("#field-card dl")).to_contain_text("北纬")
    assert not page.locator("#field-card a").count()
    assert faults(page) == []

    # Another one was never kept: so it says, and the one that is can be chosen.
    whole(page, "/map/field/?area=513322")
    expect(page.locator("#field-said")).to_have_text(re.compile("没有网络"))
    expect(page.locator("#field-kept a")).to_have_text("康定市")

    page.context.set_offline(False)
    whole(page, KANGDING)
    expect(page.locator("#field-said")).to_have_text(re.compile("^截至"))


def test_a_line_that_breaks_while_it_is_kept_leaves_what_was_there(alone):
    page = alone("kangding")
    whole(page, KANGDING)
    kept(page)
    before = page.evaluate(READ)
    page.route("**/areas/513301.json", lambda route: route.abort())
    page.click("#field-save")
    expect(page.locator("#field-said")).to_have_text(re.compile("没有存成"))
    assert page.evaluate(READ) == before
    page.unroute("**/areas/513301.json")
    page.route("**/areas/513301.json", lambda route: route.fulfill(status=200, body='{"name": "康', headers={}))
    page.click("#field-save")
    expect(page.locator("#field-said")).to_have_text(re.compile("没有存成"))
    assert page.evaluate(READ) == before
    page.unroute("**/areas/513301.json")

    # A phone that is full.
    session = page.context.new_cdp_session(page)
    session.send("Storage.overrideQuotaForOrigin", {"origin": page.url[: page.url.index("/map/")], "quotaSize": 1})
    page.click("#field-save")
    expect(page.locator("#field-said")).to_have_text(re.compile("没有存成"))
    assert page.evaluate(READ) == before
    session.send("Storage.overrideQuotaForOrigin", {"origin": page.url[: page.url.index("/map/")]})

    # Another version of the page takes its own old files away, and no area.
    page.evaluate("caches.open('field-shell-0')")
    page.evaluate("navigator.serviceWorker.register('/map/field/worker.js?lang=other', {scope: '/map/field/'})")
    page.wait_for_timeout(1500)
    assert page.evaluate(READ) == before
    assert "field-shell-0" not in page.evaluate("caches.keys()")

    page.locator("#field-kept button").click()
    expect(page.locator("#field-kept")).to_contain_text("还没有存下的县")
    assert page.evaluate(READ) is None
    kept(page)
    page.click("#field-forget")
    expect(page.locator("#field-kept")).to_contain_text("还没有存下的县")
    assert [one for one in page.evaluate("caches.keys()") if "shell" in one] == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


READ = """async () => {
  const name = (await caches.keys()).find((one) => one.startsWith("field-areas-"));
  const kept = name && await (await caches.open(name)).match("/map/field/areas/513301.json");
  return kept ? await kept.text() : null;
}"""


SLOWLY = """() => {
  const put = Cache.prototype.put;
  Cache.prototype.put = async function (...given) {
    document.documentElement.dataset.writing = "yes";
    await new Promise((done) => { setTimeout(done, 1000); });
    await put.apply(this, given);
    console.log("written");
  };
}"""


def test_what_is_kept_goes_with_its_user_and_is_shown_to_nobody_else(alone):
    page = alone("kangding")
    whole(page, KANGDING)
    kept(page)
    # The cookie of somebody else: their page shows nothing, and deletes what is not theirs.
    page.context.set_offline(True)
    [mine] = [one for one in page.context.cookies() if one["name"] == "kept_for"]
    page.context.add_cookies([{**mine, "value": "0" * 32}])
    whole(page, KANGDING)
    assert not page.locator("#field-list li").count()
    assert page.evaluate(READ) is None
    page.context.set_offline(False)
    page.context.add_cookies([mine])

    whole(page, KANGDING)
    kept(page)
    # Signed out while it is being kept anew: that ends first, for what is written after all was deleted would stay.
    order = []
    page.on("console", lambda said: order.append(said.text))
    page.on("request", lambda one: order.append("signed out") if "/logout/" in one.url else None)
    page.evaluate(SLOWLY)
    page.click("#field-save")
    page.locator("html[data-writing]").wait_for()
    page.locator(".dropdown summary").click()
    page.locator("form[action*=logout] button").click()
    page.wait_for_url("**/accounts/login/**")
    assert order[:2] == ["written", "signed out"]
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0


def test_it_is_whole_in_english_and_dark_and_a_list_without_a_script(visit, faults):
    page = visit("kangding", **EN_PHONE)
    whole(page, KANGDING)
    assert faults(page) == []
    expect(page.locator("#field-said")).to_have_text(re.compile("^As of"))

    # A window that keeps nothing shows the map all the same, and says so.
    refusing = visit("kangding", viewport=PHONE)
    refusing.add_init_script(
        "CacheStorage.prototype.open = () => Promise.reject(new DOMException('', 'SecurityError'))"
    )
    whole(refusing, KANGDING)
    assert refusing.locator("#field-list li button").count() >= 4
    refusing.click("#field-save")
    expect(refusing.locator("#field-said")).to_have_text(re.compile("不能存"))

    bare = visit("kangding", viewport=PHONE, java_script_enabled=False)
    bare.goto(KANGDING)
    bare.get_by_role("link", name="只看文字列表").click()
    assert bare.locator("details").count() >= 4
