# SPDX-License-Identifier: Apache-2.0
"""Sensors: limits of what comes in (docs/operate/settings.md)."""

from shanhai.config.env import env

# An observation that is dated further ahead of its arrival is refused; less is stored, and marked.
SENSORS_AHEAD_S = env.int("SHANHAI_SENSORS_AHEAD_S")
