# SPDX-License-Identifier: Apache-2.0
"""Apps, middleware, templates; languages (UTC stored, Asia/Shanghai shown); limits (docs/operate/settings.md)."""

from shanhai.config.env import env
from shanhai.config.paths import SHARE, data_dir, in_checkout

DEBUG = env.bool("SHANHAI_DEBUG")
# The folder that `shanhai demo` filled stays a demonstration, whatever command opens it.
DEMO = env.bool("SHANHAI_DEMO") or (data_dir() / "demo-secret-key").is_file()
TESTING = env.bool("SHANHAI_TESTING")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "django_htmx",
    "ninja",
    "django_tasks",
    "django_tasks_db",
    "shanhai.base.outbox",
    "shanhai.base.audit",
    "shanhai.base.accounts",
    "shanhai.base.jobs",
    "shanhai.base.saved_views",
    "shanhai.base.passages",
    "shanhai.registers.places",
    "shanhai.registers.documents",
    "shanhai.registers.tables",
    "shanhai.registers.ledger",
    "shanhai.registers.organisations",
    "shanhai.registers.people",
    "shanhai.registers.codes",
    "shanhai.planning.programmes",
    "shanhai.planning.rounds",
    "shanhai.planning.seasons",
    "shanhai.planning.projects",
    "shanhai.planning.imports",
    "shanhai.planning.returns",
    "shanhai.planning.adjustments",
    "shanhai.planning.warnings",
    "shanhai.planning.handovers",
    "shanhai.team.secondments",
    "shanhai.team.contests",
    "shanhai.team.visits",
    "shanhai.team.conduct",
    "shanhai.field.sensors",
    "shanhai.field.traceability",
    "shanhai.operations.hazards",
    "shanhai.insight.iati",
    "shanhai.insight.evidence",
    "shanhai.insight.reports",
    "shanhai.insight.evaluations",
    "shanhai.insight.map",
    "shanhai.portal",
    "shanhai.operate",
    # Every component in every state, at /style.
    *(["tests.style"] if in_checkout("style") else []),
]

MIDDLEWARE = [
    "shanhai.operate.watching.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shanhai.portal.middleware.AnswerMiddleware",
    "shanhai.field.sensors.middleware.ProgramMiddleware",
    "shanhai.registers.codes.middleware.ScanMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Every page needs a signed-in user unless its view says otherwise.
    "shanhai.base.accounts.middleware.ViewerMiddleware",
    "shanhai.portal.views.inbox.NextMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "shanhai.config.urls"
WSGI_APPLICATION = "shanhai.config.wsgi.application"
# Addresses that begin so are answered before Django, its middleware and its database: signed ones of tiles.
IN_FRONT_OF_DJANGO = ("/map/tile/", "shanhai.insight.map.tiles.views.signed.serve_signed")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [SHARE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shanhai.portal.views.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "shanhai.portal.templatetags.shanhai",
            ],
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [SHARE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"

UPLOAD_MAX_BYTES = env.int("SHANHAI_UPLOAD_MAX_MB") * 1024 * 1024
UNZIPPED_MAX_BYTES = env.int("SHANHAI_UNZIPPED_MAX_MB") * 1024 * 1024
IMPORT_MAX_ROWS = env.int("SHANHAI_IMPORT_MAX_ROWS")
# How much of a text is read for its figures.
TEXT_MAX_CHARACTERS = env.int("SHANHAI_TEXT_MAX_CHARACTERS")
TEXT_MAX_PAGES = env.int("SHANHAI_TEXT_MAX_PAGES")
# A table with more rows is checked and taken in by a job in the background.
IMPORT_JOB_ROWS = env.int("SHANHAI_IMPORT_JOB_ROWS")
# How many rows a page shows that is to be printed with all of them.
PRINTED_ROWS = env.int("SHANHAI_PRINTED_ROWS")
# How many rows behind each figure a frozen bulletin keeps; folders with fonts, beside those of the system.
BULLETIN_EVIDENCE_ROWS = env.int("SHANHAI_BULLETIN_EVIDENCE_ROWS")
FONT_PATHS = env.list("SHANHAI_FONT_PATHS")
# Which adjustments the commander decides and which go back to the original approver (planning/adjustments).
ADJUSTMENT_REAPPROVAL_PERCENT = env.int("SHANHAI_ADJUSTMENT_REAPPROVAL_PERCENT")
ADJUSTMENT_MOVE_PERCENT = env.int("SHANHAI_ADJUSTMENT_MOVE_PERCENT")
ADJUSTMENT_MOVE_YUAN = env.int("SHANHAI_ADJUSTMENT_MOVE_YUAN")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
