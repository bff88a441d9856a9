# SPDX-License-Identifier: Apache-2.0
"""The states of a reporting round and of a group's report, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class RoundState(StrEnum):
    """A month's round: groups report, then it is closed and stays as it is."""

    OPEN = "open"
    CLOSED = "closed"


ROUND_MOVES: Moves[RoundState] = {RoundState.OPEN: frozenset({RoundState.CLOSED}), RoundState.CLOSED: frozenset()}
complete_table(RoundState, ROUND_MOVES)


class ReportState(StrEnum):
    """A group's report: being written, handed in, sent back with a reason, accepted for good."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


REPORT_MOVES: Moves[ReportState] = {
    ReportState.DRAFT: frozenset({ReportState.SUBMITTED}),
    ReportState.SUBMITTED: frozenset({ReportState.RETURNED, ReportState.ACCEPTED}),
    ReportState.RETURNED: frozenset({ReportState.SUBMITTED}),
    ReportState.ACCEPTED: frozenset(),
}
complete_table(ReportState, REPORT_MOVES)

# It is the group's turn in these, the office's in SUBMITTED, nobody's in ACCEPTED.
IN_HAND = frozenset({ReportState.DRAFT, ReportState.RETURNED})
