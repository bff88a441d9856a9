# SPDX-License-Identifier: Apache-2.0
"""Codes are given out, printed, activated, handed on, called back: by whom, how many, and that none can be guessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shanhai.kernel.actors import Actor
from shanhai.kernel.codes import ActsFor
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible, Refused
from shanhai.kernel.registry import registries
from shanhai.kernel.states import IllegalMove
from shanhai.registers.codes.issue import services
from shanhai.registers.codes.issue.rules.serials import SIGNS
from shanhai.registers.codes.keys.rules.reading import parse
from shanhai.registers.codes.models import Code, CodeBatch
from shanhai.registers.codes.states import CodeState
from shanhai.registers.organisations.models import Organisation
from tests.cast import AT, AUDITOR, OFFICE, STRANGER, actor

pytestmark = pytest.mark.django_db
P = "zj-ganzi"
RECORDER = actor("trace_recorder", programme=P, ref="user:recorder")
OTHER = actor("trace_recorder", programme=P, ref="user:other")


def a_cooperative(name: str = "演示合作社") -> Organisation:
    return Organisation.objects.get_or_create(name=name, defaults={"kind": "cooperative"})[0]


def a_batch(count: int = 10, *, by: Actor = OFFICE, name: str = "演示合作社", **given: Any) -> CodeBatch:
    given = {"kind": "tag", "programme": P, **given}
    return services.issue(count=count, organisation=a_cooperative(name), by=by, at=AT, **given)


def states(batch: CodeBatch) -> str:
    return "".join(code.state[0] for code in batch.codes.order_by("number"))


class Works(ActsFor):
    """RECORDER works for one co-operative, OTHER for another."""

    key = "test"

    def organisations(self, *, viewer: Actor) -> list[int]:
        names = {RECORDER.ref: "演示合作社", OTHER.ref: "另一家"}
        return [a_cooperative(names[viewer.ref]).pk] if viewer.ref in names else []


@pytest.fixture
def _acting() -> Iterator[None]:
    registries.acting.add(Works())
    yield
    del registries.acting._items["test"]


def test_codes_are_random_and_read_back() -> None:
    codes = list(a_batch(50).codes.order_by("number"))

    assert [code.number for code in codes] == list(range(1, 51))
    assert {parse(code.identifier).path for code in codes} == {code.path for code in codes}
    assert set("".join(code.signs for code in codes)) <= set(SIGNS)
    assert len({code.signs[:4] for code in codes}) > 40


def test_many_at_a_time_cost_few_statements(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20):
        batch = a_batch(10_000)
    assert batch.codes.count() == 10_000


@pytest.mark.parametrize("count", [0, 100_001])
def test_too_few_or_too_many_at_once(count: int) -> None:
    with pytest.raises(BadInput, match="一次可发"):
        a_batch(count)


def test_a_kind_is_a_word() -> None:
    with pytest.raises(BadInput, match="种类"):
        a_batch(1, kind="Tag 1")


def test_nothing_is_signed_without_a_key() -> None:
    with pytest.raises(Refused, match="SHANHAI_CODES_KEY"):
        a_batch(1, signed=True)


def test_who_only_looks_changes_nothing() -> None:
    batch = a_batch()
    with pytest.raises(NotAllowed):
        a_batch(1, by=AUDITOR)
    for act in (
        lambda by: services.activate(batch=batch.uuid, by=by, at=AT),
        lambda by: services.revoke(batch=batch.uuid, because="坏了", by=by, at=AT),
        lambda by: services.transfer(batch=batch.uuid, taker=a_cooperative("另一家"), by=by, at=AT),
        lambda by: services.sheet_pdf(batch=batch.uuid, size="a4-24", by=by, at=AT),
    ):
        with pytest.raises(NotAllowed):
            act(AUDITOR)
        with pytest.raises(NotVisible):
            act(STRANGER)
        with pytest.raises(NotVisible):
            act(RECORDER)
    assert states(batch) == "i" * 10


def test_runs_go_their_way_and_leave_the_others() -> None:
    batch = a_batch()
    services.revoke(batch=batch.uuid, first=3, last=3, because="印坏了", by=OFFICE, at=AT)
    services.sheet_pdf(batch=batch.uuid, size="a4-24", first=1, last=4, by=OFFICE, at=AT)
    assert states(batch) == "pprpiiiiii"

    assert services.activate(batch=batch.uuid, first=1, last=6, by=OFFICE, at=AT) == 5
    assert states(batch) == "aaraaaiiii"
    assert [(one.old, one.new, one.first, one.last) for one in batch.moves.order_by("pk")] == [
        ("issued", "revoked", 3, 3),
        ("issued", "printed", 1, 4),
        ("issued", "active", 1, 6),
        ("printed", "active", 1, 6),
    ]
    with pytest.raises(IllegalMove):
        services.activate(batch=batch.uuid, first=3, last=3, by=OFFICE, at=AT)
    with pytest.raises(BadInput, match="编号"):
        services.activate(batch=batch.uuid, first=5, last=11, by=OFFICE, at=AT)
    with pytest.raises(BadInput, match="原因"):
        services.revoke(batch=batch.uuid, because=" ", by=OFFICE, at=AT)


@pytest.mark.usefixtures("_acting")
def test_codes_that_were_handed_on_are_their_takers_alone() -> None:
    batch, there = a_batch(by=RECORDER), a_cooperative("另一家")
    with pytest.raises(NotAllowed):
        a_batch(by=RECORDER, name="另一家")
    with pytest.raises(NotVisible):
        services.activate(batch=batch.uuid, by=OTHER, at=AT)

    assert services.transfer(batch=batch.uuid, taker=there, first=1, last=4, by=RECORDER, at=AT) == 4
    assert services.activate(batch=batch.uuid, first=1, last=4, by=OTHER, at=AT) == 4
    for run, by in (((1, 10), OTHER), ((5, 5), OTHER), ((4, 5), RECORDER)):
        with pytest.raises(NotAllowed):
            services.revoke(batch=batch.uuid, first=run[0], last=run[1], because="试", by=by, at=AT)
    with pytest.raises(Refused, match="另一家"):
        services.transfer(batch=batch.uuid, taker=there, first=2, last=3, by=OFFICE, at=AT)
    assert batch.transfers.get().taker == there
    assert set(Code.objects.filter(holder=there).values_list("state", flat=True)) == {CodeState.ACTIVE}
