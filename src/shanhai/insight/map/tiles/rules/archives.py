# SPDX-License-Identifier: Apache-2.0
"""Reading a PMTiles archive (version 3) that stays open: its bytes are mapped, its directories kept once read."""

from __future__ import annotations

import gzip
import json
from functools import cached_property, lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

from pmtiles.tile import (
    Compression,
    Entry,
    TileType,
    deserialize_directory,
    deserialize_header,
    find_tile,
    zxy_to_tileid,
)

from shanhai.insight.map.tiles.rules.matrices import Address

MVT = "application/vnd.mapbox-vector-tile"
_KINDS = {TileType.MVT: MVT, TileType.PNG: "image/png", TileType.JPEG: "image/jpeg", TileType.WEBP: "image/webp"}
# A file that is deleted meanwhile is read on; so many archives are held.
_HELD = 32


class Archive:
    """The tiles of one edition. Any number of threads may read it."""

    def __init__(self, path: Path) -> None:
        """Raises FileNotFoundError."""
        with path.open("rb") as file:
            self._bytes = mmap(file.fileno(), 0, access=ACCESS_READ)
        self._head = deserialize_header(self._bytes[:127])
        self._read: dict[int, list[Entry]] = {}
        head = self._head
        # West, south, east, north, in degrees.
        self.bounds = tuple(head[one] / 1e7 for one in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"))
        self.zooms = (head["min_zoom"], head["max_zoom"])
        self.kind = _KINDS[head["tile_type"]]
        self.packed = head["tile_compression"] is Compression.GZIP

    @cached_property
    def attribution(self) -> str:
        """Whose it is, as it says itself, perhaps with markup."""
        start, length = self._head["metadata_offset"], self._head["metadata_length"]
        told = json.loads(gzip.decompress(self._bytes[start : start + length])) if length else {}
        return str(told.get("attribution") or "")

    def tile(self, at: Address) -> bytes:
        """A tile as it lies there, by gzip where the archive is ``packed``; b"" for one of nothing."""
        number = zxy_to_tileid(at.zoom, at.column, at.row)
        start, length = self._head["root_offset"], self._head["root_length"]
        while (found := find_tile(self._directory(start, length), number)) is not None:
            if found.run_length:
                first = self._head["tile_data_offset"] + found.offset
                return self._bytes[first : first + found.length]
            start, length = self._head["leaf_directory_offset"] + found.offset, found.length
        return b""

    def _directory(self, start: int, length: int) -> list[Entry]:
        if (known := self._read.get(start)) is None:
            known = self._read[start] = deserialize_directory(self._bytes[start : start + length])
        return known


@lru_cache(_HELD)
def archive_at(path: Path) -> Archive:
    """The archive of that path, which never changes: its name is that of its content. Raises FileNotFoundError."""
    return Archive(path)
