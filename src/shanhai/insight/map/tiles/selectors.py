# SPDX-License-Identifier: Apache-2.0
"""Tiles of an edition; signed addresses of tiles, which are read without asking who reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.signing import BadSignature, Signer

from shanhai.insight.map.editions.values import Edition
from shanhai.insight.map.tiles.rules.archives import MVT, Archive, archive_at
from shanhai.insight.map.tiles.rules.matrices import Address, address_of
from shanhai.kernel.errors import DomainError, NotVisible
from shanhai.kernel.messages import gettext_noop

_SIGNED = "shanhai.map.tiles"
# No key of a layer begins so.
_BASE = "-base"


class TooLate(DomainError):
    """The time of a signed address is over."""

    code = "map.tile_too_late"
    status = 410


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile, by gzip where it is ``packed``, b"" for one of nothing; what its content and place are called; for how
    many seconds it may be kept; its media type."""

    data: bytes
    tag: str
    seconds: int = 0
    kind: str = MVT
    packed: bool = True


def tile_of(edition: Edition, at: Address) -> Tile:
    """A tile of an edition, which has its archive unless it is empty."""
    data = archive_at(edition.archive).tile(at) if edition.features else b""
    return Tile(data, f"{edition.digest}/{at}")


def sign(edition: Edition, *, at: datetime) -> str:
    """The address below which the tiles of an edition are read by who was given it, with an end of validity.

    Give it to who was asked for their permission. Within half of its time it stays the same, so that a browser finds
    what it has kept.
    """
    return _signed(edition.layer, edition.digest, at)


def sign_base(*, at: datetime) -> str:
    """The same for the archive of the map beneath (``MAP_BASE_ARCHIVE``): for who has signed in."""
    return _signed(_BASE, _state(), at)


def base_archive() -> Archive:
    """The archive of the map beneath as it is now. Raises FileNotFoundError."""
    return _base(_state())


def _signed(layer: str, digest: str, at: datetime) -> str:
    window = timedelta(minutes=settings.MAP_TILES_SIGNED_MINUTES).total_seconds() / 2
    until = int((at.timestamp() // window + 2) * window)
    told = f"{layer}/{digest}/{until}"
    return f"{told}/{_signer().signature(told)}"


def _state() -> str:
    """The map beneath is another one when its file is."""
    told = _base_path().stat()
    return sha256(f"{_base_path()} {told.st_size} {told.st_mtime_ns}".encode()).hexdigest()[:32]


@lru_cache(2)
def _base(state: str) -> Archive:
    return Archive(_base_path())


def _base_path() -> Path:
    path: Path | None = settings.MAP_BASE_ARCHIVE
    if path is None:
        raise FileNotFoundError
    return path


def signed_tile(address: str, *, at: datetime) -> Tile:
    """The tile of a signed address with ``/zoom/column/row`` behind it. It asks neither database nor session.

    Raises NotVisible for one that was not signed here, whose file is gone, or that is out of range, TooLate.
    """
    try:
        stem, zoom, column, row = address.rsplit("/", 3)
        archive, digest, until = _named(stem)
    except (ValueError, BadSignature, FileNotFoundError):
        raise NotVisible(gettext_noop("没有这个瓦片地址。请重新打开地图。"), "map.tile_unsigned") from None
    seconds = int(until - at.timestamp())
    if seconds <= 0:
        raise TooLate(gettext_noop("这个瓦片地址已经过期。请重新打开地图。"))
    named = address_of(zoom, row, column, archive.zooms[1])
    return Tile(archive.tile(named), f"{digest}/{named}", seconds, archive.kind, archive.packed)


@lru_cache(256)
def _named(stem: str) -> tuple[Archive, str, int]:
    """What was signed once stays so: the archive that a signed address names, its digest, its end."""
    told, _, signature = stem.rpartition("/")
    _signer().unsign(f"{told}:{signature}")
    layer, digest, until = told.split("/")
    if layer == _BASE and digest != _state():
        raise FileNotFoundError
    if layer == _BASE:
        return _base(digest), digest, int(until)
    return archive_at(settings.DATA_DIR / "map" / layer / f"{digest}.pmtiles"), digest, int(until)


def _signer() -> Signer:
    return Signer(salt=_SIGNED, algorithm="sha256")
