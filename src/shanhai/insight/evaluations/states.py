# SPDX-License-Identifier: Apache-2.0
"""The states of a template and of an evaluation, and what may follow what."""

from enum import StrEnum

from shanhai.kernel.states import Moves, complete_table


class TemplateState(StrEnum):
    """A template is written, judged by, and no longer judged by."""

    DRAFT = "draft"
    IN_FORCE = "in_force"
    RETIRED = "retired"


class EvaluationState(StrEnum):
    """Assessed by those who are judged, handed in, decided, perhaps appealed against and decided again, frozen."""

    ASSESSING = "assessing"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    APPEALED = "appealed"
    FROZEN = "frozen"


TEMPLATE_MOVES: Moves[TemplateState] = {
    TemplateState.DRAFT: frozenset({TemplateState.IN_FORCE, TemplateState.RETIRED}),
    TemplateState.IN_FORCE: frozenset({TemplateState.RETIRED}),
    TemplateState.RETIRED: frozenset(),
}
EVALUATION_MOVES: Moves[EvaluationState] = {
    EvaluationState.ASSESSING: frozenset({EvaluationState.SUBMITTED}),
    EvaluationState.SUBMITTED: frozenset({EvaluationState.ASSESSING, EvaluationState.DECIDED}),
    EvaluationState.DECIDED: frozenset({EvaluationState.APPEALED, EvaluationState.FROZEN}),
    EvaluationState.APPEALED: frozenset({EvaluationState.DECIDED}),
    EvaluationState.FROZEN: frozenset(),
}
complete_table(TemplateState, TEMPLATE_MOVES)
complete_table(EvaluationState, EVALUATION_MOVES)
