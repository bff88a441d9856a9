# SPDX-License-Identifier: Apache-2.0
"""States, clock, ids, messages, figures and the registry."""

import os
import subprocess
import sys
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from types import SimpleNamespace

import pytest

from shanhai.kernel import clock, ids, registry
from shanhai.kernel.errors import NotVisible
from shanhai.kernel.figures import Figure, Strength, weakest
from shanhai.kernel.messages import Message, message
from shanhai.kernel.money import Money
from shanhai.kernel.proofs import family_of
from shanhai.kernel.registry import MenuItem, Registry, TodoSource, registries
from shanhai.kernel.shares import Base, Share
from shanhai.kernel.states import IllegalMove, complete_table, require_move
from shanhai.kernel.units import PERCENT, YUAN


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


MOVES = {
    Lamp.OFF: frozenset({Lamp.ON, Lamp.BROKEN}),
    Lamp.ON: frozenset({Lamp.OFF, Lamp.BROKEN}),
    Lamp.BROKEN: frozenset(),
}


@pytest.mark.parametrize("old", list(Lamp))
@pytest.mark.parametrize("new", list(Lamp))
def test_only_moves_in_the_table_are_made(old, new):
    legal = {("off", "on"), ("off", "broken"), ("on", "off"), ("on", "broken")}

    if (old.value, new.value) in legal:
        require_move(MOVES, old, new)
    else:
        with pytest.raises(IllegalMove):
            require_move(MOVES, old, new)


def test_a_table_that_forgets_a_state_is_refused():
    with pytest.raises(ValueError, match="broken"):
        complete_table(Lamp, {Lamp.OFF: frozenset(), Lamp.ON: frozenset()})


def test_the_day_is_the_day_in_shanghai():
    assert clock.local_date(datetime(2026, 11, 21, 16, 30, tzinfo=UTC)) == date(2026, 11, 22)
    with pytest.raises(ValueError, match="zone"):
        clock.local(datetime(2026, 11, 22))  # noqa: DTZ001


def test_the_clock_can_stand_still_and_goes_on_afterwards():
    instant = datetime(2021, 9, 30, tzinfo=UTC)

    with clock.frozen(instant):
        inside = clock.now()

    assert inside == instant
    assert clock.now() != instant


def test_ids_are_uuid_version_7_in_order_of_making():
    made = [ids.new_id() for _ in range(100)]

    assert {one.version for one in made} == {7}
    assert made == sorted(made)


@pytest.mark.parametrize("text", ["", "1", "../../etc/passwd", "0190" * 30, None])
def test_a_malformed_id_is_answered_like_a_missing_one(text):
    with pytest.raises(NotVisible):
        ids.parse_id(text)


def test_a_message_is_its_sentence_filled_in_and_cannot_be_changed():
    sentence = message("到位 %(amount)s，计划 %(plan)s。", amount=Money(1), plan=2)

    assert str(sentence) == "到位 0.01 CNY，计划 2。"
    assert str(Message("100%")) == "100%"
    with pytest.raises(TypeError):
        sentence.params["plan"] = 3


def a_figure(**changes):
    values = {
        "key": "k",
        "label": message("数"),
        "value": Money(1),
        "unit": YUAN,
        "formula": message("数"),
        "as_of": date(2026, 11, 22),
        "strength": Strength.VOUCHER,
    }
    return Figure(**{**values, **changes})


def test_a_figure_has_a_value_or_says_why_it_has_none():
    a_figure()
    a_figure(value=None, gap=message("还没有到位资金。"))
    with pytest.raises(ValueError, match="gap"):
        a_figure(value=None)
    with pytest.raises(ValueError, match="gap"):
        a_figure(gap=message("还没有到位资金。"))


def test_a_share_below_its_floor_says_so():
    base = Base("arrived", message("到位资金"))

    assert a_figure(value=Share(Money(789), Money(1000), base), unit=PERCENT, floor_percent=80).below_floor
    assert not a_figure(value=Share(Money(800), Money(1000), base), unit=PERCENT, floor_percent=80).below_floor
    assert not a_figure(value=Share(Money(1), Money(1000), base), unit=PERCENT).below_floor


def test_a_figure_is_as_strong_as_its_weakest_row():
    assert weakest((Strength.VOUCHER, Strength.NEWS, Strength.FORM)) is Strength.NEWS
    assert weakest(()) is Strength.NONE


def test_a_registry_refuses_strangers_and_doubles_and_keeps_order():
    menu = Registry(MenuItem)
    menu.add(MenuItem("b", message("乙"), "b", "x", order=2), MenuItem("a", message("甲"), "a", "x", order=1))

    assert [item.key for item in menu] == ["a", "b"]
    with pytest.raises(ValueError, match="twice"):
        menu.add(MenuItem("a", message("甲"), "a", "x", order=1))
    with pytest.raises(TypeError, match="MenuItem"):
        menu.add(SimpleNamespace(key="f", order=1))


def test_a_registry_of_a_protocol_refuses_what_lacks_its_method():
    class Silent(TodoSource):
        key = "silent"

    class Finds(TodoSource):
        key = "finds"

        def find(self, *, viewer, programme, at):
            return ()

    todos = Registry(TodoSource)
    todos.add(Finds(), SimpleNamespace(key="by shape", order=1, find=Finds().find))

    assert [source.key for source in todos] == ["by shape", "finds"]
    with pytest.raises(TypeError, match="TodoSource"):
        todos.add(SimpleNamespace(key="without", order=1))
    with pytest.raises(TypeError, match="find"):
        todos.add(Silent())


PROVIDER = """
from datetime import datetime
from shanhai.kernel.actors import Actor
from shanhai.kernel.registry import Todo, TodoSource, registries

class Waiting(TodoSource):
    key = "waiting"

    def find(self, *, viewer: Actor, programme: {type}, at: datetime) -> tuple[Todo, ...]:
        return ()

registries.todos.add(Waiting())
"""


def test_mypy_catches_a_provider_whose_method_takes_something_else(tmp_path):
    for name, type_ in (("right", "str | None"), ("wrong", "int")):
        (tmp_path / f"{name}.py").write_text(PROVIDER.format(type=type_))
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--no-incremental", "right.py", "wrong.py"]
    environment = {**os.environ, "MYPYPATH": str(Path(registry.__file__).parents[2])}

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=300)

    assert [line.partition(":")[0] for line in done.stdout.splitlines() if "error:" in line] == ["wrong.py"]
    assert "[override]" in done.stdout


def test_a_family_answers_for_its_keys_and_prefixes(monkeypatch):
    family = SimpleNamespace(keys=("arrival_rate", "statement:"))
    monkeypatch.setattr(registries, "figures", [family])

    assert family_of("arrival_rate") is family
    assert family_of("statement:schools") is family
    for other in ("arrival_rate_2", "statement"):
        with pytest.raises(NotVisible):
            family_of(other)
