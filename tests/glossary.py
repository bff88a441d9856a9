# SPDX-License-Identifier: Apache-2.0
"""Assemble GLOSSARY.md from the tables of words in the apps' readmes: each word has one home."""

from __future__ import annotations

from tests.architecture.tree import ROOT, SRC, apps

HEAD = """# Glossary

One word per idea; code and pages use these. Assembled by `make docs` from the README of each app: change a word there.

| English | 中文 | meaning | where |
|---|---|---|---|
"""


def words() -> list[tuple[str, str, str, str]]:
    """Every (English, Chinese, meaning, app), sorted by the English word."""
    found = []
    for readme in [*(app / "README.md" for app in apps()), SRC / "kernel" / "README.md", SRC / "portal" / "README.md"]:
        table = readme.read_text("utf-8").partition("## Words")[2].partition("\n## ")[0]
        rows = [line for line in table.splitlines() if line.startswith("|")][2:]
        for row in rows:
            english, chinese, meaning = (cell.strip() for cell in row.strip().strip("|").split("|"))
            found.append((english, chinese, meaning, str(readme.parent.relative_to(SRC))))
    return sorted(found, key=lambda word: word[0].lower())


def text() -> str:
    """The whole page."""
    return HEAD + "".join(f"| {' | '.join(word)} |\n" for word in words())


if __name__ == "__main__":
    (ROOT / "GLOSSARY.md").write_text(text(), "utf-8")
