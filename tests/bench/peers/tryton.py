# SPDX-License-Identifier: Apache-2.0
"""Tryton's accounts: ``python -m tests.bench.peers.tryton COUNT`` makes and posts that many moves of two lines."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal

from tests.bench.peers import ABSENT
from tests.bench.report import cost


def main(count: int) -> int:
    """Post in a database in memory, on Tryton's own chart of accounts, and print what that cost."""
    os.environ["DB_NAME"] = ":memory:"
    try:
        from trytond.modules.account.tests.test_module import create_chart, get_fiscalyear
        from trytond.modules.company.tests import create_company, set_company
        from trytond.pool import Pool
        from trytond.tests.test_tryton import activate_module, with_transaction
    except ImportError:
        return ABSENT
    activate_module("account")

    @with_transaction()
    def post() -> None:
        company = create_company()
        with set_company(company):
            create_chart(company)
            year = get_fiscalyear(company)
            year.save()
            year.create_period([year])
            wanted = Pool().get("account.account").search
            held, given = (wanted([("code", "=", code)], limit=1)[0] for code in ("1.1.2", "4.1.1"))
            journal = Pool().get("account.journal").search([], limit=1)[0]
            amount, moves = Decimal("1234.56"), Pool().get("account.move")
            periods = year.periods

            def write() -> None:
                made = moves.create(
                    [
                        {
                            "journal": journal.id,
                            "period": period.id,
                            "date": period.start_date + timedelta(days=number % 28),
                            "lines": [
                                (
                                    "create",
                                    [
                                        {"account": held.id, "debit": amount},
                                        {"account": given.id, "credit": amount},
                                    ],
                                )
                            ],
                        }
                        for number in range(count)
                        for period in [periods[number % len(periods)]]
                    ]
                )
                moves.post(made)

            print(json.dumps(asdict(cost(write))))

    post()
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
