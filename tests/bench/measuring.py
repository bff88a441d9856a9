# SPDX-License-Identifier: Apache-2.0
"""Measuring in this process: balances through the ledger's selector, pages through all of Django."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.test import Client

from shanhai.base.accounts import selectors as accounts
from shanhai.base.accounts.permissions import Permission
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.planning.projects.lists.selectors.lists import list_projects
from shanhai.planning.projects.states import Delivery, Stage
from shanhai.planning.warnings.services.evaluating import evaluate_programme, evaluate_project
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.values import AccountKind
from tests.bench.building import BATCH, PROGRAMME, WORKS, Built, Say
from tests.bench.report import Measured, p95

REQUESTS = 60
BALANCES = 200
POSTING_SECONDS, BALANCE_MS, PAGE_MS, PAGE_QUERIES = 20, 50, 300, 15
IMPORT_SECONDS, IMPORT_MB, EXPORT_SECONDS = 20, 300, 5
WARNINGS_SECONDS, WARNING_MS, CHANGES = 10, 100, 50
ORDERS = ("code", "-code", "name", "county", "stage", "planned_finish", "-total_investment")


def measure(built: Built, *, say: Say) -> list[Measured]:
    """Every figure that needs no server."""
    chance = random.Random(20261122)
    found = [
        Measured(
            f"post {BATCH} entries",
            round(max(built.posting_seconds), 2),
            "s",
            POSTING_SECONDS,
            connection.vendor,
        ),
        _balances(built, chance),
        Measured("import of the projects", round(built.import_seconds, 3), "s", IMPORT_SECONDS, connection.vendor),
        Measured("memory after the import", round(built.import_mb), "MB", IMPORT_MB, connection.vendor),
    ]
    client = signed_in(built)
    say("export …")
    found.append(_export(client, built))
    found += _warnings(chance, say)
    for name, addresses in visits(built, chance).items():
        say(f"{name} …")
        found += _page(client, name, addresses)
    return found


def signed_in(built: Built) -> Client:
    """A browser in which the user of the measurement has signed in, of no name (User-Agent)."""
    user = accounts.find_user(ref=accounts.user_ref(user=built.user))
    assert user is not None
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def visits(built: Built, chance: random.Random) -> dict[str, list[str]]:
    """The addresses asked for, by page."""
    makers: dict[str, Callable[[], str]] = {
        "today": lambda: _address("/", place=_sometimes(chance, built.counties)),
        "programme page": lambda: _address(
            f"/programmes/{PROGRAMME}/", year=_sometimes(chance, _years(built)), programme=None
        ),
        "project list": lambda: _project_list(built, chance),
        "task board": lambda: _address(
            f"/programmes/campaigns/{built.campaign}/", late=_sometimes(chance, ["on"]), programme=None
        ),
        "project board": lambda: _address("/projects/board/", county=_sometimes(chance, built.counties)),
        "fund page": lambda: _address(
            "/funds/",
            page=_sometimes(chance, range(1, 500)),
            place=_sometimes(chance, built.counties),
            year=_sometimes(chance, _years(built)),
        ),
        "fund page as of a day": lambda: _address(
            "/funds/", as_of=(built.first_day + timedelta(chance.randrange(_days(built)))).isoformat()
        ),
    }
    return {name: [make() for _ in range(REQUESTS)] for name, make in makers.items()}


def _project_list(built: Built, chance: random.Random) -> str:
    filters: dict[str, Any] = {
        "text": _sometimes(chance, WORKS),
        "county": _sometimes(chance, built.counties),
        "stage": _sometimes(chance, [stage.value for stage in Stage]),
        "delivery": _sometimes(chance, [one.value for one in Delivery]),
        "year": _sometimes(chance, _years(built)),
        "late": _sometimes(chance, ["on"]),
    }
    # Two filters at most: with more, few rows are left to be slow with.
    kept = chance.sample(sorted(filters), 2)
    number = _sometimes(chance, range(1, 40))
    return _address("/projects/", order=chance.choice(ORDERS), page=number, **{name: filters[name] for name in kept})


def _address(path: str, **asked: Any) -> str:
    return f"{path}?{urlencode({name: value for name, value in {'programme': PROGRAMME, **asked}.items() if value})}"


def _sometimes(chance: random.Random, choices: Sequence[Any]) -> Any:
    return chance.choice(choices) if chance.random() < 0.5 else None


def _balances(built: Built, chance: random.Random) -> Measured:
    viewer = system("bench", (Permission.FUND_VIEW.value,))
    took = []
    for _ in range(BALANCES):
        kind = chance.choice(list(AccountKind))
        day = built.first_day + timedelta(chance.randrange(_days(built)))
        place = _sometimes(chance, built.counties)
        start = time.perf_counter()
        balance(viewer=viewer, programme=PROGRAMME, kind=kind, as_of=day, place=place)
        took.append((time.perf_counter() - start) * 1000)
    return Measured("balance as of a day, p95", round(p95(took), 1), "ms", BALANCE_MS, connection.vendor)


def _export(client: Client, built: Built) -> Measured:
    start = time.perf_counter()
    answer = client.get(_address("/projects/export.xlsx"))
    content = b"".join(answer) if answer.streaming else answer.content
    took = time.perf_counter() - start
    if answer.status_code != 200 or not content.startswith(b"PK"):
        raise RuntimeError(f"the export answered {answer.status_code}")
    return Measured("export of the projects", round(took, 3), "s", EXPORT_SECONDS, connection.vendor)


def _warnings(chance: random.Random, say: Say) -> list[Measured]:
    by = system("bench", tuple(permission.value for permission in Permission))
    at = clock.now()
    say("warnings …")
    start = time.perf_counter()
    evaluate_programme(by=by, at=at, programme=PROGRAMME)
    whole = time.perf_counter() - start
    found = list_projects(viewer=by, programme=PROGRAMME, on=clock.local_date(at), limit=500).rows
    took = []
    for row in chance.sample(found, min(CHANGES, len(found))):
        start = time.perf_counter()
        evaluate_project(by=by, at=at, programme=PROGRAMME, project=row.uuid)
        took.append((time.perf_counter() - start) * 1000)
    return [
        Measured("all warnings", round(whole, 3), "s", WARNINGS_SECONDS, connection.vendor),
        Measured("warnings of one project, p95", round(p95(took), 1), "ms", WARNING_MS, connection.vendor),
    ]


def _page(client: Client, name: str, addresses: Sequence[str]) -> list[Measured]:
    client.get(addresses[0])
    took, most = [], 0
    for address in addresses:
        with _queries() as count:
            start = time.perf_counter()
            answer = client.get(address)
            took.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        most = max(most, count())
    return [
        Measured(f"{name}, p95", round(p95(took)), "ms", PAGE_MS, connection.vendor),
        Measured(f"{name}, queries", most, "queries", PAGE_QUERIES, connection.vendor),
    ]


@contextmanager
def _queries() -> Iterator[Callable[[], int]]:
    count = 0

    def counted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        yield lambda: count


def _years(built: Built) -> range:
    return range(built.first_day.year, built.last_day.year + 1)


def _days(built: Built) -> int:
    return (built.last_day - built.first_day).days + 1
