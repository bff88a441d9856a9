# SPDX-License-Identifier: Apache-2.0
"""Keeping the text of a thing so that it is found, and forgetting it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import connection, transaction

from shanhai.base.passages import rules
from shanhai.base.passages.models import Passage
from shanhai.kernel.actors import Actor
from shanhai.kernel.subjects import Subject

_AT_ONCE = 500
# SQLite: an index over the column itself, kept by the database whoever writes. PostgreSQL: over the parts as an array.
_INDEX = {
    "sqlite": (
        "CREATE VIRTUAL TABLE IF NOT EXISTS passages_index USING fts5("
        "grams, content='passages_passage', content_rowid='id', tokenize=\"unicode61 remove_diacritics 0\")",
        "CREATE TRIGGER IF NOT EXISTS passages_kept AFTER INSERT ON passages_passage BEGIN "
        "INSERT INTO passages_index(rowid, grams) VALUES (new.id, new.grams); END",
        "CREATE TRIGGER IF NOT EXISTS passages_forgotten AFTER DELETE ON passages_passage BEGIN "
        "INSERT INTO passages_index(passages_index, rowid, grams) VALUES ('delete', old.id, old.grams); END",
        "CREATE TRIGGER IF NOT EXISTS passages_changed AFTER UPDATE OF grams ON passages_passage BEGIN "
        "INSERT INTO passages_index(passages_index, rowid, grams) VALUES ('delete', old.id, old.grams); "
        "INSERT INTO passages_index(rowid, grams) VALUES (new.id, new.grams); END",
    ),
    "postgresql": (
        "CREATE INDEX IF NOT EXISTS passages_by_grams ON passages_passage USING gin (string_to_array(grams, ' '))",
    ),
}


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


def make_index(**_: Any) -> None:
    """Make the index where there is none; asked after every migration, for a demo makes its tables without them.

    Some migrations leave out the tables of other apps: where there is nothing to look through, nothing is made.
    """
    if Passage._meta.db_table not in connection.introspection.table_names():
        return
    with connection.cursor() as cursor:
        for statement in _INDEX[connection.vendor]:
            cursor.execute(statement)
