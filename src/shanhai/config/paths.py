# SPDX-License-Identifier: Apache-2.0
"""Where the product's own files lie (templates, static, locale, demo) and where everything it writes goes."""

from __future__ import annotations

import os
from importlib.util import find_spec
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
    """Whether ``tests.<name>`` is here: what contributors work with is no part of what is installed."""
    try:
        return find_spec(f"tests.{name}") is not None
    except ModuleNotFoundError:
        return False
