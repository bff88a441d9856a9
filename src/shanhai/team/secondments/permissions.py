# SPDX-License-Identifier: Apache-2.0
"""The permissions of the app."""

from enum import StrEnum


class SecondmentPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which.

    A county asks for posts and confirms what was taught; the personnel officer names, dispatches and ends; papers and
    fitness are checked by whoever holds CHECK and has not named.
    """

    VIEW = "secondment.view"
    ASK = "secondment.ask"
    CONFIRM = "secondment.confirm"
    MANAGE = "secondment.manage"
    CHECK = "secondment.check"
