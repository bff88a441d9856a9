# SPDX-License-Identifier: Apache-2.0
"""The stages of a project, as public progress reports name them, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class Stage(StrEnum):
    """Where a project stands. 停工 is a stage of its own: a winter stop above 4,000 m is not a delay."""

    PREPARATION = "preparation"
    TENDERING = "tendering"
    READY = "ready"
    UNDER_WAY = "under_way"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    HANDED_OVER = "handed_over"
    CANCELLED = "cancelled"


MOVES: Moves[Stage] = {
    Stage.PREPARATION: frozenset({Stage.TENDERING, Stage.CANCELLED}),
    Stage.TENDERING: frozenset({Stage.READY, Stage.CANCELLED}),
    Stage.READY: frozenset({Stage.UNDER_WAY, Stage.CANCELLED}),
    Stage.UNDER_WAY: frozenset({Stage.SUSPENDED, Stage.COMPLETED, Stage.CANCELLED}),
    Stage.SUSPENDED: frozenset({Stage.UNDER_WAY, Stage.CANCELLED}),
    Stage.COMPLETED: frozenset({Stage.ACCEPTED}),
    Stage.ACCEPTED: frozenset({Stage.SETTLED}),
    Stage.SETTLED: frozenset({Stage.HANDED_OVER}),
    Stage.HANDED_OVER: frozenset(),
    Stage.CANCELLED: frozenset(),
}
complete_table(Stage, MOVES)

# What a person records; a cancellation is what carrying out an adjustment does.
STEPS: Moves[Stage] = {old: after - {Stage.CANCELLED} for old, after in MOVES.items()}
NOT_STARTED = frozenset({Stage.PREPARATION, Stage.TENDERING, Stage.READY})
ON_SITE = frozenset({Stage.UNDER_WAY, Stage.SUSPENDED})
ACCEPTED_ON = frozenset({Stage.ACCEPTED, Stage.SETTLED, Stage.HANDED_OVER})
FINISHED = frozenset({Stage.COMPLETED}) | ACCEPTED_ON
STARTED = ON_SITE | FINISHED


# Moves to these say why; a suspension that nobody explains looks like a delay, a cancellation like a loss.
NEED_REASON = frozenset({Stage.SUSPENDED, Stage.CANCELLED})


def steps_between(old: Stage, new: Stage) -> tuple[Stage, ...] | None:
    """The moves that lead from ``old`` to ``new``, shortest way, never through a suspension; None when none do.

    Empty when both are the same.
    """
    ways: dict[Stage, tuple[Stage, ...]] = {old: ()}
    frontier = [old]
    while frontier and new not in ways:
        following: list[Stage] = []
        for stage in frontier:
            for after in sorted(MOVES[stage]):
                if after not in ways and (after == new or after not in NEED_REASON):
                    ways[after] = (*ways[stage], after)
                    following.append(after)
        frontier = following
    return ways.get(new)


class Milestone(StrEnum):
    """The days of a project's life that are known, in the order in which they come; stops may come again and again."""

    APPROVAL = "approval"
    TENDER = "tender"
    PERMIT = "permit"
    START = "started_on"
    STOP = "stop"
    RESTART = "restart"
    COMPLETION = "finished_on"
    ACCEPTANCE = "accepted_on"
    ACCOUNTS = "accounts"
    HAND_OVER = "hand_over"


class MoveKind(StrEnum):
    """Whether a move stands; one that was wrong stays in the history beside the correction that took it back."""

    STEP = "step"
    TAKEN_BACK = "taken_back"
    CORRECTION = "correction"


class Delivery(StrEnum):
    """Who builds: the supporter and hands over (交钥匙), or the receiver with the supporter's money (交支票)."""

    TURNKEY = "turnkey"
    CHEQUE = "cheque"


class Novelty(StrEnum):
    """Begun this plan year (新建) or carried on from an earlier one (续建); start rates count them apart."""

    NEW = "new"
    CONTINUING = "continuing"


class Level(StrEnum):
    """An administrative level, highest first: of those who benefit, or of the unit that carries out the work."""

    PREFECTURE = "prefecture"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


GRASSROOTS = frozenset({Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE})


class PaperKind(StrEnum):
    """The papers that the life of a project leaves behind, in the order they come."""

    APPROVAL = "approval"
    ENTRUSTMENT = "entrustment"
    AWARD = "award"
    START_PERMIT = "start_permit"
    ACCEPTANCE = "acceptance"
    FINAL_ACCOUNT = "final_account"
    TRANSFER_LIST = "transfer_list"
    OTHER = "other"


class StopReason(StrEnum):
    """Why work on site stopped. A winter stop within the closed season of the altitude is no delay."""

    WINTER = "winter"
    LAND = "land"
    FUNDS = "funds"
    WEATHER = "weather"
    DESIGN = "design"
    OTHER = "other"


class Method(StrEnum):
    """How the contractor was found."""

    OPEN_TENDER = "open_tender"
    INVITED_TENDER = "invited_tender"
    NEGOTIATION = "negotiation"
    QUOTATION = "quotation"
    SINGLE_SOURCE = "single_source"
    DIRECT = "direct"


class Size(StrEnum):
    """What the extension of the final accounts depends on: at most two months, or six for a large project."""

    SMALL = "small"
    LARGE = "large"
