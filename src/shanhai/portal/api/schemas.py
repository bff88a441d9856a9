# SPDX-License-Identifier: Apache-2.0
"""The shapes the API answers with. Amounts are integers of fen beside their currency; no number is without unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from ninja import Schema

from shanhai.base.formats import say
from shanhai.kernel.figures import Figure
from shanhai.kernel.money import Money
from shanhai.kernel.shares import Measure, Share

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme


class ErrorOut(Schema):
    """Why not: a stable dotted code for programs, a sentence for people."""

    code: str
    message: str


class DetailOut(Schema):
    """Nobody is signed in."""

    detail: str


class FaultsOut(Schema):
    """What in the question could not be understood, and where."""

    detail: list[dict[str, Any]]


# What any question may be answered with besides its answer.
REFUSALS: dict[int, type[Schema]] = {400: ErrorOut, 401: DetailOut, 403: ErrorOut, 404: ErrorOut, 422: FaultsOut}


class MoneyOut(Schema):
    """Money: integer fen, ISO 4217 currency."""

    fen: int
    currency: str

    @classmethod
    def of(cls, amount: Money) -> MoneyOut:
        """From the kernel's value."""
        return cls(fen=amount.fen, currency=amount.currency)


class MeasureOut(Schema):
    """Money or a count: ``number`` is exact decimal text; money is in fen."""

    number: str
    unit: str

    @classmethod
    def of(cls, measure: Measure) -> MeasureOut:
        """From the kernel's value."""
        if isinstance(measure, Money):
            return cls(number=str(measure.fen), unit="fen")
        return cls(number=f"{measure.number:f}", unit=measure.unit.key)


class ShareOut(Schema):
    """A share: percent to two decimals, and what it was divided by."""

    percent: str | None
    part: MeasureOut
    whole: MeasureOut
    base: str
    base_name: str

    @classmethod
    def of(cls, share: Share) -> ShareOut:
        """From the kernel's value."""
        percent = share.percent()
        return cls(
            percent=None if percent is None else f"{percent:f}",
            part=MeasureOut.of(share.part),
            whole=MeasureOut.of(share.whole),
            base=share.base.key,
            base_name=say(share.base.name),
        )


class FigureOut(Schema):
    """A figure with how it was made; exactly one of ``measure``, ``share`` and ``gap`` is given."""

    key: str
    label: str
    kind: Literal["measure", "share", "gap"]
    measure: MeasureOut | None = None
    share: ShareOut | None = None
    gap: str | None = None
    other_bases: list[ShareOut] = []
    formula: str
    as_of: date
    strength: str
    floor_percent: int | None = None
    flags: list[str] = []
    provenance: str

    @classmethod
    def of(cls, figure: Figure) -> FigureOut:
        """From the kernel's value."""
        value = figure.value
        share = ShareOut.of(value) if isinstance(value, Share) else None
        measure = MeasureOut.of(value) if value is not None and not isinstance(value, Share) else None
        return cls(
            key=figure.key,
            label=say(figure.label),
            kind="share" if share else "measure" if measure else "gap",
            measure=measure,
            share=share,
            gap=say(figure.gap) if figure.gap else None,
            other_bases=[ShareOut.of(other) for other in figure.other_bases],
            formula=say(figure.formula),
            as_of=figure.as_of,
            strength=figure.strength.value,
            floor_percent=figure.floor_percent,
            flags=[say(flag) for flag in figure.flags],
            provenance=figure.provenance,
        )


class ProgrammeOut(Schema):
    """A programme: who supports whom, from when until when."""

    code: str
    name: str
    name_en: str
    supporter: str
    supporter_code: str
    recipient: str
    recipient_code: str
    starts_on: date
    ends_on: date

    @classmethod
    def of(cls, programme: Programme) -> ProgrammeOut:
        """From a stored programme with both its sides."""
        return cls(
            code=programme.code,
            name=programme.name,
            name_en=programme.name_en,
            supporter=programme.supporter.name,
            supporter_code=programme.supporter.code,
            recipient=programme.recipient.name,
            recipient_code=programme.recipient.code,
            starts_on=programme.starts_on,
            ends_on=programme.ends_on,
        )
