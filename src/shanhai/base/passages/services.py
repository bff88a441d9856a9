# SPDX-License-Identifier: Apache-2.0
"""Keeping the text of a thing so that it is found, and forgetting it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from shanhai.base.passages import rules
from shanhai.base.passages.models import Passage
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject

_AT_ONCE = 500


@transaction.atomic
def keep_text(
    *, by: Actor, at: datetime, of: Subject, title: str, url: str, permission: str, text: str, shared: bool = False
) -> int:
    """Keep the text of a thing in place of what was kept of it, and answer in how many passages.

    A thing without text is found by its title. What is kept is made of what ``of`` names and is no act of its own.
    """
    forget_text(by=by, at=at, of=of)
    begin, rows = 0, []
    for part, stretch in enumerate(rules.passages(text) if text.strip() else [""]):
        bare = rules.folded(stretch)
        # The title is part of the first passage: it is found once.
        named = (title,) if part == 0 else ()
        rows.append(
            Passage(
                subject_type=of.type,
                subject_id=str(of.id),
                part=part,
                at=begin,
                title=title[:200],
                url=url,
                permission=permission,
                programme=of.programme,
                place=of.place,
                shared=shared,
                text=stretch.replace("\x00", " "),
                folded="\n".join((*map(rules.folded, named), bare)),
                grams=rules.grams("\n".join((*map(rules.folded, named), bare)), *named),
            )
        )
        begin += len(stretch)
    Passage.objects.bulk_create(rows, batch_size=_AT_ONCE)
    return len(rows)


def forget_text(*, by: Actor, at: datetime, of: Subject) -> None:
    """Let the text of a thing be found no more."""
    Passage.objects.filter(subject_type=of.type, subject_id=str(of.id)).delete()
