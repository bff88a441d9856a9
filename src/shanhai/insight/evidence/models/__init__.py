# SPDX-License-Identifier: Apache-2.0
"""Sources with what was found in them; indicators and their facts."""

from shanhai.insight.evidence.models.facts import Fact, Indicator
from shanhai.insight.evidence.models.sources import ClaimMove, FoundClaim, Source

__all__ = ["ClaimMove", "Fact", "FoundClaim", "Indicator", "Source"]
