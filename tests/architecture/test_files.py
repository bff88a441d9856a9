# SPDX-License-Identifier: Apache-2.0
"""What must not stand in any tracked file, and what must stand in every source file."""

import re
import subprocess

import pytest

from tests.architecture.tree import ROOT, shown, sources, tracked_files

TEXT = {
    ".py",
    ".md",
    ".html",
    ".js",
    ".css",
    ".toml",
    ".txt",
    ".lock",
    ".sh",
    ".yaml",
    ".yml",
    ".json",
    ".csv",
    ".po",
    "",
}
HOSTS = re.compile(
    "|".join([r"pypi\.or" + "g", r"pythonhosted\.or" + "g", r"registry\.npm" + "js", r"deb\.debian\.or" + "g"])
)
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:wor" r"k|roo" r"t|ho" r"me)/\w")
INLINE = re.compile(
    r"""\sstyle=["']|<style[\s>]|\son[a-z]+=["']|<script(?![^>]*\bsrc=)(?![^>]*type=["']application/json)"""
)


def texts():
    for path in tracked_files():
        if path.suffix in TEXT and "vendor" not in path.parts:
            yield path, path.read_text("utf-8")


def test_no_tracked_file_names_a_registry_or_a_path_of_one_machine():
    found = [shown(p) for p, text in texts() if HOSTS.search(text) or MACHINE_PATH.search(text)]

    assert found == []


@pytest.mark.parametrize(
    "text", ["see /wor" + "k/main/x", "index https://pypi.or" + "g/simple", "in /ho" + "me/somebody"]
)
def test_the_patterns_find_what_they_are_for(text):
    assert HOSTS.search(text) or MACHINE_PATH.search(text)


def test_no_template_needs_an_inline_script_or_style():
    found = [shown(p) for p, text in texts() if p.suffix == ".html" and "mail" not in p.parts and INLINE.search(text)]

    assert found == []


@pytest.mark.parametrize("text", ['<p style="a">', "<script>x()</script>", '<a onclick="x">', "<style>a{}</style>"])
def test_an_inline_script_or_style_would_be_found(text):
    assert INLINE.search(text)


# Whoever it is: a user, a viewer, a county.
SOMEBODY = re.compile(r"\b(?:[Hh]" r"e|[Hh]" r"im|[Hh]" r"is|[Hh]" r"imself)\b(?!-)")


def test_no_prose_knows_whether_somebody_is_a_man():
    found = [
        f"{shown(p)}: {m[0]}" for p, text in texts() if p.suffix in {".py", ".md"} for m in SOMEBODY.finditer(text)
    ]

    assert found == []


@pytest.mark.parametrize("text", ["what h" + "e may do", "H" + "is own", "for h" + "im"])
def test_such_a_word_would_be_found(text):
    assert SOMEBODY.search(text)
    assert not SOMEBODY.search("the one, this, which, where")


def test_every_source_file_carries_its_licence():
    bare = [
        shown(path)
        for path in sources()
        if path.name != "__init__.py" and "SPDX-License-Identifier: Apache-2.0" not in path.read_text("utf-8")[:200]
    ]

    assert bare == []


def test_nothing_the_product_writes_is_tracked():
    tracked = {shown(path).split("/")[0] for path in tracked_files()}

    assert not tracked & {"var", ".venv", "dist", "node_modules"}


def test_no_tracked_file_is_larger_than_two_megabytes():
    large = {shown(path): path.stat().st_size for path in tracked_files() if path.stat().st_size > 2_000_000}

    assert large == {}


def test_no_unfinished_words_are_left_in_the_product():
    words = re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b|NotImplemented" r"Error|敬请" r"期待|coming " r"soon")
    found = [
        shown(p) for p, text in texts() if p.parts[-1] != "test_files.py" and words.search(text) and "src" in p.parts
    ]

    assert found == []


def test_the_import_contracts_are_kept():
    from importlinter.cli import lint_imports  # noqa: PLC0415 - slow to import

    assert lint_imports(config_filename=str(ROOT / ".importlinter"), cache_dir=None) == 0


def test_models_and_migrations_agree(db):
    from django.core.management import call_command  # noqa: PLC0415

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_makefile_lists_every_target_with_its_help():
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout

    for target in ("demo", "run", "test", "test-postgres", "check", "fix", "bench", "audit", "app", "docs", "help"):
        assert f"make {target} " in listed
