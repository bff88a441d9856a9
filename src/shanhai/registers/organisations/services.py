# SPDX-License-Identifier: Apache-2.0
"""Writing organisations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput, Conflict, Faults, NotAllowed, Problem
from shanhai.kernel.imports import ImportReport, brought
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.numerals import same_code
from shanhai.kernel.pinyin import spelled
from shanhai.kernel.subjects import Subject
from shanhai.registers.organisations import selectors
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.permissions import OrganisationPermission
from shanhai.registers.organisations.rules import check_uscc, checked_organisations
from shanhai.registers.organisations.values import OrganisationKind, OrganisationRow
from shanhai.registers.places.selectors import divisions_of, said_of_change
from shanhai.registers.tables.services import keep_import
from shanhai.registers.tables.values import columns_of

if TYPE_CHECKING:
    from shanhai.registers.places.models import Division

_FIELDS = ["uscc", "name", "short_name", "kind", "division_id", "provenance"]
_COLUMNS = [*_FIELDS, "spelled"]


_ALREADY = "organisations.already_registered"
TWIN = gettext_noop(
    "已登记的“%(name)s”与它只差大小写、全半角或空格，像是同一个单位。请核对；确是另一个，请说明后再登记。"
)


@transaction.atomic
def create_organisation(
    *, by: Actor, at: datetime, facts: OrganisationRow, provenance: str = "", apart: bool = False
) -> Organisation:
    """Register an organisation; ``apart`` says that somebody has looked at a possible twin of its name.

    Raises NotAllowed, BadInput for a fact that is wrong, and Conflict for one that is registered or has a twin.
    """
    _require_manage(by)

    checked, divisions = _checked(facts)
    _require_no_twin(checked, apart=apart)

    organisation = Organisation()
    _fill(organisation, checked, divisions, provenance)
    with _registered_once():
        organisation.save()

    act = "organisations.organisation.created"
    audit.record(by=by, at=at, action=act, on=organisation.subject(), changes=_shown(organisation))
    return organisation


@transaction.atomic
def correct_organisation(
    *, by: Actor, at: datetime, uuid: UUID, facts: OrganisationRow, because: str = "", apart: bool = False
) -> Organisation:
    """Replace what is registered by ``facts``, whole.

    Raises as ``create_organisation`` does, and NotVisible.
    """
    _require_manage(by)

    organisation = selectors.get_organisation(viewer=by, uuid=uuid)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = _shown(organisation)
    checked, divisions = _checked(facts)
    if checked.name != organisation.name:
        _require_no_twin(checked, apart=apart, but=organisation.pk)

    organisation.short_name, organisation.uscc, organisation.division = "", None, None
    _fill(organisation, checked, divisions, organisation.provenance)
    after = _shown(organisation)
    if after == before:
        return organisation
    with _registered_once():
        organisation.save()

    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    act = "organisations.organisation.corrected"
    audit.record(by=by, at=at, action=act, on=organisation.subject(), changes=changes, because=because)
    return organisation


@transaction.atomic
def import_organisations(
    *, by: Actor, at: datetime, rows: Sequence[OrganisationRow], provenance: str = "", dry_run: bool = False
) -> ImportReport:
    """Register the organisations of a file, or bring registered ones up to date: by credit code, else name and place.

    What a row does not state stays as it is stored; an old division code means what followed. When a problem blocks,
    nothing is written and the report lists every problem. Raises NotAllowed.
    """
    _require_manage(by)

    divisions = divisions_of(row.division for row in rows)
    checked, problems = checked_organisations(rows, divisions)
    targets, conflicts = _matched(checked, divisions)
    report = ImportReport("organisations", len(rows), problems=(*problems, *conflicts))
    if report.blocked:
        return report
    before = columns_of((one for one in targets if one.pk), _COLUMNS)
    created, changed = brought(
        zip(targets, checked, strict=True), lambda target, row: _fill(target, row, divisions, provenance), _FIELDS
    )
    report = report.counted(created, changed)
    if dry_run:
        return report

    with _registered_once():
        Organisation.objects.bulk_update(changed, _COLUMNS, batch_size=200)
        Organisation.objects.bulk_create(created, batch_size=500)

    if created or changed:
        about = Subject("organisations.organisation", "import")
        counts = {"created": len(created), "changed": len(changed)}
        audit.record(by=by, at=at, action="organisations.imported", on=about, changes=counts)
    return keep_import(by=by, at=at, report=report, records=[*created, *changed], names=_COLUMNS, before=before)


def _require_manage(by: Actor) -> None:
    """Raise NotAllowed unless ``by`` manages organisations in some programme, without being bound to one place.

    The register belongs to all programmes alike, so the programme of a grant does not narrow it.
    """
    if not by.may_unplaced(OrganisationPermission.MANAGE):
        raise NotAllowed(gettext_noop("您的岗位不管理单位登记。需要时请向指挥部办公室申请。"))


def _checked(facts: OrganisationRow) -> tuple[OrganisationRow, dict[str, Division]]:
    """Check one organisation as if it were the only row of a file; a wrong credit code is named by its own error."""
    faults, uscc = Faults(), ""
    with faults.of("uscc"):
        uscc = check_uscc(facts.uscc) if facts.uscc else ""
    row = replace(facts, name=facts.name.strip(), short_name=facts.short_name.strip(), uscc=uscc)
    divisions = divisions_of([facts.division])
    checked, problems = checked_organisations([row], divisions)
    for found in problems:
        with faults.of(found.column or ""):
            if found.blocking:
                raise BadInput(found.message.text, "organisations.facts_not_usable", **found.message.params)
    faults.tell()
    return checked[0], divisions


def _twins(rows: Sequence[OrganisationRow]) -> dict[str, Organisation]:
    """By each name of ``rows`` a stored organisation whose name differs in case, width or blanks only."""
    forms = {same_code(row.name): row.name for row in rows}
    stored = Organisation.objects.only("name", "division_id").order_by("pk")
    found = ((forms.get(same_code(one.name)), one) for one in stored.iterator())
    return {name: one for name, one in found if name and name != one.name}


def _require_no_twin(row: OrganisationRow, *, apart: bool, but: int | None = None) -> None:
    twin = None if apart else _twins([row]).get(row.name)
    if twin is not None and twin.pk != but:
        raise Conflict(TWIN, "organisations.possible_twin", name=twin.name)


def _matched(
    rows: Sequence[OrganisationRow], divisions: dict[str, Division]
) -> tuple[list[Organisation], list[Problem]]:
    """For each row the stored organisation it speaks of, or a fresh one, and what must be told of it."""
    stored = (
        Organisation.objects.select_for_update(of=("self",))
        .filter(Q(name__in={row.name for row in rows}) | Q(uscc__in={row.uscc for row in rows if row.uscc}))
        .select_related("division")
        .order_by("pk")
    )
    by_code = {found.uscc: found for found in stored if found.uscc}
    by_name = {(found.name, found.division.code if found.division else ""): found for found in stored}
    twins = _twins(rows)
    targets: list[Organisation] = []
    conflicts = []
    for row in rows:
        division = divisions.get(row.division)
        if division is not None and (said := said_of_change(row.division, division)):
            conflicts.append(Problem("organisations.former_code", said, row.row, "division", blocking=False))
        named = by_name.get((row.name, division.code if division else ""))
        target = by_code.get(row.uscc) if row.uscc else named
        if target is None and named is not None and not named.uscc:
            target = named
        if named is not None and named is not target:
            text = gettext_noop("同一地方已登记同名单位，信用代码是 %(uscc)s。请核对代码，或改名区分。")
            other = message(text, uscc=named.uscc or "—")
            conflicts.append(Problem(_ALREADY, other, row.row, "uscc"))
        elif target is not None and target in targets:
            text = gettext_noop("与前面一行说的是同一个单位。请只留一行。")
            conflicts.append(Problem("organisations.duplicate", message(text), row.row, "name"))
        elif target is None and row.name in twins:
            twin = message(TWIN, name=twins[row.name].name)
            conflicts.append(Problem("organisations.possible_twin", twin, row.row, "name", blocking=False))
        targets.append(target or Organisation())
    return targets, conflicts


def _fill(organisation: Organisation, row: OrganisationRow, divisions: dict[str, Division], provenance: str) -> None:
    organisation.name = row.name
    organisation.short_name = row.short_name or organisation.short_name
    organisation.spelled = spelled(organisation.name, organisation.short_name)
    organisation.uscc = row.uscc or organisation.uscc
    organisation.kind = row.kind or organisation.kind or OrganisationKind.OTHER
    organisation.division = divisions[row.division] if row.division else organisation.division
    organisation.provenance = provenance or organisation.provenance


@contextmanager
def _registered_once() -> Iterator[None]:
    """Turn a breach of uniqueness into Conflict: the database decides, also between two at the same time."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        text = gettext_noop("已经登记了同一信用代码的单位，或同一地方的同名单位。请先在列表中查找。")
        raise Conflict(text, _ALREADY) from None


def _shown(organisation: Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name,
        "short_name": organisation.short_name,
        "uscc": organisation.uscc,
        "kind": str(organisation.kind),
        "division": organisation.division.code if organisation.division else None,
        "provenance": organisation.provenance,
    }
