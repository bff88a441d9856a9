# SPDX-License-Identifier: Apache-2.0
"""The edition of a layer that somebody sees: found, made at once where it is small, asked of the worker where not.

Everything is in files below the data folder: what is lost is made again. Each is written beside and renamed, so that a
kill leaves nothing but a file that ``clear`` takes away.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path

from django.conf import settings

from shanhai.base.audit.selectors import latest_act
from shanhai.base.database.selectors import member_of
from shanhai.base.jobs import services as jobs
from shanhai.insight.map.editions.rules.packing import digest_of, write
from shanhai.insight.map.editions.selectors import require_readership
from shanhai.insight.map.editions.values import Edition
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError
from shanhai.kernel.maps import MapFeature, MapLayer
from shanhai.kernel.messages import gettext_noop

JOB = "map.edition"
KEPT = timedelta(days=7)
# Beside the note of an edition: what the worker is to make, what it has a job for.
_WANTED, _ASKED, _PATIENCE = ".wanted", ".asked", timedelta(minutes=10)


class NotYet(DomainError):
    """A large layer that nobody had asked for: the worker makes it."""

    code = "map.not_yet"
    status = 503


def current(*, layer: MapLayer, by: Actor, at: datetime) -> Edition:
    """The edition of today for who asks, made now where the layer is small; of a large one the last, while a newer is
    made by the worker.

    Raises NotYet for a large one that was never made, NotVisible.
    """
    readership = require_readership(layer, viewer=by)
    place = _place(layer, readership)
    last, mark = _last(layer, place), _mark(readership)
    if last is not None and last.mark == mark:
        # Asked for today: ``clear`` leaves it.
        os.utime(place, (at.timestamp(), at.timestamp()))
        return last
    small = settings.MAP_SMALL_FEATURES
    if last is None or last.features <= small:
        found = [*islice(layer.features(viewer=member_of(layer, readership)), small + 1)]
        if len(found) <= small:
            return _make(layer, place, found, mark, at)
    _want(place, readership, at)
    if last is None:
        raise NotYet(gettext_noop("图层“%(layer)s”第一次用，正在后台生成。请过一会儿再看。"), layer=layer.label)
    return last


def start_making(*, by: Actor, at: datetime) -> int:
    """Start a job for each large layer that somebody has asked for, and answer how many."""
    started = 0
    for wanted in sorted(_folder().glob(f"*/*{_WANTED}")):
        asked = wanted.with_suffix(_ASKED)
        try:
            wanted.rename(asked)
            arguments = {"layer": asked.parent.name, "readership": asked.read_text("utf-8")}
        except FileNotFoundError:
            # Another worker was first.
            continue
        jobs.start(by=by, at=at, kind=JOB, arguments=arguments)
        started += 1
    return started


def make_edition(*, layer: MapLayer, readership: str, by: Actor, at: datetime) -> Edition:
    """Make the edition of a layer for a readership, however large it is."""
    place, mark = _place(layer, readership), _mark(readership)
    made = _make(layer, place, [*layer.features(viewer=member_of(layer, readership))], mark, at)
    # Where it fails it stays asked for: who looks meanwhile starts no other job.
    place.with_suffix(_ASKED).unlink(missing_ok=True)
    return made


def clear(*, by: Actor, at: datetime) -> int:
    """Delete editions that nobody has asked for in a week and files that no edition names, and answer how many."""
    old, gone = (at - KEPT).timestamp(), 0
    for note in _folder().glob("*/*.json"):
        if note.stat().st_mtime < old:
            note.unlink(missing_ok=True)
    named = {json.loads(note.read_bytes())["digest"] for note in _folder().glob("*/*.json")}
    # What was written this hour may be about to be named.
    recent = (at - timedelta(hours=1)).timestamp()
    for file in _folder().glob("*/*.gpkg"):
        if file.stem not in named and file.stat().st_mtime < recent:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def _make(layer: MapLayer, place: Path, found: Sequence[MapFeature], mark: str, at: datetime) -> Edition:
    digest = digest_of(layer, found)
    path = place.parent / f"{digest}.gpkg"
    if not path.exists():
        beside = path.with_name(f"{ids.new_id()}.gpkg")
        write(beside, layer, found)
        os.replace(beside, path)
    note = {"digest": digest, "features": len(found), "mark": mark, "made_at": at.isoformat()}
    beside = place.with_suffix(f".{ids.new_id()}")
    beside.write_text(json.dumps(note), "utf-8")
    os.replace(beside, place)
    return Edition(layer.key, digest, len(found), mark, at, path)


def _last(layer: MapLayer, place: Path) -> Edition | None:
    try:
        note = json.loads(place.read_bytes())
    except FileNotFoundError:
        return None
    path = place.parent / f"{note['digest']}.gpkg"
    made_at = datetime.fromisoformat(note["made_at"])
    found = Edition(layer.key, note["digest"], note["features"], note["mark"], made_at, path)
    return found if path.exists() else None


def _mark(readership: str) -> str:
    """The latest act that may have changed what the readership sees."""
    programmes = {one.partition("@")[0] for one in readership.split(";")}
    return latest_act(programmes=None if "*" in programmes else programmes)


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "map"
    return folder


def _place(layer: MapLayer, readership: str) -> Path:
    folder = _folder() / layer.key
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder / f"{sha256(readership.encode()).hexdigest()[:32]}.json"


def _want(place: Path, readership: str, at: datetime) -> None:
    """Ask the worker, unless it is at it; a job that was killed or given up is asked for again."""
    asked = place.with_suffix(_ASKED)
    if not asked.exists() or asked.stat().st_mtime < (at - _PATIENCE).timestamp():
        place.with_suffix(_WANTED).write_text(readership, "utf-8")
