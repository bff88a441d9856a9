# SPDX-License-Identifier: Apache-2.0
"""Sensors: limits of what comes in (docs/operate/settings.md)."""

from shanhai.config.env import env
from shanhai.config.paths import data_dir

# An observation that is dated further ahead of its arrival is refused; less is stored, and marked.
SENSORS_AHEAD_S = env.int("SHANHAI_SENSORS_AHEAD_S")

# Months (UTC) that stay in the database; older ones are files of Parquet below the address, on any storage of fsspec.
SENSORS_KEEP_MONTHS = max(env.int("SHANHAI_SENSORS_KEEP_MONTHS"), 0)
SENSORS_ARCHIVE_URL = env("SHANHAI_SENSORS_ARCHIVE_URL") or str(data_dir() / "history")
# Which engine answers questions over these files, as Ibis has addresses; empty: DuckDB within.
SENSORS_HISTORY_URL = env("SHANHAI_SENSORS_HISTORY_URL")

# Where open pages hear of news, and how many at a time; empty: they ask every few seconds. `serve` says where it is.
LIVE_URL = env("SHANHAI_LIVE_URL").rstrip("/")
LIVE_MOST = env.int("SHANHAI_LIVE_MOST")
# Of one request to the API: the body, and the rows of arrays.
SENSORS_BODY_MAX_BYTES = env.int("SHANHAI_SENSORS_BODY_MAX_MB") * 1024 * 1024
SENSORS_ARRAY_MAX_ROWS = env.int("SHANHAI_SENSORS_ARRAY_MAX_ROWS")
# Requests in one $batch.
SENSORS_BATCH_MAX = env.int("SHANHAI_SENSORS_BATCH_MAX")

# Reading by the API: entities a page where nothing is said, and at most; how many observations a question may look at
# that names no datastream; how far rows are counted that nobody keeps a count of; how many geometries are compared.
SENSORS_PAGE = env.int("SHANHAI_SENSORS_PAGE")
SENSORS_PAGE_MOST = env.int("SHANHAI_SENSORS_PAGE_MOST")
SENSORS_LOOKED_AT = env.int("SHANHAI_SENSORS_LOOKED_AT")
SENSORS_COUNTED = env.int("SHANHAI_SENSORS_COUNTED")
SENSORS_GEO_ROWS = env.int("SHANHAI_SENSORS_GEO_ROWS")
