# SPDX-License-Identifier: Apache-2.0
"""Work in the background: queued in the database, with its progress in files that web and worker share."""

from shanhai.config.paths import data_dir

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

# A row would not do: what a transaction writes is seen only when it ends, and SQLite lets one write at a time.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "progress": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": data_dir() / "progress",
        "TIMEOUT": 24 * 3600,
    },
}
