# SPDX-License-Identifier: Apache-2.0
"""What is printed, set by Typst. What people wrote is data to it, never markup; nothing of this machine can be read."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import typst
from django.conf import settings

# Families with Chinese, best first: those that are free and that systems bring.
SERIF = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "SimSun",
    "STSong",
    "Songti SC",
    "AR PL UMing CN",
)
SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "SimHei", "STHeiti", "WenQuanYi Zen Hei")


@lru_cache(maxsize=4)
def _known(paths: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=list(paths)).families()
    )


def installed(families: Sequence[str]) -> list[str]:
    """Those of the families that are here, in the same order."""
    known = _known(tuple(settings.FONT_PATHS))
    return [name for name in families if name in known]


def typeset(
    template: Path,
    *,
    inputs: Mapping[str, str],
    form: Literal["pdf", "svg", "png"] = "pdf",
    data: str = "",
    read_aloud: bool = False,
) -> bytes:
    """The document that a template makes of ``inputs``, and of ``data``, a text that it reads as ``data.json``.

    As SVG or PNG of its one page. ``read_aloud``: a PDF of PDF/UA-1 (ISO 14289-1), for which drawings need their words.
    """
    # An empty folder of its own: nothing else can be read from within.
    with tempfile.TemporaryDirectory() as root:
        (Path(root) / "data.json").write_text(data, "utf-8")
        (main := Path(root) / "main.typ").write_bytes(template.read_bytes())
        made = typst.compile(
            main,
            root=root,
            font_paths=list(settings.FONT_PATHS),
            sys_inputs=dict(inputs),
            format=form,
            ppi=300,
            pdf_standards=["ua-1"] if read_aloud else [],
        )
    # A list where there are several pages.
    return bytes(made[0] if isinstance(made, list) else made)
