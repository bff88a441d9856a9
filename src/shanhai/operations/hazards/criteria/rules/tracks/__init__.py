# SPDX-License-Identifier: Apache-2.0
"""What the engine remembers of a point, and what it says of each reading."""

from shanhai.operations.hazards.criteria.rules.tracks.base import Track
from shanhai.operations.hazards.criteria.rules.tracks.moving import Movement
from shanhai.operations.hazards.criteria.rules.tracks.raining import Rainfall
from shanhai.operations.hazards.criteria.rules.tracks.sensing import Moisture, Shaking

__all__ = ["Moisture", "Movement", "Rainfall", "Shaking", "Track"]
