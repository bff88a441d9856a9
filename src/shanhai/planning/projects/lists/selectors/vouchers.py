# SPDX-License-Identifier: Apache-2.0
"""Postings with what they name in words: as lists of vouchers and their tables show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shanhai.base import formats
from shanhai.kernel.actors import Actor
from shanhai.planning.projects.core.selectors import lines_by_subject
from shanhai.planning.projects.values import made_from, number_of
from shanhai.registers.ledger.labels import KIND_LABELS
from shanhai.registers.ledger.values import PostingRow
from shanhai.registers.places import selectors as places


def shown_postings(
    viewer: Actor, rows: Sequence[PostingRow], sources: Mapping[str, str] | None = None
) -> list[dict[str, Any]]:
    """Each row with what it names in words; its source and place only where ``sources`` say the former. Two queries."""
    lines = lines_by_subject(viewer=viewer, subjects={row.subject for row in rows})
    divisions = places.find_divisions({row.place for row in rows if row.place}) if sources else {}
    return [
        {
            "row": row,
            "number": number_of(row.source),
            "made_from": formats.say(made_from(row.source) or KIND_LABELS[row.to_kind]),
            "from": formats.say(KIND_LABELS[row.from_kind]),
            "to": formats.say(KIND_LABELS[row.to_kind]),
            "project": lines[row.subject].project if row.subject in lines else None,
            "place": formats.named(divisions[row.place]) if row.place in divisions else "",
            "source": sources.get(row.fund_source, row.fund_source) if sources else "",
        }
        for row in rows
    ]
