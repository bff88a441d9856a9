# SPDX-License-Identifier: Apache-2.0
"""The permissions that belong to no other app. Each app brings its own in its ``permissions``."""

from enum import StrEnum


class Permission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    # Registers below planning ask for it, too.
    PROGRAMME_VIEW = "programme.view"
    AUDIT_VIEW = "audit.view"
    USER_MANAGE = "user.manage"
