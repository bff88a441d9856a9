# SPDX-License-Identifier: Apache-2.0
"""Who may look and assess is who may see and manage evidence; deciding is a permission of its own."""

from enum import StrEnum


class EvaluationPermission(StrEnum):
    """What one may do here, within a scope; roles (``accounts.roles``) say who holds which."""

    DECIDE = "evaluation.decide"
