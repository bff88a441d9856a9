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
from shanhai.kernel.errors import BadInput, Conflict, Problem
from shanhai.kernel.messages import gettext_noop, message
from shanhai.kernel.pinyin import initials_of
from shanhai.registers.organisations import selectors
from shanhai.registers.organisations.access import require_manage
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.rules.rows import CheckedOrganisation, checked_organisations, problem
from shanhai.registers.organisations.rules.uscc import check_uscc
from shanhai.registers.organisations.values import OrganisationFacts, OrganisationKind, OrganisationRow
from shanhai.registers.places.selectors.divisions import find_divisions
from shanhai.registers.places.values import ImportReport

if TYPE_CHECKING:
    from shanhai.registers.places.models import Division

_FIELDS = ["uscc", "name", "short_name", "initials", "kind", "division", "provenance"]


class AlreadyRegistered(Conflict):
    """Another organisation has this credit code, or this name in this division."""

    code = "organisations.already_registered"


class FactsNotUsable(BadInput):
    """One of the facts is wrong; the sentence is that of the first problem."""

    code = "organisations.facts_not_usable"


@transaction.atomic
def create_organisation(*, by: Actor, at: datetime, facts: OrganisationFacts, provenance: str = "") -> Organisation:
    """Register an organisation.

    Raises NotAllowed, FactsNotUsable, the errors of ``rules.uscc.check_uscc``, AlreadyRegistered.
    """
    require_manage(by)

    checked, divisions = _checked(facts)

    organisation = _filled(Organisation(), checked, divisions, provenance)
    with _registered_once():
        organisation.save()

    _record(by=by, at=at, organisation=organisation, verb="created", changes=_shown(organisation))
    return organisation


@transaction.atomic
def correct_organisation(
    *, by: Actor, at: datetime, uuid: UUID, facts: OrganisationFacts, because: str = ""
) -> Organisation:
    """Replace what is registered by ``facts``, whole.

    Raises as ``create_organisation`` does, and OrganisationNotFound.
    """
    require_manage(by)

    organisation = selectors.get_organisation(viewer=by, uuid=uuid)
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    before = _shown(organisation)
    checked, divisions = _checked(facts)

    organisation.short_name, organisation.uscc, organisation.division = "", None, None
    _filled(organisation, checked, divisions, organisation.provenance)
    after = _shown(organisation)
    if after == before:
        return organisation
    with _registered_once():
        organisation.save()

    changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    _record(by=by, at=at, organisation=organisation, verb="corrected", changes=changes, because=because)
    return organisation


@transaction.atomic
def import_organisations(
    *, by: Actor, at: datetime, rows: Sequence[OrganisationRow], provenance: str = "", dry_run: bool = False
) -> ImportReport:
    """Register the organisations of a file, or bring registered ones up to date: by credit code, else name and place.

    What a row does not state stays as it is stored. When a problem blocks, nothing is written and the report lists
    every problem. Raises NotAllowed.
    """
    require_manage(by)

    divisions = find_divisions(row.division for row in rows if row.division)
    checked, problems = checked_organisations(rows, divisions)
    targets, conflicts = _matched(checked)
    report = ImportReport(rows=len(rows), problems=(*problems, *conflicts))
    if report.blocked:
        return report
    created: list[Organisation] = []
    changed: list[Organisation] = []
    for row, organisation in zip(checked, targets, strict=True):
        before = _shown(organisation)
        _filled(organisation, row, divisions, provenance)
        if organisation.pk is None:
            created.append(organisation)
        elif _shown(organisation) != before:
            changed.append(organisation)
    unchanged = len(rows) - len(created) - len(changed)
    report = replace(report, created=len(created), changed=len(changed), unchanged=unchanged)
    if dry_run:
        return report

    with _registered_once():
        Organisation.objects.bulk_update(changed, _FIELDS, batch_size=200)
        Organisation.objects.bulk_create(created, batch_size=500)

    if created or changed:
        audit.record(
            by=by,
            at=at,
            action="organisations.imported",
            subject_type="organisations.organisation",
            subject_id="import",
            changes={"created": len(created), "changed": len(changed)},
        )
    return replace(report, applied=True)


def _checked(facts: OrganisationFacts) -> tuple[CheckedOrganisation, dict[str, Division]]:
    """Check one organisation as if it were the only row of a file; a wrong credit code is named by its own error."""
    uscc = check_uscc(facts.uscc) if facts.uscc else ""
    row = OrganisationRow(1, facts.name.strip(), facts.short_name.strip(), uscc, facts.kind, facts.division)
    divisions = find_divisions([facts.division] if facts.division else [])
    checked, problems = checked_organisations([row], divisions)
    for found in problems:
        if found.blocking:
            raise FactsNotUsable(found.message.text, **found.message.params)
    return checked[0], divisions


def _matched(rows: Sequence[CheckedOrganisation]) -> tuple[list[Organisation], list[Problem]]:
    """For each row the stored organisation it speaks of, or a fresh one."""
    stored = (
        Organisation.objects.select_for_update(of=("self",))
        .filter(Q(name__in={row.name for row in rows}) | Q(uscc__in={row.uscc for row in rows if row.uscc}))
        .select_related("division")
        .order_by("pk")
    )
    by_code = {found.uscc: found for found in stored if found.uscc}
    by_name = {(found.name, found.division.code if found.division else ""): found for found in stored}
    targets: list[Organisation] = []
    conflicts = []
    for row in rows:
        named = by_name.get((row.name, row.division))
        target = by_code.get(row.uscc) if row.uscc else named
        if target is None and named is not None and not named.uscc:
            target = named
        if named is not None and named is not target:
            text = gettext_noop("同一地方已登记同名单位，信用代码是 %(uscc)s。请核对代码，或改名区分。")
            conflicts.append(problem(row.row, "uscc", AlreadyRegistered.code, message(text, uscc=named.uscc or "—")))
        elif target is not None and target in targets:
            text = gettext_noop("与前面一行说的是同一个单位。请只留一行。")
            conflicts.append(problem(row.row, "name", "organisations.duplicate", message(text)))
        targets.append(target or Organisation())
    return targets, conflicts


def _filled(
    organisation: Organisation, row: CheckedOrganisation, divisions: dict[str, Division], provenance: str
) -> Organisation:
    organisation.name = row.name
    organisation.short_name = row.short_name or organisation.short_name
    organisation.initials = initials_of(organisation.name, organisation.short_name)
    organisation.uscc = row.uscc or organisation.uscc
    organisation.kind = row.kind or organisation.kind or OrganisationKind.OTHER
    organisation.division = divisions[row.division] if row.division else organisation.division
    organisation.provenance = provenance or organisation.provenance
    return organisation


@contextmanager
def _registered_once() -> Iterator[None]:
    """Turn a breach of uniqueness into AlreadyRegistered: the database decides, also between two at the same time."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        text = gettext_noop("已经登记了同一信用代码的单位，或同一地方的同名单位。请先在列表中查找。")
        raise AlreadyRegistered(text) from None


def _shown(organisation: Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name,
        "short_name": organisation.short_name,
        "uscc": organisation.uscc,
        "kind": str(organisation.kind),
        "division": organisation.division.code if organisation.division else None,
        "provenance": organisation.provenance,
    }


def _record(
    *, by: Actor, at: datetime, organisation: Organisation, verb: str, changes: dict[str, Any], because: str = ""
) -> None:
    audit.record(
        by=by,
        at=at,
        action=f"organisations.organisation.{verb}",
        subject_type="organisations.organisation",
        subject_id=organisation.uuid,
        place=organisation.division.code if organisation.division else "",
        changes=changes,
        because=because,
    )
