# SPDX-License-Identifier: Apache-2.0
"""The edition of a layer that somebody sees: found, made at once where it is small, asked of the worker where not.

Everything is in files below the data folder: what is lost is made again. Each is written beside and renamed, so that a
kill leaves nothing but a file that ``clear`` takes away.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings

from shanhai.base.audit.selectors import latest_act
from shanhai.base.database.selectors import member_of
from shanhai.base.jobs import services as jobs
from shanhai.insight.map.editions.rules.cutting import NotCut, cut
from shanhai.insight.map.editions.rules.packing import digest_of, write
from shanhai.insight.map.editions.selectors import require_readership
from shanhai.insight.map.editions.values import Edition
from shanhai.kernel import ids
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import DomainError
from shanhai.kernel.maps import MapFeature, MapLayer
from shanhai.kernel.messages import gettext_noop

log = structlog.get_logger("shanhai.map")

JOB = "map.edition"
KEPT = timedelta(days=7)
# Beside the note of an edition: what the worker is to make, what it has a job for.
_NOTED = {"digest", "features", "mark", "made_at", "bytes"}
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
    last, mark = _last(layer, place), _mark(layer, readership)
    if last is not None and last.mark == mark:
        # Asked for today: ``clear`` leaves it.
        os.utime(place, (at.timestamp(), at.timestamp()))
        return last
    small = settings.MAP_SMALL_FEATURES
    if last is None or last.features <= small:
        found = [*islice(layer.features(viewer=member_of(layer, readership)), small + 1)]
        if len(found) <= small:
            try:
                return _make(layer, place, found, mark, at)
            except OSError:
                # A disk that is full: the older edition stays.
                if last is None:
                    raise
                log.exception("an edition could not be written", layer=layer.key)
                return last
    _want(place, readership, at)
    if last is None:
        raise _not_yet(layer)
    return last


def current_with_tiles(*, layer: MapLayer, by: Actor, at: datetime) -> Edition:
    """The same with its archive of vector tiles: of a small layer cut now, where that is quick, else by the worker.

    An edition without features has none. Raises NotYet, NotVisible.
    """
    edition = current(layer=layer, by=by, at=at)
    if not edition.features or edition.archive.exists():
        return edition
    readership = require_readership(layer, viewer=by)
    place = _place(layer, readership)
    if edition.features <= settings.MAP_SMALL_FEATURES and not _is_asked(place, at):
        try:
            _cut(layer, edition, settings.MAP_TILES_AT_ONCE_S)
        except NotCut as error:
            log.warning("tiles are left to the worker", layer=layer.key, because=str(error))
        else:
            return edition
    _want(place, readership, at)
    raise _not_yet(layer)


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
    """Make the edition of a layer for a readership with its tiles, however large it is.

    Raises NotCut: then the edition is there without them.
    """
    place, mark = _place(layer, readership), _mark(layer, readership)
    made = _make(layer, place, [*layer.features(viewer=member_of(layer, readership))], mark, at, with_tiles=True)
    # Where it fails it stays asked for: who looks meanwhile starts no other job.
    place.with_suffix(_ASKED).unlink(missing_ok=True)
    return made


def clear(*, by: Actor, at: datetime) -> int:
    """Delete editions that nobody has asked for in a week and whatever no edition names, and answer how many files."""
    old, gone = (at - KEPT).timestamp(), 0
    for file in _folder().glob("*/*"):
        if file.suffix in (".json", _WANTED, _ASKED) and _touched(file) < old:
            file.unlink(missing_ok=True)
    named = {note["digest"] for file in _folder().glob("*/*.json") if (note := _note(file))}
    # What was written this hour may be about to be named.
    recent = (at - timedelta(hours=1)).timestamp()
    for file in _folder().glob("*/*"):
        if file.suffix in (".json", _WANTED, _ASKED) or file.stem in named or _touched(file) >= recent:
            continue
        if file.is_dir():
            shutil.rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)
        gone += 1
    return gone


def _make(
    layer: MapLayer, place: Path, found: Sequence[MapFeature], mark: str, at: datetime, *, with_tiles: bool = False
) -> Edition:
    digest = digest_of(layer, found)
    made = Edition(layer.key, digest, len(found), mark, at, place.parent / f"{digest}.gpkg")
    if not made.path.exists():
        beside = made.path.with_name(f"{ids.new_id()}.gpkg")
        write(beside, layer, found)
        os.replace(beside, made.path)
    try:
        # Before it is named, so that who reads the newer edition finds its tiles.
        if with_tiles and found:
            _cut(layer, made, settings.MAP_TILES_LIMIT_S)
    finally:
        note = {"digest": digest, "features": len(found), "mark": mark, "made_at": at.isoformat()}
        note["bytes"] = made.path.stat().st_size
        beside = place.with_suffix(f".{ids.new_id()}")
        beside.write_text(json.dumps(note), "utf-8")
        os.replace(beside, place)
    return made


def _cut(layer: MapLayer, edition: Edition, seconds: float) -> None:
    """Cut its tiles, unless they are there: one cuts, and who comes meanwhile waits for it. Raises NotCut."""
    with edition.path.with_suffix(".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not edition.archive.exists():
            cut(edition.path, edition.archive, layer, seconds)


def _last(layer: MapLayer, place: Path) -> Edition | None:
    """What a note names, if both are whole: a power cut may leave half of either."""
    note = _note(place)
    if note is None:
        return None
    path = place.parent / f"{note['digest']}.gpkg"
    if not path.exists():
        return None
    if path.stat().st_size != note["bytes"]:
        path.unlink(missing_ok=True)
        return None
    made_at = datetime.fromisoformat(note["made_at"])
    return Edition(layer.key, note["digest"], note["features"], note["mark"], made_at, path)


def _note(file: Path) -> dict[str, Any] | None:
    try:
        note: dict[str, Any] = json.loads(file.read_bytes())
        return note if note.keys() >= _NOTED else None
    except (FileNotFoundError, ValueError, AttributeError):
        return None


def _mark(layer: MapLayer, readership: str) -> str:
    """The latest act that may have changed what the readership sees, and whatever else may have."""
    programmes = {one.partition("@")[0] for one in readership.split(";")}
    return f"{latest_act(programmes=None if '*' in programmes else programmes)}{layer.changed()}"


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "map"
    return folder


def _place(layer: MapLayer, readership: str) -> Path:
    folder = _folder() / layer.key
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A layer that has other fields since an upgrade is another one.
    told = f"{readership} {digest_of(layer, ())}"
    return folder / f"{sha256(told.encode()).hexdigest()[:32]}.json"


def _want(place: Path, readership: str, at: datetime) -> None:
    """Ask the worker, unless it is at it; a job that was killed or given up is asked for again."""
    if not _is_asked(place, at):
        place.with_suffix(_WANTED).write_text(readership, "utf-8")


def _is_asked(place: Path, at: datetime) -> bool:
    last = max(_touched(place.with_suffix(suffix)) for suffix in (_WANTED, _ASKED))
    return last >= (at - _PATIENCE).timestamp()


def _touched(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return 0


def _not_yet(layer: MapLayer) -> NotYet:
    return NotYet(gettext_noop("图层“%(layer)s”第一次用，正在后台生成。请过一会儿再看。"), layer=layer.label)
