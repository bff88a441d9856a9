# SPDX-License-Identifier: Apache-2.0
"""What organisations offer the registries: an importer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.registry import Importer
from shanhai.registers.organisations.forms import read_organisations
from shanhai.registers.organisations.services import import_organisations


def run_import(
    path: str | Path, options: Mapping[str, str], by: Actor, at: datetime, dry_run: bool = False
) -> dict[str, Any]:
    """Import a table of organisations. Option: ``provenance``. Raises HeaderNotFound, NotAllowed."""
    rows = read_organisations(Path(path))
    report = import_organisations(by=by, at=at, rows=rows, provenance=options.get("provenance", ""), dry_run=dry_run)
    return report.as_json("organisations")


IMPORTER = Importer("organisations", message(gettext_noop("单位")), run_import)
