# SPDX-License-Identifier: Apache-2.0
"""What the standard calls a refusal of a query (section 8.2.6)."""

from __future__ import annotations

from shanhai.field.traceability.capture.values import Exceptional
from shanhai.field.traceability.query.values import QueryParameter, QueryTooComplex, QueryTooLarge, QueryValidation
from shanhai.kernel.errors import DomainError

KINDS: dict[type[DomainError], Exceptional] = {
    QueryParameter: Exceptional.PARAMETER,
    QueryValidation: Exceptional.QUERY_VALIDATION,
    QueryTooComplex: Exceptional.TOO_COMPLEX,
    QueryTooLarge: Exceptional.TOO_LARGE,
}


def kind_of(error: DomainError) -> Exceptional:
    """The exception of the standard that a refusal is."""
    return KINDS.get(type(error), Exceptional.VALIDATION)
