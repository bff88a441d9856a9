# SPDX-License-Identifier: Apache-2.0
"""What ``make kill`` would call lost or half-written: the killing itself takes minutes and is run by hand."""

import pytest

from tests.kill import EVENTS, ROWS, Acts, faults


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ({"vouchers": ["v1", "v2"], "moves": ["m1"], "tables": {"T1": ROWS, "T2": ROWS}}, 0),
        # Stored, though the answer was lost with the server: nobody was told otherwise.
        ({"vouchers": ["v1", "v2", "v3"], "moves": ["m1", "m2"], "tables": {"T1": ROWS}}, 0),
        ({"vouchers": ["v1"], "moves": ["m1"], "tables": {"T1": ROWS}}, 1),
        ({"vouchers": ["v1", "v2", "v2"], "moves": ["m1"], "tables": {"T1": ROWS}}, 1),
        ({"vouchers": ["v1", "v2"], "moves": [], "tables": {"T1": ROWS}}, 1),
        ({"vouchers": ["v1", "v2"], "moves": ["m1"], "tables": {}}, 1),
        ({"vouchers": ["v1", "v2"], "moves": ["m1"], "tables": {"T1": ROWS, "T2": 7}}, 1),
        # A document of which the sender heard nothing, too, is there whole or not at all.
        ({"captures": {"c1": EVENTS, "c2": 7}}, 1),
        ({"captures": {}}, 1),
    ],
)
def test_what_was_acknowledged_and_is_not_stored_is_found(stored, expected):
    acts = Acts(vouchers=["v1", "v2"], moves=["m1"], captures=["c1"], tables={"T1": True, "T2": False})
    whole = {"vouchers": ["v1", "v2"], "moves": ["m1"], "tables": {"T1": ROWS}, "captures": {"c1": EVENTS}}

    assert len(faults(acts, whole | stored)) == expected
