# SPDX-License-Identifier: Apache-2.0
"""What is kept and sent: SQLite in the data folder or PostgreSQL by DATABASE_URL; static files and what people upload
(outside the web root); work in the background; mail by SHANHAI_MAIL_URL (smtp+tls://user:password@host:587), without
which letters are files in the data folder.
"""

from whitenoise.compress import Compressor

from shanhai.config.env import env
from shanhai.config.paths import SHARE, data_dir

DATABASES = {"default": env.db_url_config(env("DATABASE_URL") or f"sqlite:///{data_dir() / 'shanhai.sqlite3'}")}
# Opening one for each request costs more than a small page: SQLite reads the shape of a hundred tables every time.
DATABASES["default"]["CONN_MAX_AGE"] = 60

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A deferred transaction that turns into a writer fails at once when another writes; an immediate one waits.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: a posting that was answered "done" is on the disk even if the power goes the next moment.
        # Every 4,000 pages: what thousands of events write goes to the same pages of an index again and again, and each
        # time that the log is brought in costs half of what it took to write them.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000;"
        " PRAGMA wal_autocheckpoint=4000;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

DATA_DIR = data_dir()
SHARE_DIR = SHARE

STATIC_URL = "/static/"
STATICFILES_DIRS = [SHARE / "static"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = env.bool("SHANHAI_DEBUG") or env.bool("SHANHAI_TESTING")
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS
# Pages name files by their hash only; maps for debuggers are not worth minutes of compression at the first start.
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Documents are content-addressed below this folder and are only ever served through a view that checks the viewer.
DOCUMENTS_DIR = DATA_DIR / "documents"
MEDIA_ROOT = DATA_DIR / "media"
# Large uploads while they come in: here, not among the files of others, so that what a killed server leaves is cleared.
FILE_UPLOAD_TEMP_DIR = DATA_DIR / "incoming"
FILE_UPLOAD_TEMP_DIR.mkdir(mode=0o700, exist_ok=True)

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

DEFAULT_FROM_EMAIL = env("SHANHAI_MAIL_FROM")
if env("SHANHAI_MAIL_URL"):
    vars().update(env.email_url_config(env("SHANHAI_MAIL_URL")))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = data_dir() / "mail"
# Where the links of a letter lead.
PUBLIC_URL = env("SHANHAI_PUBLIC_URL")
# Seconds. A mail server that says nothing would hold the worker, and all news and jobs behind it, for ever.
EMAIL_TIMEOUT = 20
