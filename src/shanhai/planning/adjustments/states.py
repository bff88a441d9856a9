# SPDX-License-Identifier: Apache-2.0
"""What an adjustment asks for, the way it goes, and what people say to it."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class Kind(StrEnum):
    """What is to be changed: 建设内容, 建设地点, 概算, 工期, 援助资金, 项目之间调剂, 取消; or 年度计划 as a whole."""

    SCOPE = "scope"
    SITE = "site"
    ESTIMATE = "estimate"
    PERIOD = "period"
    AMOUNT = "amount"
    MOVE_MONEY = "move_money"
    CANCEL = "cancel"
    PLAN = "plan"


# What is asked for one project.
OF_PROJECT = tuple(kind for kind in Kind if kind is not Kind.PLAN)


class State(StrEnum):
    """Where the request stands. Only ``applied`` has changed anything outside it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


# An approved one goes back when the project has moved meanwhile: what was approved is then no longer what would happen.
MOVES: Moves[State] = {
    State.DRAFT: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.SUBMITTED: frozenset({State.RETURNED, State.APPROVED, State.REFUSED, State.WITHDRAWN}),
    State.RETURNED: frozenset({State.SUBMITTED, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.APPLIED, State.RETURNED, State.WITHDRAWN}),
    State.REFUSED: frozenset(),
    State.APPLIED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
complete_table(State, MOVES)
# What is for the one to say who decides; the other moves are for those who ask or carry out.
DECISIONS: Moves[State] = {old: after & {State.APPROVED, State.REFUSED, State.RETURNED} for old, after in MOVES.items()}

WITH_PROPOSER = frozenset({State.DRAFT, State.RETURNED})
UNDECIDED = frozenset({State.DRAFT, State.SUBMITTED, State.RETURNED})
DECIDED = frozenset({State.APPROVED, State.REFUSED, State.APPLIED})
OPEN = UNDECIDED | {State.APPROVED}


class Approver(StrEnum):
    """Who decides: the head of the headquarters, or the body that approved the project in the first place."""

    COMMANDER = "commander"
    ORIGINAL = "original"


class Verdict(StrEnum):
    """What somebody did or said: the steps of the way, and opinions (support, doubt) that move nothing."""

    SUBMITTED = "submitted"
    SUPPORTED = "supported"
    DOUBTED = "doubted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"
    APPLIED = "applied"
    WITHDRAWN = "withdrawn"


OPINIONS = frozenset({Verdict.SUPPORTED, Verdict.DOUBTED})
NEED_WORDS = frozenset({Verdict.DOUBTED, Verdict.RETURNED, Verdict.REFUSED, Verdict.WITHDRAWN})


class PaperKind(StrEnum):
    """What a paper of an adjustment is: a re-approval of a much larger estimate, or any other ground."""

    REAPPROVAL = "reapproval"
    SUPPORT = "support"
