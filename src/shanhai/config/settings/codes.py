# SPDX-License-Identifier: Apache-2.0
"""Codes: how own codes begin (docs/operate/settings.md). What is wrong here is said when the product starts."""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from shanhai.config.env import env

# Whoever scans comes to the root of this host: /x/… and /01/… lead on from there.
CODES_STEM = env("SHANHAI_CODES_STEM").rstrip("/") or f"https://{urlsplit(env('SHANHAI_PUBLIC_URL')).netloc}"
if not re.fullmatch(r"https://[0-9a-z][0-9a-z.\-]*(:[0-9]{1,5})?", CODES_STEM):
    raise ImproperlyConfigured("SHANHAI_CODES_STEM is not https:// and a host in small letters, without a path")
# A file in PEM with the key (Ed25519) that signs codes; files with the public keys of earlier ones.
CODES_KEY = env("SHANHAI_CODES_KEY")
CODES_OLD_KEYS = env.list("SHANHAI_CODES_OLD_KEYS")
# With what covered codes are hashed: who has the database alone cannot try them. Another one makes all of them void.
CODES_SECRET = env("SHANHAI_CODES_SECRET")
# How many covered codes may be tried in an hour: from one address, of one code, in all.
REVEALS_BY_ADDRESS = env.int("SHANHAI_REVEALS_BY_ADDRESS")
REVEALS_OF_CODE = env.int("SHANHAI_REVEALS_OF_CODE")
REVEALS_IN_ALL = env.int("SHANHAI_REVEALS_IN_ALL")
