# SPDX-License-Identifier: Apache-2.0
"""Hazards: limits of what is registered, of judging and of calling (docs/operate/settings.md)."""

from shanhai.config.env import env

# How far back the readings go by which a new point, or one that is judged by new numbers, comes to know its past.
HAZARDS_PAST_DAYS = env.int("SHANHAI_HAZARDS_PAST_DAYS")

# https://…, or aliyun://KEY:SECRET@HOST/?sign=…&template=…; empty: this site has no such channel.
CALLS_SMS_URL = env("SHANHAI_CALLS_SMS_URL")
CALLS_VOICE_URL = env("SHANHAI_CALLS_VOICE_URL")
# Seconds that a mail server, a gateway or a broker has to answer.
CALLS_TIMEOUT_S = env.int("SHANHAI_CALLS_TIMEOUT_S")
# A message is given up after so many attempts; the waits between them double up to the longest.
CALLS_ATTEMPTS = env.int("SHANHAI_CALLS_ATTEMPTS")
CALLS_LONGEST_WAIT_S = env.int("SHANHAI_CALLS_LONGEST_WAIT_S")
# How many kilometres the outline of a site may measure across.
HAZARDS_SITE_KM = env.int("SHANHAI_HAZARDS_SITE_KM")
# How many days of the past thresholds are tried on, or reference rates are measured in, at a time.
HAZARDS_TRY_DAYS = env.int("SHANHAI_HAZARDS_TRY_DAYS")
