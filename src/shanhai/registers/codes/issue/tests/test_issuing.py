# SPDX-License-Identifier: Apache-2.0
"""Codes are given out: for whom, how many, and that none can be guessed from another."""

from __future__ import annotations

import pytest

from shanhai.kernel.errors import BadInput, NotAllowed
from shanhai.registers.codes.issue.rules.serials import SIGNS
from shanhai.registers.codes.issue.services import issue
from shanhai.registers.codes.keys.rules.reading import parse
from shanhai.registers.organisations.models import Organisation
from tests.cast import AT, AUDITOR, OFFICE

pytestmark = pytest.mark.django_db
P = "zj-ganzi"


def a_cooperative(name: str = "演示合作社") -> Organisation:
    return Organisation.objects.create(name=name, kind="cooperative")


def test_codes_are_random_and_read_back() -> None:
    batch = issue(kind="lot", count=50, organisation=a_cooperative(), programme=P, by=OFFICE, at=AT)
    codes = list(batch.codes.order_by("number"))
    assert [code.number for code in codes] == list(range(1, 51))
    assert {parse(code.identifier).path for code in codes} == {code.path for code in codes}
    assert set("".join(code.signs for code in codes)) <= set(SIGNS)
    assert len({code.signs[:4] for code in codes}) > 40


@pytest.mark.parametrize("count", [0, 100_001])
def test_too_few_or_too_many_at_once(count: int) -> None:
    with pytest.raises(BadInput, match="一次可发"):
        issue(kind="lot", count=count, organisation=a_cooperative(), programme=P, by=OFFICE, at=AT)


def test_who_only_looks_gives_out_none() -> None:
    with pytest.raises(NotAllowed):
        issue(kind="lot", count=1, organisation=a_cooperative(), programme=P, by=AUDITOR, at=AT)


def test_a_kind_is_a_word() -> None:
    with pytest.raises(BadInput, match="种类"):
        issue(kind="Lot 1", count=1, organisation=a_cooperative(), programme=P, by=OFFICE, at=AT)
