# SPDX-License-Identifier: Apache-2.0
"""The product's settings in a data folder that belongs to this run of the tests alone."""

import os
import tempfile

os.environ["SHANHAI_DATA_DIR"] = tempfile.mkdtemp(prefix="shanhai-test-")
os.environ["SHANHAI_TESTING"] = "1"
os.environ.setdefault("SHANHAI_SECRET_KEY", "only-for-tests-and-never-anywhere-else")
os.environ.pop("SHANHAI_DEMO", None)

from shanhai.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
if DATABASES["default"]["ENGINE"].endswith("sqlite3") or os.environ.get("PYTEST_XDIST_WORKER", "gw0") != "gw0":  # noqa: F405
    # Replaying the history of tables takes a minute. It is replayed by one worker on PostgreSQL, and by make trial on
    # SQLite, which compares what comes of it with these tables.
    DATABASES["default"]["TEST"] = {"MIGRATE": False}  # noqa: F405
STATIC_ROOT.mkdir()  # noqa: F405
