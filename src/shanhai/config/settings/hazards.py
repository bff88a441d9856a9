# SPDX-License-Identifier: Apache-2.0
"""Hazards: limits of judging and of calling (docs/operate/settings.md)."""

from shanhai.config.env import env

# How far back the readings go by which a new point, or one that is judged by new numbers, comes to know its past.
HAZARDS_PAST_DAYS = env.int("SHANHAI_HAZARDS_PAST_DAYS")
