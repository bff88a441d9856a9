# SPDX-License-Identifier: Apache-2.0
"""Traceability: limits of what is captured, asked and sent to subscribers (docs/operate/settings.md)."""

from shanhai.config.env import env

# An event that is dated further ahead is refused.
TRACE_AHEAD_S = env.int("SHANHAI_TRACE_AHEAD_S")
# Of one document that is captured: the body, and its events.
TRACE_CAPTURE_MAX_BYTES = env.int("SHANHAI_TRACE_CAPTURE_MAX_MB") * 1024 * 1024
TRACE_CAPTURE_MAX_EVENTS = env.int("SHANHAI_TRACE_CAPTURE_MAX_EVENTS")

# Problems that are reported within an hour by people of whom nobody asks who they are.
TRACE_REPORTS_BY_ADDRESS = env.int("SHANHAI_TRACE_REPORTS_BY_ADDRESS")
TRACE_REPORTS_OF_THING = env.int("SHANHAI_TRACE_REPORTS_OF_THING")
TRACE_REPORTS_IN_ALL = env.int("SHANHAI_TRACE_REPORTS_IN_ALL")
# Asking: events a page where nothing is said, and at most; how many events one page may look at, how many may be sorted
# by an extension, how many of the newest are looked through for their words and places; how long a page leads on.
TRACE_PAGE = env.int("SHANHAI_TRACE_PAGE")
TRACE_PAGE_MOST = env.int("SHANHAI_TRACE_PAGE_MOST")
TRACE_LOOKED_AT = env.int("SHANHAI_TRACE_LOOKED_AT")
TRACE_SORTED = env.int("SHANHAI_TRACE_SORTED")
TRACE_LISTED = env.int("SHANHAI_TRACE_LISTED")
TRACE_TOKEN_MINUTES = env.int("SHANHAI_TRACE_TOKEN_MINUTES")
# Named queries: the body of one, how many a party keeps, how many subscriptions it has.
TRACE_QUERY_MAX_KB = env.int("SHANHAI_TRACE_QUERY_MAX_KB")
TRACE_QUERIES_MOST = env.int("SHANHAI_TRACE_QUERIES_MOST")
TRACE_SUBSCRIPTIONS_MOST = env.int("SHANHAI_TRACE_SUBSCRIPTIONS_MOST")
# Letters to subscribers: seconds that the other side has, attempts, events in one, and networks beside the world's.
TRACE_WEBHOOK_TIMEOUT_S = env.int("SHANHAI_TRACE_WEBHOOK_TIMEOUT_S")
TRACE_WEBHOOK_ATTEMPTS = env.int("SHANHAI_TRACE_WEBHOOK_ATTEMPTS")
TRACE_WEBHOOK_BATCH = env.int("SHANHAI_TRACE_WEBHOOK_BATCH")
TRACE_WEBHOOK_NETWORKS = env.list("SHANHAI_TRACE_WEBHOOK_NETWORKS")
