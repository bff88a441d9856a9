# SPDX-License-Identifier: Apache-2.0
"""What criteria answer, and the numbers by which they do."""

from shanhai.operations.hazards.criteria.values.conclusions import CAUSES, Conclusion, Criterion, Judged, Point, Reason
from shanhai.operations.hazards.criteria.values.thresholds import Reference, Thresholds

__all__ = ["CAUSES", "Conclusion", "Criterion", "Judged", "Point", "Reason", "Reference", "Thresholds"]
