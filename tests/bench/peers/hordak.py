# SPDX-License-Identifier: Apache-2.0
"""django-hordak in bulk: ``python -m tests.bench.peers.hordak COUNT`` makes that many transactions of two legs."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal

import django
import environ
from django.conf import settings
from django.core.management import call_command

from tests.bench.peers import ABSENT
from tests.bench.report import cost

AT_ONCE = 1000


def main(count: int) -> int:
    """Post, and print what that cost."""
    # It keeps its books balanced by triggers, which it has for servers only.
    if not (url := os.environ.get("DATABASE_URL")):
        return ABSENT
    settings.configure(
        DATABASES={"default": environ.Env().db_url_config(url)},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        DEFAULT_CURRENCY="CNY",
        HORDAK_CURRENCIES=["CNY"],
        HORDAK_INTERNAL_CURRENCY="CNY",
        USE_TZ=True,
    )
    try:
        django.setup()
        from hordak.models import Account, AccountType, Leg, Transaction
        from moneyed import Money
    except ImportError:
        return ABSENT
    from django.db import transaction

    call_command("migrate", verbosity=0, interactive=False)
    given = Account.objects.create(name="given", code="1", type=AccountType.income, currencies=["CNY"])
    held = Account.objects.create(name="held", code="2", type=AccountType.asset, currencies=["CNY"])

    def post() -> None:
        with transaction.atomic():
            for start in range(0, count, AT_ONCE):
                made = [
                    Transaction(date=date(2024, 1, 20) + timedelta(days=number % 700), description=str(number))
                    for number in range(start, min(start + AT_ONCE, count))
                ]
                Transaction.objects.bulk_create(made)
                amount = Money(Decimal("1234.56"), "CNY")
                Leg.objects.bulk_create(
                    [
                        leg
                        for one in made
                        for leg in (
                            Leg(transaction=one, account=given, credit=amount),
                            Leg(transaction=one, account=held, debit=amount),
                        )
                    ]
                )

    print(json.dumps(asdict(cost(post))))
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
