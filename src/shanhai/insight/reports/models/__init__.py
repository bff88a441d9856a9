# SPDX-License-Identifier: Apache-2.0
"""Bulletins with their sections and their way; cases; what others have published and honoured."""

from shanhai.insight.reports.models.bulletins import Bulletin, BulletinMove, Section
from shanhai.insight.reports.models.recognition import Case, CaseMove, Mention

__all__ = ["Bulletin", "BulletinMove", "Case", "CaseMove", "Mention", "Section"]
