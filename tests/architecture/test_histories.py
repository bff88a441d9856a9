# SPDX-License-Identifier: Apache-2.0
"""What moves from state to state has one shape of history, and the database watches over each of them."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import isolate_apps

from shanhai.base.database.models import Move
from tests.architecture.test_shape import own_models

SHAPE = {"old", "new", "at", "by", "because"}
HISTORIES = [model for model in own_models() if issubclass(model, Move)]


def homemade(found) -> list[str]:
    """The models that have the shape of a history and are none."""
    return [
        model.__name__
        for model in found
        if {field.name for field in model._meta.fields} >= SHAPE and not issubclass(model, Move)
    ]


def test_a_history_of_states_is_a_move():
    assert len(HISTORIES) > 2
    assert homemade(own_models()) == []


@isolate_apps()
def test_a_history_made_by_hand_is_found():
    fields = {name: models.CharField(max_length=9) for name in SHAPE}
    meta = type("Meta", (), {"app_label": "orders"})
    model = type("OrderMove", (models.Model,), {"__module__": "shanhai.orders.models", "Meta": meta, **fields})

    assert homemade([model]) == ["OrderMove"]


@pytest.mark.django_db
@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_each_goes_from_one_known_state_to_another(history):
    stands = next(c for c in history._meta.constraints if c.name.split("_", 2)[2].startswith(("goes", "stages")))
    other, known = dict(child for child in stands.condition.children if isinstance(child, tuple))["new__in"][:2]

    stands.validate(history, history(old=other, new=known), using=connection.alias)
    for old, new in ((known, known), (known, "somewhere"), ("somewhere", known)):
        with pytest.raises(ValidationError):
            stands.validate(history, history(old=old, new=new), using=connection.alias)
