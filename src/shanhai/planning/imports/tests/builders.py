# SPDX-License-Identifier: Apache-2.0
"""Importing a file as a test does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.imports import ImportReport
from shanhai.planning.imports.services import import_projects
from shanhai.registers.tables.selectors.workbooks import open_workbook
from tests.cast import AT, OFFICE_WHO_POSTS


def import_file(path: Path, *, by: Actor = OFFICE_WHO_POSTS, **kw: Any) -> ImportReport:
    """Import a file of projects into zj-ganzi; what is new at a later stage is said to be taken over."""
    given = {"programme": "zj-ganzi", "at": AT, "answers": {"taken_over": "yes"}, **kw}
    with open_workbook(path=path) as file:
        return import_projects(by=by, file=file, **given)
