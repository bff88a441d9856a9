# SPDX-License-Identifier: Apache-2.0
"""What nobody calls is not there: each public service, selector and rule has a caller in the product. ADR 20."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import SRC, apps, modules, parsed, public_functions, sources


def dotted(path: Path) -> str:
    """The name of a module: "shanhai.kernel.ids"."""
    return ".".join(path.relative_to(SRC.parent).with_suffix("").parts).removesuffix(".__init__")


def uses(module: str, tree: ast.Module) -> Iterator[str]:
    """The full names of what a module makes use of. An import alone is no use, nor is a call of oneself."""
    names = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    own = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    names |= {name: f"{module}.{name}" for name in own}
    for statement in tree.body:
        itself = f"{module}.{statement.name}" if isinstance(statement, ast.FunctionDef) else ""
        for node in ast.walk(statement):
            full = _resolved(node, names)
            if full and full != itself:
                yield full


def _resolved(node: ast.AST, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute) and (whole := _resolved(node.value, names)):
        return f"{whole}.{node.attr}"
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def uncalled() -> list[str]:
    """Public functions of services, selectors and rules that nothing in the product makes use of."""
    used = {name for path in sources() for name in uses(dotted(path), parsed(path))}
    # A name that a module hands on is used where that module's is.
    used |= {
        f"{node.module}.{alias.name}"
        for path in sources()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if f"{dotted(path)}.{alias.asname or alias.name}" in used
    }
    return [
        name
        for app in apps()
        for kind in ("services", "selectors", "rules")
        for path in modules(app, kind)
        for node in public_functions(path)
        if (name := f"{dotted(path)}.{node.name}") not in used
    ]


def test_every_public_service_selector_and_rule_has_a_caller_in_the_product():
    assert uncalled() == []


def test_a_function_without_a_caller_is_found():
    text = "from a.b import used, idle\ndef own():\n    own()\ndef two():\n    used()\ntwo()\nuse('a.c.named')\n"
    found = set(uses("m", ast.parse(text)))

    assert {"a.b.used", "m.two", "a.c.named"} <= found
    assert not {"a.b.idle", "m.own"} & found
