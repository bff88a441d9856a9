# SPDX-License-Identifier: Apache-2.0
"""Every pair of states, legal and illegal."""

import pytest

from shanhai.kernel.states import IllegalMove, require_move
from shanhai.planning.handovers.states import HANDOVER_MOVES, ITEM_MOVES, HandoverState, ItemState

LEGAL_FOR_ITEMS = {("open", "settled"), ("open", "waived"), ("settled", "open")}


@pytest.mark.parametrize("new", ItemState, ids=lambda state: f"to_{state}")
@pytest.mark.parametrize("old", ItemState, ids=lambda state: f"from_{state}")
def test_an_item_goes_only_where_the_table_says(old, new):
    if (old.value, new.value) in LEGAL_FOR_ITEMS:
        require_move(ITEM_MOVES, old, new)
    else:
        with pytest.raises(IllegalMove):
            require_move(ITEM_MOVES, old, new)


@pytest.mark.parametrize("new", HandoverState, ids=lambda state: f"to_{state}")
@pytest.mark.parametrize("old", HandoverState, ids=lambda state: f"from_{state}")
def test_a_batch_is_released_once_and_for_all(old, new):
    if (old.value, new.value) == ("open", "released"):
        require_move(HANDOVER_MOVES, old, new)
    else:
        with pytest.raises(IllegalMove):
            require_move(HANDOVER_MOVES, old, new)
