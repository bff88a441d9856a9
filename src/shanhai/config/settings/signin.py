# SPDX-License-Identifier: Apache-2.0
"""Signing in: password, one-time codes, passkeys, and one OpenID Connect provider when the environment names it."""

from datetime import timedelta

from shanhai.config.env import env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "shanhai.base.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "shanhai.base.accounts.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# For one-time codes; passwords are counted by axes (the adapter's pre_authenticate counts nothing).
ACCOUNT_RATE_LIMITS = {
    "login_failed": f"{env.int('SHANHAI_LOCKOUT_FAILURES')}/{env.int('SHANHAI_LOCKOUT_MINUTES')}m/key",
}

MFA_ADAPTER = "shanhai.base.accounts.adapters.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Shanhai"
# Browsers allow passkeys on plain http only for localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.bool("SHANHAI_HTTPS")

SOCIALACCOUNT_ONLY = False
# Never by a matching e-mail: nobody here verifies addresses. The user connects it, right after their password.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, object]] = {"openid_connect": {"APPS": []}}
if env("SHANHAI_OIDC_ISSUER"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env("SHANHAI_OIDC_NAME") or "OpenID Connect",
                "client_id": env("SHANHAI_OIDC_CLIENT_ID"),
                "secret": env("SHANHAI_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": env("SHANHAI_OIDC_ISSUER")},
            }
        ],
    }

AXES_FAILURE_LIMIT = env.int("SHANHAI_LOCKOUT_FAILURES")
AXES_COOLOFF_TIME = timedelta(minutes=env.int("SHANHAI_LOCKOUT_MINUTES"))
# By name and address together: a stranger cannot lock a colleague out from elsewhere.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# Trying on while locked does not prolong it: otherwise a script could keep a colleague out for ever.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "shanhai.base.accounts.views.locked_out"
# axes sees neither the typed name nor what was typed into its field, and keeps no second log beside the audit trail.
AXES_USERNAME_CALLABLE = "shanhai.base.accounts.adapters.lockout_name"
AXES_SENSITIVE_PARAMETERS = ["login"]
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
