# SPDX-License-Identifier: Apache-2.0
"""Looking for words in what is kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from shanhai.base.passages import rules
from shanhai.base.passages.models import Passage
from shanhai.kernel.actors import Actor

# Characters of the text shown on either side of a word that was found.
AROUND = 24
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that was found, and the words around what was looked for."""

    passage: Passage
    excerpt: str


def find_passages(*, viewer: Actor, text: str, limit: int) -> tuple[Found, ...]:
    """Passages that the viewer may see and that hold every word of ``text``, the newest first. One query."""
    words = rules.asked(text)[:MOST_WORDS]
    if not words:
        return ()
    rows = Passage.objects.visible_to(viewer).filter(_holding(words)).defer("grams").order_by("-pk")[:limit]
    return tuple(Found(row, _excerpt(row, words[0][0])) for row in rows)


def _holding(words: list[tuple[str, list[str], list[str]]]) -> Q:
    """The one place that asks each database in its own way."""
    if connection.vendor == "postgresql":
        every = Q()
        for word, parts, initials in words:
            either = Q(_all_of(initials)) if initials else Q(pk__in=[])
            if parts:
                either |= Q(_all_of(parts)) & Q(folded__contains=word)
            every &= either
        return every
    phrases = [[" ".join(row) for row in (parts, initials) if row] for _word, parts, initials in words]
    matched = " AND ".join("(" + " OR ".join(f'"{phrase}"' for phrase in either) + ")" for either in phrases)
    asked = "SELECT rowid FROM passages_index WHERE passages_index MATCH %s"
    return Q(pk__in=RawSQL(asked, [matched]))  # noqa: S611 - no value stands in the statement


def _all_of(parts: list[str]) -> RawSQL:
    statement = "string_to_array(passages_passage.grams, ' ') @> %s::text[]"
    return RawSQL(statement, [parts], output_field=BooleanField())  # noqa: S611 - no value stands in the statement


def _excerpt(passage: Passage, word: str) -> str:
    # Folding may change the length of a text: where it did, the beginning is shown.
    body = passage.folded[-len(passage.text) :] if len(passage.folded) >= len(passage.text) else ""
    place = max(body.find(word), 0)
    begin, end = max(0, place - AROUND), place + len(word) + AROUND
    shown = " ".join(passage.text[begin:end].split())
    return f"{'…' if begin else ''}{shown}{'…' if end < len(passage.text) else ''}"
