# SPDX-License-Identifier: Apache-2.0
"""One quantity in two units is one number in the base unit; units of different quantities are never compared."""

import pytest

from shanhai.field.traceability.events.rules.units import _UNITS, in_base
from shanhai.field.traceability.events.rules.vocabulary import UNITS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((8, "CEL"), (281.15, "KEL")),
        ((-40, "FAH"), (-40, "CEL")),
        ((491.67, "A48"), (0, "CEL")),
        ((1, "LBR"), (453.59237, "GRM")),
        ((36, "KMH"), (10, "MTS")),
        ((180, "DD"), (3.141592653589793, "C81")),
        ((1, "BAR"), (1000, "MBR")),
        ((55, "P1"), (0.55, "C62")),
        ((1, "GLI"), (4.54609, "LTR")),
        ((2, "HUR"), (120, "MIN")),
    ],
)
def test_the_same_in_two_units_is_the_same_in_the_base(one, other):
    base, number = in_base(one[1], one[0])
    also, same = in_base(other[1], other[0])

    assert (base, number) == (also, pytest.approx(same, rel=1e-12))


def test_a_unit_nobody_knows_is_a_base_of_its_own():
    assert in_base("ZZZ", 7) == ("ZZZ", 7)


def test_units_of_one_line_are_units_of_one_quantity_of_the_standard():
    for unit, (base, _, _) in _UNITS.items():
        kinds = {kind for kind, units in UNITS.items() if unit in units}
        assert kinds & {kind for kind, units in UNITS.items() if base in units} or not kinds, (unit, base)
