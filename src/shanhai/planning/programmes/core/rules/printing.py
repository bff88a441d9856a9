# SPDX-License-Identifier: Apache-2.0
"""A figure as plain values for a machine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shanhai.kernel.figures import Figure
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Share
from shanhai.kernel.units import Quantity, in_unit


def plain_value(figure: Figure) -> str | None:
    """The value in the figure's unit as a decimal string, never a float; None for a gap.

    Money is exact to the fen in 元 and rounded to two decimals in a larger unit; a share is its percentage with two
    decimals; a count or measure is printed as it is.
    """
    value = figure.value
    if isinstance(value, Money):
        return str(in_unit(value, figure.unit))
    if isinstance(value, Share):
        return _percent(value)
    return None if value is None else _number(value)


def plain_figure(figure: Figure) -> dict[str, Any]:
    """The figure as JSON-ready values: see ``plain_value``; ``unit`` and ``base`` are keys, sentences are Chinese."""
    return {
        "key": figure.key,
        "label": str(figure.label),
        "value": plain_value(figure),
        "unit": figure.unit.key,
        "base": figure.base,
        "formula": str(figure.formula),
        "as_of": figure.as_of.isoformat(),
        "strength": figure.strength.value,
        "flags": [str(flag) for flag in figure.flags],
        "gap": None if figure.gap is None else str(figure.gap),
        "other_bases": {share.base.key: _percent(share) for share in figure.other_bases},
        "provenance": figure.provenance,
    }


def _percent(share: Share) -> str | None:
    percent = share.percent(2)
    return None if percent is None else str(percent)


def _number(quantity: Quantity) -> str:
    whole = quantity.number == quantity.number.to_integral_value()
    return f"{quantity.number.quantize(Decimal(1)) if whole else quantity.number.normalize():f}"
