# SPDX-License-Identifier: Apache-2.0
"""Traceability: limits of what is captured (docs/operate/settings.md)."""

from shanhai.config.env import env

# An event that is dated further ahead is refused.
TRACE_AHEAD_S = env.int("SHANHAI_TRACE_AHEAD_S")
# Of one document that is captured: the body, and its events.
TRACE_CAPTURE_MAX_BYTES = env.int("SHANHAI_TRACE_CAPTURE_MAX_MB") * 1024 * 1024
TRACE_CAPTURE_MAX_EVENTS = env.int("SHANHAI_TRACE_CAPTURE_MAX_EVENTS")
