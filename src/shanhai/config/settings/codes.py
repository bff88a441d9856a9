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
