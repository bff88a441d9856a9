# SPDX-License-Identifier: Apache-2.0
"""SQLite in the data folder by default, PostgreSQL by DATABASE_URL."""

from shanhai.config.env import env
from shanhai.config.paths import data_dir

DATABASES = {"default": env.db_url_config(env("DATABASE_URL") or f"sqlite:///{data_dir() / 'shanhai.sqlite3'}")}
# Opening one for each request costs more than a small page: SQLite reads the shape of a hundred tables every time.
DATABASES["default"]["CONN_MAX_AGE"] = 60

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A deferred transaction that turns into a writer fails at once when another writes; an immediate one waits.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a posting that was answered "done" is on the disk even if the power goes the next moment.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
