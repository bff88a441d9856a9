# SPDX-License-Identifier: Apache-2.0
"""What the ORM has no expression for, with the same answers on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Expression, FloatField, Func, IntegerField, TextField

SECOND, MINUTE, HOUR, DAY = 1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000


class _OfJson(Func):
    """What is at a path within a JSON column, where it is of one type; else null."""

    types: tuple[str, ...]
    # Of which names SQLite has for them, and what is made of the text that PostgreSQL finds.
    sqlite_types: tuple[str, ...]
    cast = ""
    sqlite_cast = "{}"

    def __init__(self, column: Any, path: tuple[str, ...]) -> None:
        super().__init__(column)
        self.path = path

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.source_expressions[0])
        path = list(self.path)
        types = ", ".join(f"'{one}'" for one in self.types)
        sql = (
            f"CASE WHEN jsonb_typeof({column} #> %s::text[]) IN ({types}) THEN ({column} #>> %s::text[]){self.cast} END"
        )
        return sql, [*params, path, *params, path]

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:
        """A name is compared as it is written in the text of the column, where all but ASCII may be escaped or not."""
        column, params = compiler.compile(self.source_expressions[0])
        types = ", ".join(f"'{one}'" for one in self.sqlite_types)
        found = self.sqlite_cast.format(f"JSON_EXTRACT({column}, %s)")
        sql = f"CASE WHEN JSON_TYPE({column}, %s) IN ({types}) THEN {found} END"
        plain = "$" + "".join(f"[{one}]" if one.isdecimal() else f'."{one}"' for one in self.path)
        escaped = plain if plain.isascii() else "$" + json.dumps(plain)[2:-1].replace('\\"', '"')
        if plain == escaped:
            return sql, [*params, plain, *params, plain]
        both = [one for path in (plain, escaped) for one in (*params, path, *params, path)]
        return f"COALESCE({sql}, {sql})", both


class JsonNumber(_OfJson):
    types, sqlite_types = ("number",), ("integer", "real")
    cast, sqlite_cast = "::double precision", "CAST({} AS REAL)"
    output_field = FloatField()


class JsonText(_OfJson):
    types, sqlite_types = ("string",), ("text",)
    output_field = TextField()


class JsonTruth(_OfJson):
    types, sqlite_types = ("boolean",), ("true", "false")
    cast = "::boolean"
    output_field = BooleanField()


class JsonAny(_OfJson):
    """Anything but null, as a text that only tells that it is there."""

    types, sqlite_types = (
        ("string", "number", "boolean", "object", "array"),
        ("text", "integer", "real", "true", "false", "object", "array"),
    )
    output_field = TextField()


class SpanEnd(Func):
    """Begin of a time or period as ``format_period`` has written it; with ``last`` its end, null of an instant."""

    output_field = BigIntegerField()

    def __init__(self, text: Any, *, last: bool) -> None:
        super().__init__(text)
        self.last = last

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        text, params = compiler.compile(self.source_expressions[0])
        one = f"NULLIF(split_part({text}, '/', {1 + self.last}), '')"
        return f"(EXTRACT(EPOCH FROM {one}::timestamptz) * {SECOND})::bigint", params

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:
        text, params = compiler.compile(self.source_expressions[0])
        between = f"INSTR({text} || '/', '/')"
        one = f"NULLIF(SUBSTR({text}, {between} + 1), '')" if self.last else f"SUBSTR({text}, 1, {between} - 1)"
        seconds = f"CAST(strftime('%%s', SUBSTR({one}, 1, 19)) AS INTEGER) * {SECOND}"
        # What stands between the point and the Z, if anything does.
        rest = f"CAST(SUBSTR(RTRIM(SUBSTR({one}, 21), 'Z') || '000000', 1, 6) AS INTEGER)"
        return f"({seconds} + {rest})", [*params] * 4


class ByCodepoint(Func):
    """A text that is compared by its characters, not as a language would sort it."""

    template = "%(expressions)s"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(self.source_expressions[0])
        return f'{sql} COLLATE "C"', params


class Plain(Func):
    """An expression of others, written with one {} for each; the database counts in whole numbers where they are."""

    def __init__(self, template: str, *parts: Any, output_field: Any) -> None:
        super().__init__(*parts, output_field=output_field)
        self.written = template

    def as_sql(self, compiler: Any, connection: Any, *_given: Any, **_extra: Any) -> tuple[str, Any]:
        found = [compiler.compile(one) for one in self.source_expressions]
        sql = self.written.format(*(one for one, _params in found))
        return sql, [param for _one, params in found for param in params]


class DatePart(Func):
    """Year, month or day in UTC of an instant in microseconds."""

    output_field = IntegerField()

    def __init__(self, instant: Any, part: str) -> None:
        super().__init__(instant)
        self.part = part

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(self.source_expressions[0])
        return f"EXTRACT({self.part} FROM to_timestamp(({sql}) / {SECOND}.0) AT TIME ZONE 'UTC')::integer", params

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:
        sql, params = compiler.compile(self.source_expressions[0])
        sign = {"year": "%%Y", "month": "%%m", "day": "%%d"}[self.part]
        return f"CAST(strftime('{sign}', ({sql}) / {SECOND}, 'unixepoch') AS INTEGER)", params


def time_part(instant: Expression, part: str) -> Expression:
    """A part of an instant in UTC as a number; "date" is days since 1970, "time" microseconds of the day."""
    whole = {
        "hour": f"(({{}}) / {HOUR} %% 24)",
        "minute": f"(({{}}) / {MINUTE} %% 60)",
        "second": f"(({{}}) / {SECOND} %% 60)",
        "date": f"(({{}}) / {DAY})",
        "time": f"(({{}}) %% {DAY})",
    }
    if part in whole:
        return Plain(whole[part], instant, output_field=IntegerField())
    if part == "fractionalseconds":
        return Plain(f"(({{}}) %% {SECOND}) / {SECOND}.0", instant, output_field=FloatField())
    return DatePart(instant, part)


def rounded(number: Expression, how: str) -> Expression:
    """floor, ceiling, or round: halves away from zero."""
    if how != "round":
        return Plain(f"{how.upper()}({{}})", number, output_field=FloatField())
    written = "(CASE WHEN ({}) < 0 THEN CEILING(({}) - 0.5) ELSE FLOOR(({}) + 0.5) END)"
    return Plain(written, number, number, number, output_field=FloatField())
