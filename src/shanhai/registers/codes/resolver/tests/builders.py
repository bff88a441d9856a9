# SPDX-License-Identifier: Apache-2.0
"""Codes with links, for tests."""

from __future__ import annotations

from typing import Any

from shanhai.registers.codes.issue.services import issue
from shanhai.registers.codes.models import Code, Link
from shanhai.registers.codes.resolver.services import set_link
from shanhai.registers.organisations.models import Organisation
from tests.cast import AT, OFFICE

P = "zj-ganzi"
GTIN = "/01/09506000134376"
LOT = f"{GTIN}/10/LOT01"
PIECE = f"{LOT}/21/S1"


def a_cooperative(name: str = "演示合作社") -> Organisation:
    return Organisation.objects.get_or_create(name=name, defaults={"kind": "cooperative"})[0]


def a_code(kind: str = "tag", **given: Any) -> Code:
    batch = issue(kind=kind, count=1, organisation=a_cooperative(), programme=P, by=OFFICE, at=AT, **given)
    return batch.codes.select_related("batch").get()


def a_link(anchor: str = GTIN, **given: Any) -> Link:
    given = {"type": "gs1:pip", "href": "https://shop.example/pip", "title": "产品页", **given}
    return set_link(anchor=anchor, programme=P, by=OFFICE, at=AT, **given)
