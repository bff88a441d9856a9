# SPDX-License-Identifier: Apache-2.0
"""What the test suite of GS1 for resolvers checks of one, over HTTP; the names of its checks stand at each."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from shanhai.kernel.errors import BadInput
from shanhai.registers.codes.keys.rules.compression import compress
from shanhai.registers.codes.keys.rules.own import make_own
from shanhai.registers.codes.keys.rules.reading import parse
from shanhai.registers.codes.resolver.tests.builders import GTIN, LOT, PIECE, a_code, a_link

pytestmark = pytest.mark.django_db
PIP = "https://gs1.org/voc/pip"
DEFAULT = "https://gs1.org/voc/defaultLink"


def a_product() -> None:
    a_link(default=True)
    a_link(
        type="gs1:certificationInfo", href="https://shop.example/cert.pdf", title="证书", media_type="application/pdf"
    )
    a_link(type="gs1:hasRetailers", href="https://shop.example/zh", title="哪里买", language="zh")
    a_link(type="gs1:hasRetailers", href="https://shop.example/en", title="Where to buy", language="en")
    a_link(LOT, type="gs1:traceability", href="/trace/lot01/", title="这一批")


def rows(client: Client, path: str, **headers: str) -> dict[str, Any]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.content
    return {row["anchor"].partition("//")[2].partition("/")[2]: row for row in json.loads(answer.content)["linkset"]}


def test_the_default_link_is_led_to_with_the_query(client: Client) -> None:
    """defaultTarget, qsPassedOn, linkOnRedirect, legacyLinkHeaders, corsCheck."""
    a_product()
    answer = client.get(f"{GTIN}?17=261231&from=a%20b&linkType=")
    assert (answer.status_code, answer["Location"]) == (307, "https://shop.example/pip?17=261231&from=a%20b")
    assert 'rel="linkset"' in answer["Link"]
    assert "shop.example" not in answer["Link"]
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert {"Accept", "Accept-Language", "Cookie"} <= {one.strip() for one in answer["Vary"].split(",")}


@pytest.mark.parametrize("path", [GTIN, f"{GTIN}/", LOT, PIECE, f"{PIECE}/"])
def test_every_level_leads_to_the_default_above_it(client: Client, path: str) -> None:
    """basicWalkUp, trailingSlash, defaultLinkExists."""
    a_product()
    assert client.get(path)["Location"] == "https://shop.example/pip"


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_methods(client: Client, method: str) -> None:
    """methodsCheck, corsCheck."""
    a_product()
    answer = getattr(client, method)(GTIN)
    assert answer.status_code == (204 if method == "options" else 307)
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert not answer.content
    assert client.post(GTIN).status_code == 405


@pytest.mark.parametrize("ask", ["linkset", "all"])
def test_a_linkset_is_no_redirect(client: Client, ask: str) -> None:
    """ltLinksetNoRedirect, ltAllNoRedirect, declaredContentType, linksetJsonldCheck."""
    a_product()
    answer = client.get(f"{GTIN}?linkType={ask}")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/linkset+json")
    assert 'rel="http://www.w3.org/ns/json-ld#context"' in answer["Link"]


@pytest.mark.parametrize("accept", ["application/linkset+json", "application/json", "application/ld+json"])
def test_a_program_gets_the_linkset_by_what_it_accepts(client: Client, accept: str) -> None:
    """ltAcceptHeader."""
    a_product()
    assert "09506000134376" in json.dumps(rows(client, GTIN, accept=accept))
    assert client.get(GTIN, headers={"accept": f"text/html,{accept};q=0.5"}).status_code == 307


def test_a_linkset_has_each_level_with_one_default(client: Client) -> None:
    """validLinkset, defaultLinkExists, singleDefaulLink, singleMultiLink, linkTypesDefined, isHttps."""
    a_product()
    found = rows(client, f"{PIECE}?linkType=linkset")
    assert list(found) == [PIECE[1:], LOT[1:], GTIN[1:]]
    for row in found.values():
        assert row[DEFAULT] == [{"href": "https://shop.example/pip", "title": "产品页"}]
    assert found[GTIN[1:]][PIP] == [{"href": "https://shop.example/pip", "title": "产品页", "type": "text/html"}]
    retailers = found[GTIN[1:]]["https://gs1.org/voc/hasRetailers"]
    assert [one["hreflang"] for one in retailers] == [["zh"], ["en"]]
    assert found[LOT[1:]]["https://gs1.org/voc/traceability"][0]["href"].startswith("https://")
    assert all(row["anchor"].startswith("https://") for row in found.values())


def test_the_description_of_a_linkset_in_both_editions(client: Client) -> None:
    a_product()
    assert "itemDescription" in rows(client, f"{GTIN}?linkType=linkset")[GTIN[1:]]
    accept = 'application/linkset+json; profile="https://ref.gs1.org/standards/resolver/1.2.0/linkset-schema"'
    row = rows(client, GTIN, accept=accept)[GTIN[1:]]
    assert "description" in row
    assert "itemDescription" not in row


@pytest.mark.parametrize(
    ("ask", "language", "status", "target"),
    [
        ("gs1:certificationInfo", "", 307, "https://shop.example/cert.pdf"),
        ("https://ref.gs1.org/voc/certificationInfo", "", 307, "https://shop.example/cert.pdf"),
        ("gs1:hasRetailers", "en-GB,zh;q=0.5", 307, "https://shop.example/en"),
        ("gs1:hasRetailers", "zh-CN", 307, "https://shop.example/zh"),
        ("gs1:hasRetailers", "fr", 300, None),
        ("gs1:dpp", "", 404, None),
    ],
)
def test_a_link_type_that_is_there_several_or_none(
    client: Client, ask: str, language: str, status: int, target: str | None
) -> None:
    """specificLinkTypeNotFound, linkTypesDefined."""
    a_product()
    answer = client.get(f"{PIECE}?linkType={ask}", headers={"accept-language": language})
    assert (answer.status_code, answer.get("Location")) == (status, target)
    if status == 300:
        assert b"https://shop.example/zh" in answer.content
        assert b"https://shop.example/en" in answer.content


@pytest.mark.parametrize(
    "path",
    [
        "/01/09506000134377",  # check digit
        "/01/9506000134",  # length
        f"{GTIN}/21/S1/10/LOT01",  # order
        f"{GTIN}/99/x",
        "/415/9506000134376",  # needs its (8020)
        "/gtin/09506000134376",  # no longer in use
        "/x/tag/4ACD7PKTXW9H0",  # check character
        f"{GTIN}?17=261332",  # a day that is none
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_bad_syntax_is_400_with_the_place_and_what_to_do(client: Client, path: str, accept: str) -> None:
    """reportWith400, noErrorWith200."""
    answer = client.get(path, headers={"accept": accept})
    assert answer.status_code == 400
    assert answer["Access-Control-Allow-Origin"] == "*"
    if accept != "text/html":
        told = json.loads(answer.content)
        assert told["code"].startswith("codes.")
        assert told["at"]
        assert len(told["message"]) > 10


def test_a_code_that_is_too_long_for_the_table_leads_nowhere_of_its_own() -> None:
    sign = "%21" * 20
    with pytest.raises(BadInput, match="200"):
        a_link(f"{GTIN}/22/{sign}/10/{sign}/21/{sign}")


def test_an_unknown_code_is_404_and_says_what_that_may_mean(client: Client) -> None:
    """noErrorWith200."""
    answer = client.get(GTIN)
    assert answer.status_code == 404
    assert "标签是仿的" in answer.content.decode()
    assert client.get(GTIN, headers={"accept": "application/linkset+json"}).status_code == 404


def test_walking_up_asks_no_level_that_is_no_code(client: Client) -> None:
    a_link("/415/9506000134376/8020/REF1", default=True)
    assert client.get("/415/9506000134376/8020/REF1").status_code == 307
    assert [*rows(client, "/415/9506000134376/8020/REF1?linkType=linkset")] == ["415/9506000134376/8020/REF1"]


def test_a_compressed_link_is_led_on_and_says_what_it_stands_for(client: Client) -> None:
    a_product()
    packed = compress(parse(f"https://id.gs1.org{PIECE}"))
    answer = client.get(packed)
    assert (answer.status_code, answer["Location"]) == (307, "https://shop.example/pip")
    assert f'{PIECE}>; rel="owl:sameAs"' in answer["Link"]
    assert rows(client, f"{packed}?linkType=linkset")[PIECE[1:]]["http://www.w3.org/2002/07/owl#sameAs"]


def test_what_the_resolver_is_stands_at_its_address(client: Client) -> None:
    """rdFile, isHttps: in the words of both editions."""
    answer = client.get("/.well-known/gs1resolver")
    told = json.loads(answer.content)
    assert told["resolverRoot"].startswith("https://")
    assert told["supportedPrimaryKeys"] == ["all"]
    assert told["linkTypeDefaultCanBeLinkset"] is told["linkTypeDefaultCanBeAll"] is False
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_other_addresses_keep_what_they_were(client: Client) -> None:
    assert client.get("/programmes").status_code == 301
    assert client.get("/nothing-here-at-all/").status_code == 404
    assert client.get("/Nothing-Here-1").status_code == 400


# What is told on a page is asked once more, on the way of all pages.
@pytest.mark.parametrize(("which", "asked"), [("known", 2), ("unknown", 4)])
def test_a_scan_of_a_stranger_asks_little(
    client: Client, django_assert_num_queries: Any, which: str, asked: int
) -> None:
    code = a_code()
    a_link(code.path, default=True)
    path = code.path if which == "known" else make_own("tag", "4ACD7PKTXW9H").path
    with django_assert_num_queries(asked):
        answer = client.get(path)
    assert "sessionid" not in answer.cookies


def test_a_slash_within_a_value_survives_a_server_that_decodes_paths(client: Client) -> None:
    a_link(f"{GTIN}/10/A%2FB", default=True)
    assert client.get(f"{GTIN}/10/A%2FB/21/1")["Location"] == "https://shop.example/pip"
