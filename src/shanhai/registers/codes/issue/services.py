# SPDX-License-Identifier: Apache-2.0
"""Codes are given out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from shanhai.base.audit import services as audit
from shanhai.kernel.actors import Actor
from shanhai.kernel.errors import BadInput
from shanhai.kernel.messages import gettext_noop
from shanhai.registers.codes.issue.rules.serials import fresh
from shanhai.registers.codes.keys.rules.own import make_own
from shanhai.registers.codes.models import Code, CodeBatch
from shanhai.registers.codes.permissions import CodePermission

if TYPE_CHECKING:
    from shanhai.registers.organisations.models import Organisation

MOST = 100_000


@transaction.atomic
def issue(
    *,
    kind: str,
    count: int,
    organisation: Organisation,
    programme: str,
    thing: str = "",
    signed: bool = False,
    covered: bool = False,
    by: Actor,
    at: datetime,
) -> CodeBatch:
    """Give out ``count`` own codes of a kind for an organisation, in ``batch.codes`` by number.

    ``programme`` is a code, ``thing`` what all of them stand for. They lie where the organisation does. A constant
    number of statements a thousand codes. Raises BadInput, NotAllowed.
    """
    place = organisation.division.code if organisation.division else by.files_under("code.issue", programme=programme)
    by.require(CodePermission.ISSUE, programme=programme, place=place or None)
    make_own(kind, "0")
    if not 1 <= count <= MOST:
        text = gettext_noop("一次可发 1 到 %(most)s 个码，这里是 %(count)s 个。请改数量，或分几次发。")
        raise BadInput(text, "codes.count", field="count", most=MOST, count=count)

    batch = CodeBatch.objects.create(
        kind=kind,
        organisation=organisation,
        programme=programme,
        place=place,
        thing=thing,
        stem=settings.CODES_STEM,
        count=count,
        signed=signed,
        covered=covered,
        issued_by=by.ref,
        issued_at=at,
    )
    Code.objects.bulk_create(
        (
            Code(batch=batch, number=number, kind=kind, signs=signs, holder=organisation)
            for number, signs in enumerate(fresh(count), 1)
        ),
        batch_size=1000,
    )
    changes = {"kind": kind, "count": count, "organisation": str(organisation.uuid)}
    audit.record(by=by, at=at, action="codes.batch.issued", on=batch.subject(), changes=changes)
    return batch
