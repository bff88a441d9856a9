# SPDX-License-Identifier: Apache-2.0
"""The one typed reader of the environment."""

import environ

env = environ.Env(
    SHANHAI_DEBUG=(bool, False),
    SHANHAI_DEMO=(bool, False),
    SHANHAI_TESTING=(bool, False),
    SHANHAI_SECRET_KEY=(str, ""),
    SHANHAI_ALLOWED_HOSTS=(list, ["127.0.0.1", "localhost", "[::1]"]),
    SHANHAI_TRUSTED_ORIGINS=(list, []),
    SHANHAI_HTTPS=(bool, False),
    SHANHAI_LOG_JSON=(bool, False),
    SHANHAI_METRICS_TOKEN=(str, ""),
    SHANHAI_OIDC_ISSUER=(str, ""),
    SHANHAI_OIDC_CLIENT_ID=(str, ""),
    SHANHAI_OIDC_CLIENT_SECRET=(str, ""),
    SHANHAI_OIDC_NAME=(str, ""),
    SHANHAI_MAIL_URL=(str, ""),
    SHANHAI_MAIL_FROM=(str, "shanhai@localhost"),
    SHANHAI_PUBLIC_URL=(str, "http://127.0.0.1:8000"),
    SHANHAI_UPLOAD_MAX_MB=(int, 20),
    SHANHAI_UNZIPPED_MAX_MB=(int, 200),
    SHANHAI_IMPORT_MAX_ROWS=(int, 20000),
    SHANHAI_TEXT_MAX_CHARACTERS=(int, 3_000_000),
    SHANHAI_TEXT_MAX_PAGES=(int, 500),
    SHANHAI_IMPORT_JOB_ROWS=(int, 500),
    SHANHAI_PRINTED_ROWS=(int, 2000),
    SHANHAI_BULLETIN_EVIDENCE_ROWS=(int, 200),
    SHANHAI_FONT_PATHS=(list, []),
    SHANHAI_ADJUSTMENT_REAPPROVAL_PERCENT=(int, 10),
    SHANHAI_ADJUSTMENT_MOVE_PERCENT=(int, 10),
    SHANHAI_ADJUSTMENT_MOVE_YUAN=(int, 5_000_000),
    SHANHAI_LOCKOUT_FAILURES=(int, 5),
    SHANHAI_LOCKOUT_MINUTES=(int, 15),
    SHANHAI_SESSION_HOURS=(int, 12),
    DATABASE_URL=(str, ""),
)
