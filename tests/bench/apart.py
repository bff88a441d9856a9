# SPDX-License-Identifier: Apache-2.0
"""A data folder and a database for one measurement, gone afterwards: what is stored here already is never opened."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.db import connection

# What would make a measurement depend on how this place is set up.
LEFT_OUT = ("SHANHAI_DEMO", "SHANHAI_DEBUG", "SHANHAI_TESTING", "SHANHAI_HTTPS", "DJANGO_SETTINGS_MODULE")


@contextmanager
def own_place(name: str) -> Iterator[dict[str, str]]:
    """The environment of a command that shall find nothing: an empty folder, an empty database of the same kind.

    On PostgreSQL the database is made beside the one of DATABASE_URL, whose user must be allowed to make databases.
    """
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
    with (
        tempfile.TemporaryDirectory(prefix="shanhai-bench-", ignore_cleanup_errors=True) as folder,
        _database(f"shanhai_bench_{os.getpid()}_{name}") as url,
    ):
        yield {
            **kept,
            "SHANHAI_DATA_DIR": folder,
            "DATABASE_URL": url,
            "SHANHAI_SECRET_KEY": secrets.token_urlsafe(50),
            "SHANHAI_ALLOWED_HOSTS": "127.0.0.1",
        }


@contextmanager
def _database(name: str) -> Iterator[str]:
    if connection.vendor != "postgresql":
        yield ""
        return
    quoted = connection.ops.quote_name(name)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted}")
    try:
        yield urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {quoted} WITH (FORCE)")
