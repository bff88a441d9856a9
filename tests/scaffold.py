# SPDX-License-Identifier: Apache-2.0
"""Write a new app that keeps every contract: ``make app name=registers/vehicles``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("insight", "operations", "field", "team", "planning", "registers", "base")
REGISTRIES = "from shanhai.kernel.registry import registries"
# Who sees everything holds the permission to look; start-up refuses one that nobody holds.
LOOKS = 'permissions = _LOOK | {"audit.view", '
LICENCE = "# SPDX-License-Identifier: Apache-2.0\n"


class WrongName(Exception):
    """The name is not ``layer/plural_noun``, or is taken."""


def files(layer: str, app: str) -> dict[str, str]:
    """The new app's files by their path below its folder."""
    config = "".join(part.capitalize() for part in app.split("_"))
    return {
        "__init__.py": f'"""{config}: say in one sentence what this app is for."""\n',
        "README.md": f"# {app}\n\nSay what it is for, and what it refuses to do.\n\n## Words\n\n"
        f"| English | 中文 | meaning |\n|---|---|---|\n| {app} | {app} | the things this app keeps |\n\n"
        "## Who may see what\n\nSay it here.\n",
        "apps.py": f"{LICENCE}from django.apps import AppConfig\n\n\nclass {config}Config(AppConfig):\n"
        f'    name = "shanhai.{layer}.{app}"\n    label = "{app}"\n\n    def ready(self) -> None:\n'
        + "".join(f"        {line}\n" for line in sorted((f"from shanhai.{layer}.{app} import labels", REGISTRIES)))
        + "\n        registries.areas.add(labels.AREA)\n",
        "labels.py": f'{LICENCE}"""The words of {app} for people."""\n\nfrom __future__ import annotations\n\n'
        "from shanhai.kernel.messages import message\nfrom shanhai.kernel.registry import Area\n\n"
        "# In Chinese, with gettext_noop; acts by their codes, permissions by their keys.\n"
        f'AREA = Area("{app}", message("{app}"), {{}}, {{"{app}.view": "{app}"}})\n',
        "permissions.py": f'{LICENCE}"""The permissions of the app."""\n\nfrom enum import StrEnum\n\n\n'
        f"class {config}Permission(StrEnum):\n"
        '    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""\n\n'
        f'    VIEW = "{app}.view"\n',
        "models.py": f'{LICENCE}"""What is stored."""\n',
        "selectors.py": f'{LICENCE}"""Reads: they take the viewer."""\n',
        "services.py": f'{LICENCE}"""Writes: keyword-only, with ``by`` and ``at``."""\n',
        "migrations/__init__.py": "",
        "tests/__init__.py": "",
        f"tests/test_{app}.py": f"{LICENCE}from shanhai.kernel.registry import registries\n"
        "from tests.cast import AUDITOR\n\n\ndef test_an_auditor_may_look():\n"
        f'    assert "{app}.view" in registries.permissions\n    assert AUDITOR.may_somewhere("{app}.view")\n',
    }


def scaffold(name: str, root: Path = ROOT) -> Path:
    """Write the app ``name`` ("layer/app") below ``root`` and answer its folder. Raises WrongName."""
    match = re.fullmatch(r"(?P<layer>[a-z]+)/(?P<app>[a-z][a-z_]+)", name)
    if not match or match["layer"] not in LAYERS:
        raise WrongName(f"give layer/app in small letters, the layer one of {', '.join(LAYERS)}: {name!r}")
    layer, app = match["layer"], match["app"]
    folder = root / "src" / "shanhai" / layer / app
    if folder.exists():
        raise WrongName(f"{name} exists already")
    for path, content in files(layer, app).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")
    _insert(root / "src/shanhai/config/settings/base.py", f'    "shanhai.{layer}.', f'    "shanhai.{layer}.{app}",\n')
    _insert(root / ".importlinter", f"  ({_top_sibling(root, layer)})\n", f"  ({app})\n", before=True)
    roles = root / "src/shanhai/base/accounts/roles.py"
    roles.write_text(roles.read_text("utf-8").replace(LOOKS, f'{LOOKS}"{app}.view", ', 1), "utf-8")
    return folder


def _top_sibling(root: Path, layer: str) -> str:
    # A new app goes above its siblings: it may read them, none of them reads it yet.
    siblings = re.findall(r"^  \((\w+)\)", (root / ".importlinter").read_text("utf-8"), re.MULTILINE)
    installed = {path.parent.name for path in (root / "src/shanhai" / layer).glob("*/apps.py")}
    return next(name for name in siblings if name in installed)


def _insert(path: Path, anchor: str, line: str, *, before: bool = False) -> None:
    text = path.read_text("utf-8")
    # The first list that names the anchor's layer: INSTALLED_APPS stands above the middleware.
    first_list = text[: text.index("\n]")] if "\n]" in text else text
    place = text.index(anchor) if before else text.index("\n", first_list.rindex(anchor)) + 1
    path.write_text(text[:place] + line + text[place:], "utf-8")


if __name__ == "__main__":
    try:
        print(scaffold(sys.argv[1] if len(sys.argv) > 1 else ""))  # noqa: T201
    except WrongName as error:
        sys.exit(str(error))
