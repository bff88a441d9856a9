# SPDX-License-Identifier: Apache-2.0
"""Where things are, for the tests of the architecture."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "shanhai"
LAYERS = ("insight", "operations", "field", "team", "planning", "registers", "base")
# The folders of an app, or of a subject, that are a layer or no product code.
PARTS = {
    "views", "api", "tasks", "subscribers", "providers", "panels", "forms", "services", "selectors", "models", "rules",
    "values", "labels", "states", "middleware", "adapters", "tests", "migrations", "management",
}  # fmt: skip


@cache
def tracked_files() -> tuple[Path, ...]:
    """Files that git tracks, and new ones it does not ignore; all files where there is no git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        return tuple(path for path in ROOT.rglob("*") if path.is_file())
    return tuple(path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file())


def apps() -> list[Path]:
    """The folder of each app."""
    return sorted(path.parent for layer in LAYERS for path in (SRC / layer).glob("*/apps.py"))


def sources() -> list[Path]:
    """The product's Python files, without tests and migrations."""
    return sorted(p for p in SRC.rglob("*.py") if not {"tests", "migrations"} & set(p.relative_to(SRC).parts))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function in a file, methods and inner ones too."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def parsed(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text("utf-8"))


def public_functions(path: Path) -> list[ast.FunctionDef]:
    """Functions at the top of a file whose names do not start with an underscore."""
    return [n for n in parsed(path).body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


def subjects(app: Path) -> list[Path]:
    """The folders of an app that hold a subject: those that are no layer of their own. ADR 20."""
    return sorted(p.parent for p in app.glob("*/__init__.py") if p.parent.name not in PARTS)


def modules(app: Path, kind: str) -> list[Path]:
    """The modules of one kind in an app and in each of its subjects: ``services.py``, or all of ``services/``."""
    found = []
    for folder in (app, *subjects(app)):
        single = folder / f"{kind}.py"
        found += [single] if single.is_file() else [p for p in (folder / kind).glob("*.py") if p.name != "__init__.py"]
    return sorted(found)


def shown(path: Path) -> str:
    """A path as a person of the project would name it."""
    return str(path.relative_to(ROOT))
