# SPDX-License-Identifier: Apache-2.0
"""The least that the same work can cost: the same rows put in bare, the same cells written bare, a plain page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import clear_url_caches
from python_calamine import CalamineWorkbook

from tests.bench.report import Cost, cost

# Rows on a page of every list that is measured.
SIZE = 50
# What `startproject` of this Django puts into its settings.
PLAIN = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]


def put_in_bare(stored: Sequence[type[models.Model]], most: int, repeats: int) -> Cost:
    """The newest ``most`` rows of each once more, into tables of the same shape: inserts, COPY on PostgreSQL."""
    found = {}
    with connection.cursor() as cursor:
        for model in stored:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY id DESC LIMIT {most}")
            found[model._meta.db_table] = cursor.fetchall()

    def put() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for name, rows in found.items():
                _put_rows(cursor, f"bare_{name}", rows)

    costs = []
    for _ in range(repeats):
        with _copies(list(found)):
            costs.append(cost(put))
    return Cost(min(one.cpu for one in costs), min(one.seconds for one in costs))


def _put_rows(cursor: Any, table: str, rows: Sequence[Sequence[Any]]) -> None:
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {table} FROM STDIN") as stream:
            for row in rows:
                stream.write_row(row)
    else:
        cursor.executemany(f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(rows[0]))})", rows)


@contextmanager
def _copies(tables: Sequence[str]) -> Iterator[None]:
    with connection.cursor() as cursor:
        for table in tables:
            if connection.vendor == "postgresql":
                cursor.execute(f"CREATE TABLE bare_{table} (LIKE {table} INCLUDING ALL)")
                # What LIKE leaves out, and SQLite's own statement below has: the references.
                kept = f"contype = 'f' AND conrelid = '{table}'::regclass"
                cursor.execute(f"SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE {kept}")
                for (reference,) in cursor.fetchall():
                    cursor.execute(f"ALTER TABLE bare_{table} ADD {reference}")
                continue
            cursor.execute("SELECT sql FROM sqlite_master WHERE tbl_name = %s AND sql <> '' ORDER BY rootpage", [table])
            for (sql,) in cursor.fetchall():
                kind, _, rest = sql.partition('"')
                named, _, rest = rest.partition('"')
                rest = rest.replace(f'ON "{table}', f'ON "bare_{table}')
                cursor.execute(f'{kind}"bare_{named}"{rest}')
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for table in reversed(tables):
                cursor.execute(f"DROP TABLE bare_{table}")


def take_in_bare(path: Path) -> None:
    """Read a workbook and insert what it holds, row by row as it stands, into a table of as many columns."""
    header, *rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bare_import ({', '.join(f'c{number} text' for number in range(len(header)))})")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            _put_rows(cursor, "bare_import", [[str(cell) for cell in row] for row in rows])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE bare_import")


def write_bare(rows: Sequence[Sequence[Any]], path: Path) -> None:
    """Write ``rows`` as a workbook, a cell a call, in constant memory, and nothing else."""
    options = {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, date | datetime | timedelta):
                    sheet.write_datetime(number, column, cell)
                elif isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif cell is not None:
                    sheet.write_number(number, column, float(cell))


def trivial(request: HttpRequest) -> HttpResponse:
    """A page that says one thing."""
    return HttpResponse("<!doctype html><title>ok</title>" + "ok " * 100)


def page_cost(
    urls: str, middleware: Sequence[str], addresses: Sequence[str], *, cookie: str = "", repeats: int = 1
) -> Cost:
    """What one page costs, from the request to the last byte, asked of the addresses of the module ``urls``."""
    asking = RequestFactory(headers={"host": "127.0.0.1", **({"cookie": cookie} if cookie else {})})
    with override_settings(MIDDLEWARE=list(middleware), ROOT_URLCONF=urls):
        clear_url_caches()
        handler = WSGIHandler()

        def ask() -> None:
            for address in addresses:
                answer = handler(asking.get(address).environ, lambda *given: None)
                b"".join(answer)
                answer.close()
                if answer.status_code != 200:
                    raise RuntimeError(f"{address} answered {answer.status_code}")

        ask()
        took = cost(ask, repeats)
    clear_url_caches()
    return Cost(took.cpu / len(addresses), took.seconds / len(addresses))


def ours() -> list[str]:
    """The middleware of the product."""
    return list(settings.MIDDLEWARE)
