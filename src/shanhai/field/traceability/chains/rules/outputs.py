# SPDX-License-Identifier: Apache-2.0
"""What comes out of a step, as it was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from shanhai.field.traceability.chains.rules.limits import require_grade
from shanhai.field.traceability.chains.rules.typed import read_fields
from shanhai.field.traceability.chains.values import Definition, Does, Made, Step
from shanhai.field.traceability.states import LotKind
from shanhai.kernel.errors import BadInput, Faults
from shanhai.kernel.messages import gettext_noop

MOST_GRAMS, MOST_PIECES = 10**9, 10**8


def outputs_checked(
    *, step: Step, definition: Definition, outputs: Sequence[Made], on: date
) -> list[tuple[Made, dict[str, str]]]:
    """What comes out, each with its facts as they are kept. Raises BadInput or Refused with all faults.

    The field of a fault is its place and name, "2.grade".
    """
    faults, found = Faults(), list[tuple[Made, dict[str, str]]]()
    if not step.makes:
        return []
    outputs = outputs or ([Made()] if step.makes == LotKind.ANIMAL else [])
    count = sum(max(one.count, 1) for one in outputs)
    if not 1 <= count <= step.makes_most:
        text = gettext_noop("这一步产出 1 到 %(most)s 个，这里是 %(count)s 个。请核对。")
        raise BadInput(text, "traceability.outputs_count", field="outputs", most=step.makes_most, count=count)
    for at, one in enumerate(outputs):
        with faults.of(f"{at}.grams"):
            found.append((one, _checked(step, definition, one, on, f"{at}.")))
    faults.tell()
    return found


def _checked(step: Step, definition: Definition, one: Made, on: date, place: str) -> dict[str, str]:
    if step.makes == LotKind.ANIMAL:
        if one.grams:
            raise BadInput(gettext_noop("活畜不记重量。"), "traceability.animal_weighed")
    elif not 0 < one.grams <= MOST_GRAMS:
        raise BadInput(gettext_noop("请填重量，单位克，要大于 0。"), "traceability.weight_missing")
    if not 0 <= one.pieces <= MOST_PIECES or one.count < 1 or (one.count > 1 and step.does is not Does.PACK):
        raise BadInput(gettext_noop("个数不对。请核对。"), "traceability.pieces_impossible")
    facts = read_fields(step.each, one.facts, product=definition, on=on, before=place)
    for field in step.each:
        for choice in field.choices:
            if facts.get(field.key) == choice.key:
                require_grade(choice, grams=one.grams, pieces=one.pieces)
    return facts
