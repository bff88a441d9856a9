# SPDX-License-Identifier: Apache-2.0
"""What tables of every app are made of: the history of what moves from state to state, intervals that do not meet.

Abstract, so this app has no table.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.db import models
from django.db.backends.ddl_references import Statement, Table
from django.db.models import F, Q
from django.db.models.sql.query import Query

_EXCLUDES = "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s EXCLUDE USING gist (%(parts)s) WHERE (%(where)s)"
# After the row is there, so that the condition reads the same for it as for the others.
_TRIGGERS = """CREATE TRIGGER %(trigger)s AFTER %(act)s ON %(table)s BEGIN
SELECT RAISE(ABORT, '%(name)s') WHERE EXISTS (SELECT 1
FROM (SELECT * FROM %(table)s WHERE %(where)s) AS one, (SELECT * FROM %(table)s WHERE %(where)s) AS two
WHERE two.%(key)s = NEW.%(key)s AND one.%(key)s <> two.%(key)s%(same)s AND %(starts)s < %(ends)s); END"""


class Move(models.Model):
    """One change of a state; the first of a thing may have no ``old``. An app adds what it belongs to, as ``moves``."""

    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=100)
    because = models.TextField(blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"

    @staticmethod
    def between(states: type[StrEnum], *, name: str, begins: bool = False) -> models.CheckConstraint:
        """It goes from one of ``states`` to another; the first of a thing that ``begins`` comes from none."""
        known = [state.value for state in states]
        stands = Q(old__in=["", *known] if begins else known, new__in=known)
        return models.CheckConstraint(condition=stands & ~Q(old=F("new")), name=name)


class NoOverlap(models.BaseConstraint):
    """No two rows of the same ``keys`` (columns of whole numbers) have days in common.

    A row has those from ``since`` until ``until`` (exclusive, null for ever), or the instants where these are
    DateTimeFields; of rows in ``condition`` alone.
    PostgreSQL excludes over ranges, a key as the range of itself, so that no extension is needed. SQLite excludes
    nothing: two triggers raise what a constraint would. Of fields, the columns are named.
    """

    def __init__(self, *, keys: tuple[str, ...], since: str, until: str, name: str, condition: Q | None = None) -> None:
        super().__init__(name=name)
        self.keys, self.since, self.until, self.condition = keys, since, until, condition

    def constraint_sql(self, model: type[models.Model] | None, editor: Any) -> Any:
        """Nothing within the table's own creation: it is made when the table is there."""
        assert model is not None
        editor.deferred_sql += self._statements(model, editor)
        return None

    def create_sql(self, model: type[models.Model] | None, editor: Any) -> Any:
        """The statement for a table that is there; SQLite makes such a table anew instead."""
        assert model is not None
        return self._statements(model, editor)[0]

    def remove_sql(self, model: type[models.Model] | None, editor: Any) -> Any:
        """Take it away, on PostgreSQL."""
        assert model is not None
        table = editor.quote_name(model._meta.db_table)
        return f"ALTER TABLE {table} DROP CONSTRAINT {editor.quote_name(self.name)}"

    def validate(self, model: Any, instance: Any, exclude: Any = None, using: str = "default") -> None:
        """Forms ask their services, which say in words what is in the way."""

    def deconstruct(self) -> Any:
        """As a migration writes it."""
        path, args, more = super().deconstruct()
        more |= {"keys": self.keys, "since": self.since, "until": self.until}
        return path, args, more | ({"condition": self.condition} if self.condition is not None else {})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    __hash__ = models.BaseConstraint.__hash__

    def _statements(self, model: type[models.Model], editor: Any) -> list[Statement]:
        quoted = {name: editor.quote_name(name) for name in (*self.keys, self.since, self.until)}
        keys, since, until = [quoted[key] for key in self.keys], quoted[self.since], quoted[self.until]
        words = {"table": Table(model._meta.db_table, editor.quote_name), "key": editor.quote_name("id")}
        words["where"] = self._where(model, editor)
        if editor.connection.vendor == "postgresql":
            same = "".join(f"int8range({key}, {key}, '[]') WITH &&, " for key in keys)
            spans = "tstzrange" if isinstance(model._meta.get_field(self.since), models.DateTimeField) else "daterange"
            words |= {"name": editor.quote_name(self.name), "parts": f"{same}{spans}({since}, {until}) WITH &&"}
            return [Statement(_EXCLUDES, **words)]
        words["same"] = "".join(f" AND one.{key} = two.{key}" for key in keys)
        words |= {"starts": f"max(one.{since}, two.{since})"}
        words |= {"ends": f"min(coalesce(one.{until}, '9999-12-31'), coalesce(two.{until}, '9999-12-31'))"}
        return [
            Statement(_TRIGGERS, **words, act=act, trigger=editor.quote_name(f"{self.name}_{act}"), name=self.name)
            for act in ("insert", "update")
        ]

    def _where(self, model: type[models.Model], editor: Any) -> str:
        """The condition with its values written out, as a statement that makes a table needs them."""
        if self.condition is None:
            return "1 = 1"
        query = Query(model=model, alias_cols=False)
        sql, values = query.build_where(self.condition).as_sql(
            query.get_compiler(connection=editor.connection), editor.connection
        )
        return sql % tuple(editor.quote_value(value) for value in values)
