# SPDX-License-Identifier: Apache-2.0
"""The product classes that come with the product."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from shanhai.field.traceability.chains.services.registering import load_product
from shanhai.field.traceability.models import ProductClass
from shanhai.field.traceability.permissions import TracePermission
from shanhai.kernel.actors import Actor

PRODUCTS = Path(__file__).parent.parent / "products"


@transaction.atomic
def load_shipped(*, by: Actor, at: datetime) -> list[ProductClass]:
    """Load the chains that come with the product, for all programmes; what is there stays. As ``load_product``.

    They are nobody's data, so that who manages chains of any programme may load them.
    """
    if by.may_somewhere(TracePermission.MANAGE):
        by = by.lent(TracePermission.MANAGE, programme=None, place=None)
    files = sorted(PRODUCTS.glob("*.json"))
    return [load_product(content=one.read_bytes(), by=by, at=at) for one in files]
