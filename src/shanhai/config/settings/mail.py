# SPDX-License-Identifier: Apache-2.0
"""Mail by SHANHAI_MAIL_URL (smtp+tls://user:password@host:587); without it, letters are files in the data folder."""

from shanhai.config.env import env
from shanhai.config.paths import data_dir

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
