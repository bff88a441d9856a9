# SPDX-License-Identifier: Apache-2.0
"""Where the product's own files lie (templates, static, locale, demo) and where everything it writes goes."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
# An installed wheel carries the shared folders inside the package; a checkout has them at its root.
SHARE = _PACKAGE / "share" if (_PACKAGE / "share").is_dir() else _PACKAGE.parents[1]


def data_dir() -> Path:
    """The folder for everything the product writes: SHANHAI_DATA_DIR, by default ``var`` in the working folder."""
    folder = Path(os.environ.get("SHANHAI_DATA_DIR") or "var").expanduser().resolve()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def in_checkout(name: str) -> bool:
    """Whether ``tests.<name>`` is here: what contributors work with is no part of what is installed.

    From then on ``tests`` is the checkout's, whatever the working folder holds.
    """
    if not (SHARE / "tests" / name).is_dir():
        return False
    if sys.path[0] != str(SHARE):
        sys.path.insert(0, str(SHARE))
    return True
