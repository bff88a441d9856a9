# SPDX-License-Identifier: Apache-2.0
"""Collect sentences for every language and compile them; ``--check`` changes nothing, it fails if one is incomplete."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parents[1]
# A language has a folder in locale/; sentences are written in Chinese.
CATALOGUES = [folder / "LC_MESSAGES" / "django.po" for folder in sorted((ROOT / "locale").iterdir())]
# The style page speaks both languages, too.
_TESTS = [f"tests/{path.name}/*" for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "style"]
IGNORED = (".venv/*", "var/*", "*/tests/*", "static/*", "demo/*", "docs/*", "dist/*", *_TESTS)


def collect() -> None:
    """Run makemessages over the product."""
    command = [sys.executable, "-m", "shanhai", "makemessages", "--no-wrap", "--no-obsolete", "-v", "0"]
    command += ["--add-location", "file"]
    for catalogue in CATALOGUES:
        catalogue.parent.mkdir(exist_ok=True)
        command += ["-l", catalogue.parts[-3]]
    for pattern in IGNORED:
        command += ["--ignore", pattern]
    subprocess.run(command, cwd=ROOT, check=True)


def faults(path: Path) -> list[str]:
    """What is missing, doubtful, or differs between the catalogue and its compiled form."""
    catalogue = polib.pofile(str(path))
    found = [f"not translated: {entry.msgid}" for entry in catalogue.untranslated_entries()]
    found += [f"doubtful: {entry.msgid}" for entry in catalogue.fuzzy_entries()]
    compiled = path.with_suffix(".mo")
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
    before = {path: path.read_bytes() for path in CATALOGUES if path.is_file()}
    collect()
    if not check:
        for path in CATALOGUES:
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
    found = [f"{path.parts[-3]}: {fault}" for path in CATALOGUES for fault in faults(path)]
    if check:
        for path, content in before.items():
            path.write_bytes(content)
    for fault in found:
        print(fault)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
