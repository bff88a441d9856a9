# SPDX-License-Identifier: Apache-2.0
"""The small types in which organisations speak to the apps above them."""

from __future__ import annotations

from enum import StrEnum


class OrganisationKind(StrEnum):
    """What an organisation is, as far as the programme needs to tell."""

    GOVERNMENT = "government"
    COMPANY = "company"
    SCHOOL = "school"
    HOSPITAL = "hospital"
    COOPERATIVE = "cooperative"
    SOCIAL = "social"
    TEAM = "team"
    OTHER = "other"
