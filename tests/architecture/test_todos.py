# SPDX-License-Identifier: Apache-2.0
"""Where things move from state to state, whoever acts next is told: such an app has a source of to-dos. ADR 18."""

import ast
from collections.abc import Iterable
from pathlib import Path

import pytest

from shanhai.kernel.registry import TodoSource, registries
from tests.architecture.tree import SRC, apps, modules, parsed


def is_table(node: ast.stmt) -> bool:
    """Whether a statement writes down what may follow what: ``MOVES: Moves[State] = …``, ``MOVES = …``."""
    if isinstance(node, ast.AnnAssign):
        return ast.unparse(node.annotation).startswith("Moves[")
    return isinstance(node, ast.Assign) and any(ast.unparse(one).endswith("MOVES") for one in node.targets)


def with_moves(folders: Iterable[Path]) -> dict[str, int]:
    """The apps among ``folders`` that keep tables of moves, with the number of their tables."""
    found = {
        ".".join(app.relative_to(SRC.parent).parts) if app.is_relative_to(SRC) else app.name: sum(
            is_table(node) for path in modules(app, "states") for node in parsed(path).body
        )
        for app in folders
    }
    return {name: count for name, count in found.items() if count}


def silent(names: Iterable[str], sources: Iterable[TodoSource]) -> set[str]:
    """Those of the apps ``names`` in whose ``providers``, or in those of a subject, no source of to-dos is made."""
    made_in = [type(source).__module__ for source in sources]
    return {name for name in names if not any(one.startswith(f"{name}.") and "providers" in one for one in made_in)}


def test_every_app_whose_things_move_says_what_waits_for_whom():
    assert silent(with_moves(apps()), registries.todos) == set()


def test_all_tables_are_seen():
    found = with_moves(apps())

    assert found["shanhai.planning.handovers"] == 2
    assert {name.rpartition(".")[2] for name in found} >= {"adjustments", "returns", "rounds", "warnings"}


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("MOVES: Moves[State] = {}", {"new": 1}),
        ("A_MOVES: Moves[A] = {}\nB_MOVES: Moves[B] = {}", {"new": 2}),
        ("KNOWN: dict[str, str] = {}\nMOVES = {}", {"new": 1}),
        ("KNOWN: dict[str, str] = {}", {}),
    ],
)
def test_an_app_without_a_source_would_be_found(tmp_path, text, tables):
    app = tmp_path / "new"
    app.mkdir()
    (app / "states.py").write_text(text, "utf-8")

    assert with_moves([app]) == tables
    assert silent(with_moves([app]), registries.todos) == set(tables)


def test_a_source_of_another_app_does_not_count():
    theirs = [one for one in registries.todos if type(one).__module__.startswith("shanhai.planning.rounds.")]

    assert theirs
    assert silent(["shanhai.planning.rounds", "shanhai.planning.warnings"], theirs) == {"shanhai.planning.warnings"}
