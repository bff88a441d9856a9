# SPDX-License-Identifier: Apache-2.0
"""Making an indicator; what is decided about a claim, with the fact that it becomes; a fact that replaces another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.insight.evidence.facts.rules import converted, read_period
from shanhai.insight.evidence.models import Fact, FoundClaim, Indicator
from shanhai.insight.evidence.permissions import EvidencePermission
from shanhai.insight.evidence.rules import checked_words, fits
from shanhai.insight.evidence.sources import services as sources
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.values import Bound, IndicatorLine, IndicatorRow, Meant, PeriodKind
from shanhai.kernel import proofs
from shanhai.kernel.actors import Actor, place_prefix
from shanhai.kernel.clock import local_date
from shanhai.kernel.corrections import corrected
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotVisible, Problem, Refused, checked_reason
from shanhai.kernel.figures import Strength
from shanhai.kernel.imports import ImportReport
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.units import UNITS
from shanhai.planning.programmes.core.selectors.programmes import get_programme
from shanhai.planning.programmes.values import measured
from shanhai.registers.documents.services import attach_proof, store_document
from shanhai.registers.places.selectors import find_divisions
from shanhai.registers.tables.services import keep_import
from shanhai.registers.tables.values import columns_of

if TYPE_CHECKING:
    from shanhai.planning.programmes.models import Programme

# A claim that is taken, as it stands or as it is meant, may become a fact.
TAKEN = frozenset({ClaimState.ACCEPTED, ClaimState.CORRECTED})
SUBJECT = "evidence.fact"
_TEXTS = {
    "name": (message(gettext_noop("名称")), 60, False),
    "name_en": (message(gettext_noop("英文名称")), 100, True),
    "formula": (message(gettext_noop("怎么算")), 300, True),
    "bases": (message(gettext_noop("分母、口径")), 300, True),
    "owner": (message(gettext_noop("归口")), 60, True),
}
INDICATOR = tuple(IndicatorRow.__dataclass_fields__)
SAYS = message(gettext_noop("材料怎么说"))


@transaction.atomic
def make_indicator(*, by: Actor, at: datetime, programme: str, facts: IndicatorRow, provenance: str = "") -> Indicator:
    """Put an indicator into the dictionary of a programme. Raises BadInput, Conflict, NotAllowed, NotVisible."""
    by.require(EvidencePermission.MANAGE, programme=programme)
    found = get_programme(viewer=by, code=programme, lock=True)
    written = _checked_indicator(found, facts)
    made = Indicator.objects.create(programme=found, provenance=provenance, **written)
    audit.record(by=by, at=at, action="evidence.indicator.made", on=made.subject(), changes=_plain(written))
    return made


@transaction.atomic
def correct_indicator(
    *,
    by: Actor,
    at: datetime,
    indicator: UUID,
    facts: IndicatorRow,
    because: str,
    seen: Mapping[str, object] | None = None,
) -> Indicator:
    """Correct what is written of an indicator; its unit stands once a fact is stated in it.

    Raises Conflict for what was changed meanwhile, Refused, BadInput, NotAllowed, NotVisible.
    """
    found = Indicator.objects.managed(by, indicator)
    written = _checked_indicator(found.programme, facts, found)
    changes = corrected({name: getattr(found, name) for name in written}, written, seen)
    because = checked_reason(because, gettext_noop("请写明为什么改，让以后看的人明白。"), "evidence")
    for name, value in written.items():
        setattr(found, name, value)
    found.save(update_fields=[*written])
    act = "evidence.indicator.corrected"
    audit.record(by=by, at=at, action=act, on=found.subject(), changes=changes, because=because)
    return found


@transaction.atomic
def take_in_indicators(
    *, by: Actor, at: datetime, rows: Sequence[IndicatorLine], programme: str = "", dry_run: bool = False
) -> ImportReport:
    """Put the indicators of a table into the dictionary of a programme, and correct those that are there by code.

    Empty cells keep what is written. When a problem blocks, nothing is written and the report lists every problem.
    Raises NotVisible, NotAllowed.
    """
    found = get_programme(viewer=by, code=programme, lock=True)
    by.require(EvidencePermission.MANAGE, programme=programme)
    stood = {one.code: one for one in Indicator.objects.filter(programme=found).select_for_update()}
    before, problems = columns_of(stood.values(), INDICATOR), list[Problem]()
    created, changed, read, point = list[Indicator](), list[Indicator](), set[str](), transaction.savepoint()
    for row in rows:
        own = stood.get(row.code)
        try:
            if row.code in read:
                text = gettext_noop("编号“%(code)s”在表里有两行。请合成一行。")
                raise Conflict(text, "evidence.indicator_already_there", field="code", code=row.code)
            written = _checked_indicator(found, _stated(row, own), own)
        except (BadInput, Conflict, Refused) as error:
            told = (error, *error.others)
            problems += [Problem(one.code, one.message, row.row, one.field) for one in told]
            continue
        read.add(row.code)
        record = own or Indicator(programme=found)
        differs = {name: value for name, value in written.items() if getattr(record, name) != value}
        if own is not None and not differs:
            continue
        for name, value in differs.items():
            setattr(record, name, value)
        record.save()
        (changed if own else created).append(record)
        act = "evidence.indicator.corrected" if own else "evidence.indicator.made"
        audit.record(by=by, at=at, action=act, on=record.subject(), changes=_plain(differs))
    report = ImportReport("indicators", len(rows), problems=tuple(problems)).counted(created, changed)
    if report.blocked or dry_run:
        transaction.savepoint_rollback(point)
        return report
    return keep_import(by=by, at=at, report=report, records=[*created, *changed], names=INDICATOR, before=before)


def _stated(row: IndicatorLine, own: Indicator | None) -> IndicatorRow:
    """What a row states, over what is written."""
    said: dict[str, Any] = {name: getattr(row, name) or (getattr(own, name) if own else "") for name in INDICATOR}
    if not said["period"]:
        raise BadInput(gettext_noop("新的指标要写明按什么时期。"), "evidence.period_missing", field="period")
    return IndicatorRow(**{**said, "period": PeriodKind(said["period"])})


@transaction.atomic
def decide(
    *,
    by: Actor,
    at: datetime,
    claim: UUID,
    to: ClaimState,
    because: str = "",
    meant: Meant | None = None,
    indicator: UUID | None = None,
    place: str = "",
    period: str = "",
) -> FoundClaim:
    """Decide about a claim; one that is taken and has an indicator becomes its fact, for a place and a period.

    Raises IllegalMove where somebody has decided before, BadInput, NotAllowed, NotVisible.
    """
    faults, days = Faults(), None
    with faults.of():
        found = sources.decide_claim(by=by, at=at, claim=claim, to=to, because=because, meant=meant)
    if to in TAKEN and indicator is not None:
        with faults.of("period"):
            days = read_period(period)
    faults.tell()
    if days is None or indicator is None:
        return found

    of = Indicator.objects.filter(programme=found.source.programme).one(by, indicator)
    stated, step = (found.meant, Decimal(0)) if found.meant else (found.stated, found.step)
    with faults.of("place"):
        _require_place(of.programme, place)
    with faults.of("indicator"):
        stated, step = converted(stated, step, of.unit)
        measured(stated.value, of.unit)
    faults.tell()
    _state(
        by=by, at=at, indicator=of, place=place, days=days, stated=stated, step=step, claim=found,
        strength=Strength.NEWS, known_on=found.source.published_on, provenance=found.source.provenance,
    )  # fmt: skip
    return found


@transaction.atomic
def take_back(*, by: Actor, at: datetime, claim: UUID, because: str) -> FoundClaim:
    """Take the decision about a claim back, and with it the fact that it has become.

    Raises IllegalMove, BadInput, NotAllowed, NotVisible.
    """
    found = sources.take_back(by=by, at=at, claim=claim, because=because)
    for fact in Fact.objects.filter(claim=found, withdrawn_at=None).select_related("indicator__programme"):
        fact.withdrawn_at, fact.withdrawn_by, fact.withdrawn_because = at, by.ref, because.strip()
        fact.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
        act = "evidence.fact.withdrawn"
        audit.record(by=by, at=at, action=act, on=fact.subject(), because=because.strip())
    return found


@transaction.atomic
def enter_fact(
    *,
    by: Actor,
    at: datetime,
    indicator: UUID,
    value: Decimal,
    period: str,
    strength: Strength,
    says: str,
    file: IO[bytes],
    name: str,
    place: str = "",
    bound: Bound = Bound.EXACT,
) -> Fact:
    """State a value of an indicator that a paper says, with the paper: a voucher or a signed form.

    Raises BadInput, NotAllowed, NotVisible.
    """
    of, faults = Indicator.objects.managed(by, indicator), Faults()
    days = (local_date(at), local_date(at))
    with faults.of("value"):
        if not fits(value):
            raise BadInput(gettext_noop("这个数记不下：整数最多 18 位，小数最多 6 位。"), "evidence.number_not_kept")
        measured(value, of.unit)
    with faults.of("period"):
        days = read_period(period)
    with faults.of("place"):
        _require_place(of.programme, place)
    with faults.of("says"):
        says = checked_words(says, SAYS, 300)
    faults.tell()
    programme = of.programme.code
    document = store_document(by=by, at=at, file=file, name=name, programme=programme, place=place)
    fact = _state(
        by=by, at=at, indicator=of, place=place, days=days, stated=Meant(value, of.unit, bound), document=document,
        says=says, strength=strength, known_on=local_date(at),
    )  # fmt: skip
    about: dict[str, Any] = {"subject_type": SUBJECT, "subject_id": fact.uuid, "programme": programme, "place": place}
    attach_proof(by=by, at=at, document=document, label=name, **about)
    return fact


@transaction.atomic
def mark_revision(*, by: Actor, at: datetime, fact: UUID, older: UUID, because: str) -> Fact:
    """Say that a fact replaces another of the same indicator, place and period: what was a conflict is a revision.

    Raises Refused for facts of different things, Conflict where one of them no longer holds, BadInput, NotVisible.
    """
    new, old = Fact.objects.managed(by, fact), Fact.objects.managed(by, older)
    if new.pk == old.pk or (new.indicator_id, new.of) != (old.indicator_id, old.of):
        text = gettext_noop("只有同一指标、同一地方、同一时期的两个数，才能一个替代另一个。")
        raise Refused(text, "evidence.facts_of_different_things", field="older")
    if new.withdrawn_at or old.withdrawn_at or new.replaces_id or _replaced(new) or _replaced(old):
        text = gettext_noop("这两个数里有一个已经收回或被替代。请刷新后再看。")
        raise Conflict(text, "evidence.fact_no_longer_holds", field="older")
    because = checked_reason(because, gettext_noop("请写明为什么以这个数为准。"), "evidence")
    new.replaces = old
    new.save(update_fields=["replaces"])
    changes = {"value": [f"{one.value.normalize():f}" for one in (old, new)]}
    audit.record(by=by, at=at, action="evidence.fact.revised", on=new.subject(), changes=changes, because=because)
    return new


def _replaced(fact: Fact) -> bool:
    return fact.replaced_by.filter(withdrawn_at=None).exists()


def _state(
    *, by: Actor, at: datetime, indicator: Indicator, days: tuple[date, date], stated: Meant, **given: Any
) -> Fact:
    fact = Fact.objects.create(
        indicator=indicator,
        starts_on=days[0],
        ends_on=days[1],
        value=stated.value,
        upper=stated.upper,
        bound=stated.bound,
        recorded_by=by.ref,
        recorded_at=at,
        **given,
    )
    changes = {"indicator": str(indicator.uuid), "value": f"{stated.value.normalize():f}"}
    audit.record(by=by, at=at, action="evidence.fact.stated", on=fact.subject(), changes=changes)
    return fact


def _require_place(programme: Programme, place: str) -> None:
    inside = place.startswith(place_prefix(programme.recipient.code))
    if place and not (inside and place in find_divisions([place])):
        raise BadInput(gettext_noop("没有这个地方，或者它不在受援地。请从列表里选。"), "evidence.place_not_accepted")


def _checked_indicator(programme: Programme, facts: IndicatorRow, own: Indicator | None = None) -> dict[str, Any]:
    faults, written = Faults(), asdict(facts)
    for name, (what, most, optional) in _TEXTS.items():
        with faults.of(name):
            written[name] = checked_words(written[name], what, most, optional=optional)
    others = Indicator.objects.filter(programme=programme)
    if own is not None:
        others = others.exclude(pk=own.pk)
    with faults.of("code"):
        if not facts.code.isascii() or not facts.code.replace("-", "").isalnum() or facts.code != facts.code.lower():
            text = gettext_noop("编号用小写字母、数字和连字符，例如 paired-schools。")
            raise BadInput(text, "evidence.code_not_accepted")
        if own is not None and facts.code != own.code:
            raise Refused(gettext_noop("编号已经被引用，不能改。"), "evidence.code_in_use")
    for name in ("code", "name"):
        with faults.of(name):
            if others.filter(**{name: written[name]}).exists():
                text = gettext_noop("“%(value)s”已经有了。请换一个，或更正那一个指标。")
                raise Conflict(text, "evidence.indicator_already_there", value=written[name])
    with faults.of("unit"):
        if facts.unit not in UNITS:
            raise BadInput(gettext_noop("单位不认识。请从列表里选。"), "evidence.unit_not_known")
        if own is not None and facts.unit != own.unit and own.facts.exists():
            text = gettext_noop("已经有按“%(unit)s”记下的数，单位不能再改。请另立一个指标。")
            raise Refused(text, "evidence.unit_in_use", unit=UNITS[own.unit])
    with faults.of("figure_key"):
        _require_figure(facts.figure_key)
    faults.tell()
    return written


def _require_figure(key: str) -> None:
    try:
        known = not key or (not key.startswith("fact:") and bool(proofs.family_of(key)))
    except NotVisible:
        known = False
    if not known:
        text = gettext_noop("系统里没有这个数。请从列表里选，或者不填。")
        raise BadInput(text, "evidence.figure_not_known")


def _plain(written: Mapping[str, Any]) -> dict[str, Any]:
    return {name: str(value) for name, value in written.items() if value}
