# SPDX-License-Identifier: Apache-2.0
"""Whoever wants another rounding of what is shown changes kernel/money.py, and nothing else rounds halves by itself."""

import ast

import pytest

from tests.architecture.tree import SRC, parsed, shown, sources

HOME = SRC / "kernel" / "money.py"
# Another thing than rounding what is shown, with the reason.
NO_ROUNDING = {
    "planning/projects/shares/rules/money.py": "a split in two whose parts add up: the largest remainder, in one step",
}


def constant(node: ast.expr) -> int | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, int) else None


def rounds(node: ast.AST) -> bool:
    """Whether this is half up by hand, ``(… + 50) // 100``, or names a way of rounding halves."""
    if isinstance(node, ast.alias | ast.Attribute):
        return (node.name if isinstance(node, ast.alias) else node.attr).startswith("ROUND_HALF")
    if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.FloorDiv) and isinstance(node.left, ast.BinOp)):
        return False
    step, added = constant(node.right), constant(node.left.right)
    return isinstance(node.left.op, ast.Add) and bool(step) and added is not None and added * 2 == step


def test_halves_are_rounded_in_one_module():
    found = {path for path in sources() if any(rounds(node) for node in ast.walk(parsed(path)))}

    assert {shown(path).removeprefix("src/shanhai/") for path in found - {HOME}} == {*NO_ROUNDING}
    assert HOME in found


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("(abs(fen) + 5_000) // 10_000", True),
        ("from decimal import ROUND_HALF_EVEN", True),
        ("value.quantize(unit, decimal.ROUND_HALF_UP)", True),
        ("(page + 49) // 50", False),
        ("value.to_integral_value(ROUND_FLOOR)", False),
    ],
)
def test_another_rounding_would_be_seen(text, seen):
    assert any(rounds(node) for node in ast.walk(ast.parse(text))) is seen
