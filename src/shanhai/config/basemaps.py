# SPDX-License-Identifier: Apache-2.0
"""The map of others beneath ours, as it is written in the environment (docs/operate/base-map.md)."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_NAME = "SHANHAI_MAP_BASE_TILES"
# The signs of a WMTS template (OGC 07-057r7, 10.2.1) as web maps write them; the key is ours.
_SIGNS = {"tilematrix": "{z}", "tilerow": "{y}", "tilecol": "{x}", "z": "{z}", "y": "{y}", "x": "{x}"}
# Their tiles are shifted (GCJ-02, BD-09), ours are not: beneath our data they would be wrong by hundreds of metres.
_SHIFTED = ("autonavi.com", "amap.com", "gtimg.com", "qq.com", "bdimg.com", "baidu.com", "google.cn", "googleapis.cn")
# Of a PMTiles archive (version 3): where its head says how its directories and tiles are packed, and what they are.
_HEAD, _PLAIN, _GZIP, _KINDS = 127, 1, 2, (1, 2, 3, 4)


def base_from(written: str, key: str) -> tuple[tuple[str, ...], Path | None]:
    """Templates with {z}, {x} and {y}, the lowest first, or the one archive. Raises ImproperlyConfigured."""
    words = written.split()
    if len(words) == 1 and urlsplit(words[0]).scheme == "":
        return (), _archive(Path(words[0]))
    return tuple(_template(one, key) for one in words), None


def _template(written: str, key: str) -> str:
    address = urlsplit(written)
    if address.scheme not in ("http", "https") or not address.hostname or address.username:
        raise ImproperlyConfigured(f"{_NAME} is neither an http address without a name and password nor a file")
    if any(sign in address.netloc for sign in "{},;'\"\\"):
        raise ImproperlyConfigured(f"{_NAME} has a sign in its host: write one host out")
    if address.path.endswith(".pmtiles"):
        raise ImproperlyConfigured(
            f"{_NAME} is an archive elsewhere: fetch the file, and give its path; it is read on this machine"
        )
    if any(address.hostname == one or address.hostname.endswith(f".{one}") for one in _SHIFTED):
        raise ImproperlyConfigured(
            f"{_NAME} is a map in GCJ-02 or BD-09, which lies hundreds of metres beside our data"
        )
    template = re.sub(r"\{(\w+)\}", lambda sign: _SIGNS.get(sign[1].lower(), sign[0]), written)
    if "{key}" in template and not key:
        raise ImproperlyConfigured(f"{_NAME} asks for a key: set SHANHAI_MAP_BASE_KEY")
    template = template.replace("{key}", key)
    if any(template.count(sign) != 1 for sign in ("{z}", "{x}", "{y}")):
        raise ImproperlyConfigured(
            f"{_NAME} needs each of {{z}} {{x}} {{y}} or {{TileMatrix}} {{TileRow}} {{TileCol}} once"
        )
    if left := re.search(r"[{}][^{}/?&]*}?", re.sub(r"\{[zxy]\}", "", template)):
        raise ImproperlyConfigured(f"{_NAME} has a sign that nothing fills, from {left[0]!r}: write it out")
    return template


def _archive(path: Path) -> Path:
    if path.suffix != ".pmtiles" or not path.is_absolute():
        raise ImproperlyConfigured(f"{_NAME} is neither an http address nor the whole path of a .pmtiles file")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise ImproperlyConfigured(f"{_NAME}: {path} cannot be read: {error.strerror}") from None
    if len(head) < _HEAD or head[:8] != b"PMTiles\x03":
        raise ImproperlyConfigured(f"{_NAME}: {path} is no PMTiles archive of version 3")
    if head[97] != _GZIP or head[98] not in (_PLAIN, _GZIP) or head[99] not in _KINDS:
        raise ImproperlyConfigured(f"{_NAME}: {path} is not packed by gzip, or holds neither MVT nor PNG, JPEG or WebP")
    return path
