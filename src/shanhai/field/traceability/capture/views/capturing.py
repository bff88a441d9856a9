# SPDX-License-Identifier: Apache-2.0
"""Documents that are captured, the jobs of it, and single events."""

from __future__ import annotations

from shanhai.field.traceability.capture.views.serving import Resources

RESOURCES: Resources = {}
