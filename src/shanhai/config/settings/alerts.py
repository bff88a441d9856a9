# SPDX-License-Identifier: Apache-2.0
"""Alerts of the Common Alerting Protocol: who sends them, how they are named and signed (docs/operate/alerts.md).

What is wrong here is said when the product starts, not when an alert has to go out.
"""

import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from shanhai.config.env import env

# Who sends, as other messages name it; the host of SHANHAI_PUBLIC_URL where nothing is said.
CAP_SENDER = env("SHANHAI_CAP_SENDER") or urlsplit(env("SHANHAI_PUBLIC_URL")).hostname or "localhost"
if re.search(r"[\s,<&]", CAP_SENDER):
    raise ImproperlyConfigured("SHANHAI_CAP_SENDER holds a space, a comma, < or &")
CAP_SENDER_NAME = env("SHANHAI_CAP_SENDER_NAME")
CAP_CONTACT = env("SHANHAI_CAP_CONTACT")
# The arc under which messages are named by their UUID. That of UUIDs (ITU-T X.667) needs no registration.
CAP_OID = env("SHANHAI_CAP_OID")
if not re.fullmatch(r"[0-2](\.(0|[1-9]\d*)){1,15}", CAP_OID):
    raise ImproperlyConfigured("SHANHAI_CAP_OID is no object identifier: numbers with dots between them")
# The eight characters of organisation, unit and extension in identifiers of GB/T 35965.1; empty: there are none.
CAP_GB_UNIT = env("SHANHAI_CAP_GB_UNIT")
if CAP_GB_UNIT and not re.fullmatch(r"[0-9A-Z]{8}", CAP_GB_UNIT):
    raise ImproperlyConfigured("SHANHAI_CAP_GB_UNIT is not eight digits or capital letters")
# How many hours an alert holds where nobody says it: blue, yellow, orange, red.
try:
    CAP_HOURS = tuple(int(hours) for hours in env("SHANHAI_CAP_HOURS"))
except ValueError:
    CAP_HOURS = ()
if len(CAP_HOURS) != 4 or not all(1 <= hours <= 24 * 31 for hours in CAP_HOURS):
    raise ImproperlyConfigured("SHANHAI_CAP_HOURS is not four whole numbers from 1 to 744: blue,yellow,orange,red")
# Files in PEM with which messages are signed; without them they are not.
CAP_KEY = env("SHANHAI_CAP_KEY")
CAP_CERTIFICATE = env("SHANHAI_CAP_CERTIFICATE")
