# SPDX-License-Identifier: Apache-2.0
"""Taking in a file by whichever importer knows its kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.kernel.registry import Importer, registries


class FileMissing(BadInput):
    """There is no such file, or it cannot be read."""

    code = "portal.file_missing"


def subjects() -> list[str]:
    """The kinds of file that can be taken in."""
    return [importer.key for importer in registries.importers]


def importer_for(subject: str, path: Path) -> Importer:
    """The importer of that subject, or the one that knows the file: a county table given as projects is a return."""
    named = registries.importers.get(subject)
    if named is None:
        raise BadInput(gettext_noop("不认识的导入种类“%(subject)s”。"), subject=subject)
    if named.recognises is None or named.recognises(path):
        return named
    others = (one for one in registries.importers if one.recognises is not None and one.recognises(path))
    return next(others, named)


def run(
    *, subject: str, path: Path, options: Mapping[str, str], by: Actor, at: datetime, dry_run: bool
) -> dict[str, Any]:
    """Check the file, store it unless ``dry_run``, and answer the report ``kernel.registry.Importer`` describes."""
    if not path.is_file():
        raise FileMissing(gettext_noop("没有找到文件 %(path)s。"), path=path)
    return importer_for(subject, path).run(path=path, options=options, by=by, at=at, dry_run=dry_run)
