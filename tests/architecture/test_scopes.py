# SPDX-License-Identifier: Apache-2.0
"""Scope becomes SQL in one place (ADR 15): nobody else walks the scopes an actor holds a permission in."""

import ast

import pytest

from tests.architecture.tree import parsed, shown, sources

ALLOWED = {"src/shanhai/kernel/actors.py", "src/shanhai/base/database/selectors.py"}


def walks_scopes(tree: ast.AST) -> bool:
    """Whether ``x.scopes(…)`` is called anywhere in the tree."""
    return any(
        (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "scopes")
        for node in ast.walk(tree)
    )


def test_only_one_place_turns_scopes_into_conditions():
    found = {shown(path) for path in sources() if walks_scopes(parsed(path))}

    assert found == ALLOWED


@pytest.mark.parametrize("text", ["for scope in viewer.scopes(VIEW): pass", "x = any(s.place for s in by.scopes('a'))"])
def test_a_loop_over_scopes_would_be_found(text):
    assert walks_scopes(ast.parse(text))
