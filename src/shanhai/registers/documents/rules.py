# SPDX-License-Identifier: Apache-2.0
"""Names of files: which may be kept, and what they promise."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop

MAX_NAME = 120


class NameNotAccepted(BadInput):
    """A file name that is empty, a path, or holds control characters."""

    code = "documents.name_not_accepted"


def checked_name(name: str) -> str:
    """The file name without folders, at most 120 characters. Raises NameNotAccepted."""
    bare = PurePosixPath(unicodedata.normalize("NFC", name).replace("\\", "/")).name.strip()
    if not bare or bare in {".", ".."} or any(unicodedata.category(letter) in {"Cc", "Cf", "Cs"} for letter in bare):
        raise NameNotAccepted(gettext_noop("文件名不能为空，也不能有不可见的字符。请改名后再传。"))
    stem, dot, ending = bare.rpartition(".")
    return bare if len(bare) <= MAX_NAME else f"{stem[: MAX_NAME - len(ending) - 1]}{dot}{ending}"


def ending_of(name: str) -> str:
    """The ending of a file name in small letters, without its dot; empty when there is none."""
    return name.rpartition(".")[2].lower() if "." in name else ""
