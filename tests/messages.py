# SPDX-License-Identifier: Apache-2.0
"""Collect sentences into locale/en and compile them; ``--check`` changes nothing, it fails if English is incomplete."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale" / "en" / "LC_MESSAGES" / "django.po"
# The style page speaks both languages, too.
_TESTS = [f"tests/{path.name}/*" for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "style"]
IGNORED = (".venv/*", "var/*", "*/tests/*", "static/*", "demo/*", "docs/*", "dist/*", *_TESTS)


def collect() -> None:
    """Run makemessages over the product."""
    command = [sys.executable, "-m", "shanhai", "makemessages", "-l", "en", "--no-wrap", "--no-obsolete", "-v", "0"]
    command += ["--add-location", "file"]
    for pattern in IGNORED:
        command += ["--ignore", pattern]
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(command, cwd=ROOT, check=True)


def faults() -> list[str]:
    """What is missing, doubtful, or differs between the catalogue and its compiled form."""
    catalogue = polib.pofile(str(CATALOGUE))
    found = [f"not translated: {entry.msgid}" for entry in catalogue.untranslated_entries()]
    found += [f"doubtful: {entry.msgid}" for entry in catalogue.fuzzy_entries()]
    compiled = CATALOGUE.with_suffix(".mo")
    if not compiled.is_file():
        return [*found, "the catalogue is not compiled: make messages"]
    in_compiled = {
        (entry.msgctxt, entry.msgid): (entry.msgstr, entry.msgstr_plural) for entry in polib.mofile(str(compiled))
    }
    in_source = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in catalogue.translated_entries()}
    if in_compiled != in_source:
        found.append("the compiled catalogue is not that of django.po: make messages")
    return found


def main(check: bool) -> int:
    """Collect, then compile or compare."""
    if not shutil.which("xgettext"):
        print("gettext is not installed: the check of the messages is skipped.")  # noqa: T201
        return 0
    before = CATALOGUE.read_bytes() if CATALOGUE.is_file() else b""
    collect()
    if not check:
        polib.pofile(str(CATALOGUE)).save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    found = faults()
    if check and before:
        CATALOGUE.write_bytes(before)
    for fault in found:
        print(fault)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
