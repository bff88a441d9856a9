# SPDX-License-Identifier: Apache-2.0
"""Apps, middleware, templates."""

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
    "shanhai.registers.places",
    "shanhai.registers.documents",
    "shanhai.registers.tables",
    "shanhai.registers.ledger",
    "shanhai.registers.organisations",
    "shanhai.registers.people",
    "shanhai.planning.programmes",
    "shanhai.planning.rounds",
    "shanhai.planning.seasons",
    "shanhai.planning.projects",
    "shanhai.planning.imports",
    "shanhai.planning.returns",
    "shanhai.planning.adjustments",
    "shanhai.planning.warnings",
    "shanhai.planning.handovers",
    "shanhai.portal",
    "shanhai.operate",
    # Every component in every state, at /style.
    *(["tests.style"] if in_checkout("style") else []),
]

MIDDLEWARE = [
    "shanhai.operate.metrics.MetricsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shanhai.portal.middleware.AnswerMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    # Every page needs a signed-in user unless its view says otherwise.
    "shanhai.base.accounts.middleware.ViewerMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "shanhai.config.urls"
WSGI_APPLICATION = "shanhai.config.wsgi.application"

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
