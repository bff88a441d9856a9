# SPDX-License-Identifier: Apache-2.0
"""The pages of who gives codes out: everything by hand, and who may what."""

from __future__ import annotations

import pytest
from django.test import Client

from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.codes.issue.tests.test_issuing import a_batch, a_cooperative, states
from shanhai.registers.codes.models import CodeBatch, Link
from shanhai.registers.codes.tests.builders import a_signal, pages_with_forms
from tests.cast import a_user
from tests.forms_of_pages import Reader

pytestmark = pytest.mark.django_db
P = "zj-ganzi"


def signed_in(role: str | None) -> Client:
    client = Client()
    client.force_login(
        a_user(role, programme=P if role == "trace_recorder" else ""),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    return client


def test_from_issuing_to_a_sheet_to_revoking() -> None:
    a_programme()
    a_cooperative()
    client = signed_in("office")
    given = {"kind": "tag", "count": "3", "organisation": "演示合作社", "programme": P}
    answer = client.post("/codes/new", given)
    batch = CodeBatch.objects.get()
    page = f"/codes/{batch.uuid}/"
    assert answer["Location"] == page
    assert batch.codes.get(number=2).signs in client.get(page).content.decode()

    sheet = client.post(f"{page}print", {"first": "1", "last": "3", "size": "a4-24"})
    assert (sheet["Content-Type"], sheet["Cache-Control"]) == ("application/pdf", "no-store")
    assert client.get(f"{page}2.svg").content.startswith(b"<svg")
    assert client.post(f"{page}activate", {"first": "1", "last": "2"}).status_code == 302
    assert client.post(f"{page}revoke", {"first": "3", "last": "3", "because": "印坏了"}).status_code == 302
    assert states(batch) == "aar"
    assert client.post(f"{page}transfer", {"first": "1", "last": "1", "taker": "没有的单位"}).status_code == 400
    a_cooperative("另一家")
    assert client.post(f"{page}transfer", {"first": "1", "last": "1", "taker": "另一家"}).status_code == 302
    assert "另一家" in client.get(page).content.decode()
    assert client.post(f"{page}nothing", {}).status_code == 404


def test_a_link_that_is_set_on_the_page_is_followed_and_taken_away() -> None:
    a_programme()
    client, path = signed_in("office"), a_batch(1).codes.get().path
    asked = {
        "anchor": path,
        "type": "gs1:pip",
        "title": "说明",
        "media_type": "text/html",
        "programme": P,
        "default": "on",
    }
    for wrong in ("javascript:alert(1)", "//evil.example", "http://shop.example", "https://a@evil.example/"):
        assert client.post("/codes/links/", {**asked, "href": wrong}).status_code == 400
    client.post("/codes/links/", {**asked, "href": "/alerts/"})
    assert Client().get(path)["Location"] == "/alerts/"
    client.post("/codes/links/", {**asked, "href": "https://shop.example/"})
    assert Client().get(path)["Location"] == "https://shop.example/"
    client.post(f"/codes/links/{Link.objects.in_force().get().uuid}/end")
    answer = Client().get(path)
    assert (answer.status_code, "还没有为它设页面" in answer.content.decode()) == (200, True)


def test_one_code_leads_everybody_elsewhere() -> None:
    a_programme()
    path = a_batch(1).codes.get().path
    office = signed_in("office")
    for audience in ("buyer", "herder", "inspector", "visitor"):
        asked = {"anchor": path, "type": "gs1:pip", "title": audience, "media_type": "text/html", "programme": P}
        office.post("/codes/links/", {**asked, "default": "on", "audience": audience, "href": f"/{audience}/"})

    assert Client().get(path)["Location"] == "/buyer/"
    assert Client().get(f"{path}?context=visitor")["Location"] == "/visitor/?context=visitor"
    assert Client().get(f"{path}?context=inspector")["Location"] == "/buyer/?context=inspector"
    assert signed_in("trace_recorder").get(path)["Location"] == "/herder/"
    assert signed_in("trace_inspector").get(path)["Location"] == "/inspector/"
    shown = Client().get(f"{path}?linkType=linkset").content.decode()
    assert "/buyer/" in shown
    assert "/inspector/" not in shown
    assert "/herder/" not in shown


def test_who_sees_and_who_acts() -> None:
    a_programme()
    pages = pages_with_forms()
    batch = CodeBatch.objects.get(count=3)
    act = f"/codes/{batch.uuid}/activate"
    run = {"first": "1", "last": "3"}
    for role, statuses in (
        (None, [404, 404, 404, 404, 404]),
        ("trace_recorder", [200, 404, 200, 200, 404]),
        ("auditor", [403, 200, 200, 200, 404]),
    ):
        client = signed_in(role)
        assert [client.get(page).status_code for page in pages[:4]] + [client.post(act, run).status_code] == statuses, (
            role
        )
    assert states(batch) == "iii"
    assert Client().get("/codes/")["Location"].startswith("/accounts/login/")


def test_a_signal_is_closed_with_what_was_found() -> None:
    a_programme()
    a_signal()
    client = signed_in("trace_inspector")
    page = client.get("/codes/signals/").content.decode()
    action = next(one.action for one in Reader(page).sheets if one.action.endswith("/close"))
    assert client.post(action, {"because": ""}).status_code == 400
    client.post(action, {"because": "门店试扫"})
    assert "没有异常" in client.get("/codes/signals/").content.decode()


def test_a_revoked_code_says_so_to_whoever_scans_it() -> None:
    a_programme()
    batch = a_batch(1)
    signed_in("office").post(f"/codes/{batch.uuid}/revoke", {"first": "1", "last": "1", "because": "流出"})
    answer = Client().get(batch.codes.get().path)
    assert (answer.status_code, "已经作废" in answer.content.decode()) == (410, True)
