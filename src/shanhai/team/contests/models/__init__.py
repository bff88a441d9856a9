# SPDX-License-Identifier: Apache-2.0
"""Contests, inspections, honours."""

from shanhai.team.contests.models.contest import (
    Appeal,
    CriteriaSet,
    Criterion,
    Entry,
    Evidence,
    Judge,
    Round,
    RoundMove,
    Vote,
)
from shanhai.team.contests.models.honours import Honour, HonourKind, HonourMove, Objection
from shanhai.team.contests.models.inspections import (
    Finding,
    FindingMove,
    Inspection,
    InspectionAnswer,
    Question,
    QuestionSet,
)

__all__ = [
    "Appeal",
    "CriteriaSet",
    "Criterion",
    "Entry",
    "Evidence",
    "Finding",
    "FindingMove",
    "Honour",
    "HonourKind",
    "HonourMove",
    "Inspection",
    "InspectionAnswer",
    "Judge",
    "Objection",
    "Question",
    "QuestionSet",
    "Round",
    "RoundMove",
    "Vote",
]
