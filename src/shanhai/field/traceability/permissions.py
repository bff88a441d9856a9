# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class TracePermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    # See all events, lots and recalls there.
    VIEW = "trace.view"
    # Record for the parties whose organisation one works for; who only records sees what is theirs.
    RECORD = "trace.record"
    # Start a recall, hold a lot, drill.
    INSPECT = "trace.inspect"
    # Register parties and permits, give and revoke credentials.
    MANAGE = "trace.manage"
