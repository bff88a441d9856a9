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
    return tmp_path


def run(folder, *command):
    env = {**os.environ, "PYTHONPATH": f"{folder / 'src'}:{folder}"}
    done = subprocess.run([sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# One of each layer, made one after the other: each finds the lists as the one before has left them.
NEW = ("base/vehicles", "registers/boats", "planning/trains", "insight/planes")


@pytest.mark.trial
def test_new_apps_pass_every_contract(copy):
    folders = [str(scaffold(name, root=copy)) for name in NEW]

    run(copy, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))")
    run(copy, "-m", "tests.glossary")
    chosen = "vehicles or boats or trains or planes or budgets or shape or glossary"
    run(copy, "-m", "pytest", "-q", "-k", chosen, "-n0", "tests/architecture", *folders)
    for command in (("check",), ("format", "--check")):
        run(copy, "-m", "ruff", *command, *folders, "src/shanhai/base/accounts/roles.py")
    run(copy, "-m", "mypy", "--cache-dir", os.devnull, *folders)


# What breaks the order of subjects, and the words in which each is named among all that is broken.
BROKEN = {
    (
        "planning/projects/core/services/lines.py",
        "import shanhai.planning.projects.dossier.services.stages",
    ): "lines -> shanhai.planning.projects.dossier.services.stages",
    (
        "planning/projects/shares/rules/money.py",
        "import shanhai.planning.projects.shares.selectors.portfolio",
    ): "money -> shanhai.planning.projects.shares.selectors.portfolio",
    (
        "planning/projects/models/lines.py",
        "import shanhai.planning.projects.core.selectors",
    ): "lines -> shanhai.planning.projects.core.selectors",
    ("planning/projects/core/rules.py", "import django"): "core.rules -> django",
    ("planning/projects/core/handy/things.py", ""): "not listed as layers: - shanhai.planning.projects.core.handy",
    ("planning/projects/other/services.py", ""): "- shanhai.planning.projects.other",
}


def test_what_breaks_the_order_of_subjects_is_found(copy):
    for path, line in BROKEN:
        broken = copy / "src" / "shanhai" / path
        broken.parent.mkdir(exist_ok=True)
        (broken.parent / "__init__.py").touch()
        with broken.open("a", encoding="utf-8") as file:
            file.write(f"\n{line}\n")
    env = {**os.environ, "PYTHONPATH": f"{copy / 'src'}:{copy}"}
    lint = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(cache_dir=None))"

    done = subprocess.run([sys.executable, "-c", lint], cwd=copy, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert [words for words in BROKEN.values() if words not in said] == []


@pytest.mark.parametrize(
    "name", ["", "vehicles", "portal/vehicles", "registers/Vehicles", "../x/y", "registers/places"]
)
def test_a_wrong_name_is_refused_with_a_sentence(name):
    with pytest.raises(WrongName):
        scaffold(name)
