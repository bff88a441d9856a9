# SPDX-License-Identifier: Apache-2.0
"""Saving what a form holds: what the service refuses is said beside the form, and what was typed stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from shanhai.kernel.errors import BadInput, Conflict, Refused
from shanhai.planning.programmes.forms.fields import SavingForm
from shanhai.registers.places.selectors.divisions import DivisionNotFound


def saved(form: SavingForm, save: Callable[[Mapping[str, Any]], object]) -> bool:
    """Whether what was typed is valid and ``save`` took it; what it refuses becomes the form's ``refusal``.

    NotVisible and NotAllowed go on to the page that says so, but for a division that is not registered: it was typed.
    """
    if not form.is_valid():
        return False
    try:
        save(form.cleaned_data)
    except (BadInput, Conflict, Refused, DivisionNotFound) as error:
        form.refusal = error.message
    return form.refusal is None
