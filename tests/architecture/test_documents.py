# SPDX-License-Identifier: Apache-2.0
"""Documentation that is not tested rots."""

import re

import pytest
from django.core.management import get_commands

from tests.architecture.tree import ROOT, SRC

OWN_COMMANDS = sorted(name for name, app in get_commands().items() if app.startswith("shanhai."))
SETTINGS = sorted(set(re.findall(r"^    (\w+)=\(", (SRC / "config" / "env.py").read_text("utf-8"), re.MULTILINE)))


def fenced_commands(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8")
    return [
        line.strip()
        for block in re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
        if line.strip().startswith(("shanhai ", "make ", "bash "))
    ]


@pytest.mark.parametrize("command", OWN_COMMANDS)
def test_every_command_is_documented(command):
    assert f"shanhai {command}" in (ROOT / "docs" / "operate" / "commands.md").read_text("utf-8")


@pytest.mark.parametrize("setting", [*SETTINGS, "SHANHAI_DATA_DIR"])
def test_every_setting_is_documented_with_its_default(setting):
    assert f"| `{setting}` |" in (ROOT / "docs" / "operate" / "settings.md").read_text("utf-8")


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_every_command_a_document_names_exists(document):
    makefile = (ROOT / "Makefile").read_text("utf-8")
    commands = fenced_commands(document)

    assert commands
    for command in commands:
        tool, subject = command.split()[:2]
        if tool == "make":
            assert re.search(rf"^{subject}:", makefile, re.MULTILINE), command
        if tool == "shanhai":
            assert subject in get_commands(), command


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/**/*.md")), ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(path):
    broken = [
        target
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]

    assert broken == []


def test_every_decision_is_numbered_once_and_in_order():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "adr").glob("0*.md"))]

    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 10
