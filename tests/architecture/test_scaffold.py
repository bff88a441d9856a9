# SPDX-License-Identifier: Apache-2.0
import os
import shutil
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT
from tests.scaffold import WrongName, scaffold


@pytest.fixture
def copy(tmp_path):
    """The product's sources, copied, so that the scaffold may write."""
    for name in ("src", "tests", "templates", "locale", "static", "docs", "demo"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    for name in (
        "pyproject.toml",
        ".importlinter",
        "conftest.py",
        "GLOSSARY.md",
        "README.md",
        "CONTRIBUTING.md",
        "Makefile",
    ):
        shutil.copy(ROOT / name, tmp_path / name)
    # What mypy knows of the files that stay as they are: a minute less.
    if (ROOT / ".mypy_cache").is_dir():
        shutil.copytree(ROOT / ".mypy_cache", tmp_path / ".mypy_cache")
    return tmp_path


def run(folder, *command):
    env = {**os.environ, "PYTHONPATH": f"{folder / 'src'}:{folder}"}
    done = subprocess.run([sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("layer", ["base", "registers", "planning", "insight"])
def test_a_new_app_passes_every_contract(copy, layer):
    scaffold(f"{layer}/vehicles", root=copy)

    run(copy, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))")
    run(copy, "-m", "tests.glossary")
    chosen = "vehicles or budgets or shape or glossary"
    run(copy, "-m", "pytest", "-q", "-k", chosen, "-n0", "tests/architecture", f"src/shanhai/{layer}/vehicles")
    for command in (("check",), ("format", "--check")):
        run(copy, "-m", "ruff", *command, f"src/shanhai/{layer}/vehicles", "src/shanhai/base/accounts/roles.py")
    if layer == "registers":
        run(copy, "-m", "mypy")


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("planning/projects/core/services/lines.py", "import shanhai.planning.projects.dossier.services.stages"),
        ("planning/projects/shares/rules/money.py", "import shanhai.planning.projects.shares.selectors.portfolio"),
        ("planning/projects/models/lines.py", "import shanhai.planning.projects.core.selectors"),
        ("planning/projects/core/rules.py", "import django"),
        ("planning/projects/core/handy/things.py", ""),
        ("planning/projects/other/services.py", ""),
    ],
)
def test_what_breaks_the_order_of_subjects_is_found(copy, path, line):
    broken = copy / "src" / "shanhai" / path
    broken.parent.mkdir(exist_ok=True)
    (broken.parent / "__init__.py").touch()
    with broken.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    env = {**os.environ, "PYTHONPATH": f"{copy / 'src'}:{copy}"}
    lint = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"

    done = subprocess.run([sys.executable, "-c", lint], cwd=copy, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "BROKEN" in done.stdout


@pytest.mark.parametrize(
    "name", ["", "vehicles", "portal/vehicles", "registers/Vehicles", "../x/y", "registers/places"]
)
def test_a_wrong_name_is_refused_with_a_sentence(name):
    with pytest.raises(WrongName):
        scaffold(name)
