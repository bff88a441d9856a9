# SPDX-License-Identifier: Apache-2.0
"""Texts with their quantities marked: [[as written|value|unit|bound]], ``low..high`` for a range; {{…}} is none."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from shanhai.insight.evidence.texts.values import Claim, Span

CORPUS = Path(__file__).parent / "corpus"
_MARK = re.compile(r"\[\[(.+?)\|(.+?)\|(.+?)(?:\|(\w+))?\]\]|\{\{(.+?)\}\}", re.DOTALL)
Quantity = tuple[int, int, Decimal, Decimal | None, str, str]


@dataclass
class Annotated:
    """A text, its quantities (start, end, value, upper, unit, bound) and its labels."""

    title: str
    text: str
    quantities: set[Quantity] = field(default_factory=set)
    labels: list[Span] = field(default_factory=list)


def read_markup(marked: str, title: str = "") -> Annotated:
    """The text that ``marked`` annotates."""
    made = Annotated(title, "")
    at = 0
    for found in _MARK.finditer(marked):
        made.text += marked[at : found.start()]
        at, start = found.end(), len(made.text)
        made.text += found[1] or found[5]
        if found[5]:
            made.labels.append(Span(start, len(made.text)))
            continue
        low, _, high = found[2].partition("..")
        upper = Decimal(high) if high else None
        made.quantities.add((start, len(made.text), Decimal(low), upper, found[3].strip("-"), found[4] or "exact"))
    made.text += marked[at:]
    return made


def sections(name: str) -> dict[str, str]:
    """The texts of a file of the corpus by their titles."""
    parts = re.split(r"(?m)^=== (.+)\n", (CORPUS / name).read_text("utf-8"))
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def reports() -> list[Annotated]:
    """The reports of the corpus."""
    return [read_markup(marked, title) for title, marked in sections("reports.txt").items()]


def article(text: str, title: str) -> Annotated:
    """An article with what the corpus marks in its lines, each of which is a stretch of it."""
    made = Annotated(title, text)
    for line in sections("seeds.txt")[title].splitlines():
        part = read_markup(line)
        at = text.index(part.text)
        assert text.count(part.text) == 1, f"{part.text} stands there more than once"
        made.quantities |= {(at + start, at + end, *rest) for start, end, *rest in part.quantities}
        made.labels += [Span(at + one.start, at + one.end) for one in part.labels]
    return made


def quantity(claim: Claim) -> Quantity:
    """A claim as the corpus writes it."""
    return claim.start, claim.end, claim.value, claim.upper, claim.unit, claim.bound.value
