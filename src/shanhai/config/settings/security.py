# SPDX-License-Identifier: Apache-2.0
"""Keys, cookies, headers. Secrets come from the environment; only the demo makes its own, in its data folder."""

import secrets
from urllib.parse import urlsplit

from shanhai.config.env import env
from shanhai.config.paths import data_dir

_demo_key = data_dir() / "demo-secret-key"
SECRET_KEY = env("SHANHAI_SECRET_KEY") or (_demo_key.read_text() if _demo_key.is_file() else "")
# Without a key, commands still work; ``serve`` refuses, since every restart would sign everybody out.
SECRET_KEY_IS_EPHEMERAL = not SECRET_KEY
SECRET_KEY = SECRET_KEY or secrets.token_urlsafe(50)

ALLOWED_HOSTS = env.list("SHANHAI_ALLOWED_HOSTS")
CSRF_TRUSTED_ORIGINS = env.list("SHANHAI_TRUSTED_ORIGINS")
METRICS_TOKEN = env("SHANHAI_METRICS_TOKEN")

_https = env.bool("SHANHAI_HTTPS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _https else None
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31536000 if _https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = _https
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = env.int("SHANHAI_SESSION_HOURS") * 3600
CSRF_COOKIE_SECURE = _https
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "shanhai.portal.views.errors.csrf_failure"

# Browsers hold form-action against redirects too: signing in at the provider starts with a form here.
_issuer = urlsplit(env("SHANHAI_OIDC_ISSUER"))
_provider = f" {_issuer.scheme}://{_issuer.netloc}" if _issuer.netloc else ""
# What portal/middleware.py puts on every answer that does not say otherwise. {live} stands for LIVE_URL, which `serve`
# makes known: news to open pages come from another port (field/sensors/store/views/live.py).
ANSWER_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self' {live}; object-src 'none'; base-uri 'self'; frame-ancestors 'none'; "
    f"form-action 'self'{_provider}",
    "X-Frame-Options": "DENY",
}
