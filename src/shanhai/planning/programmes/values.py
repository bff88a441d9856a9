# SPDX-License-Identifier: Apache-2.0
"""Small types that cross the border of this app."""

from enum import StrEnum

PROVENANCES = ("", "public", "demo")


class StatementFlag(StrEnum):
    """A doubt about a published figure, raised when it was recorded."""

    AT_LEAST = "at_least"
    ROUNDED = "rounded"
    DAMAGED = "damaged"
