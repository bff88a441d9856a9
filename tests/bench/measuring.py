# SPDX-License-Identifier: Apache-2.0
"""Measuring in this process: balances through the ledger's selector, pages through all of Django."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from python_calamine import CalamineWorkbook

from shanhai.base.accounts import selectors as accounts
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.registry import registries
from shanhai.planning.projects.lists.selectors.lists import list_projects
from shanhai.planning.projects.states import Delivery, Stage
from shanhai.planning.warnings.services import evaluate_programme, evaluate_project
from shanhai.registers.ledger.models import Entry, Posting
from shanhai.registers.ledger.permissions import FundPermission
from shanhai.registers.ledger.selectors.balances import balance
from shanhai.registers.ledger.values import AccountKind
from tests.bench import floors
from tests.bench.building import BATCH, PROGRAMME, WORKS, Built, Say
from tests.bench.report import Cost, Measured, cost, p95

REQUESTS = 60
BALANCES = 200
POSTING_SECONDS, BALANCE_MS, PAGE_MS, PAGE_QUERIES = 20, 50, 300, 22
# These ask every app what waits and what it counts: they grow with the apps, never with the rows.
GATHERING, GATHERING_QUERIES = ("today", "programme page"), 36
EXPORT_SECONDS, REPEATS, PAGES = 5, 3, range(1, 21)
WARNINGS_SECONDS, WARNING_MS, CHANGES = 10, 100, 50
ORDERS = ("code", "-code", "name", "county", "stage", "planned_finish", "-total_investment")


def parts(built: Built, *, quick: bool, say: Say) -> Iterator[Callable[[], Iterable[Measured]]]:
    """The parts of the measurement that need no server, in order; each can fail by itself."""
    chance = random.Random(20261122)
    client = signed_in(built)
    repeats = 1 if quick else REPEATS
    yield lambda: _posting(built, repeats)
    yield lambda: [_balances(built, chance)]
    say("export …")
    yield lambda: _export(client, repeats)
    yield lambda: _warnings(chance, say)
    asked = {name: found[: 5 if quick else None] for name, found in visits(built, chance).items()}
    for name, addresses in asked.items():
        say(f"{name} …")
        yield partial(_page, client, name, addresses)
    say("beside …")
    yield lambda: _beside(client, asked, repeats)


def _ratio(name: str, value: float, unit: str, other: float, beside: str, limit: float) -> Measured:
    digits = 3 if unit != "ms CPU" else 2
    return Measured(name, round(value, digits), unit, limit, connection.vendor, beside, round(value / other, 3))


def _posting(built: Built, repeats: int) -> list[Measured]:
    slowest, least = max(one.seconds for one in built.posting), min(one.cpu for one in built.posting)
    named = f"post {BATCH} entries"
    found = [Measured(named, round(slowest, 2), "s", POSTING_SECONDS, connection.vendor)]
    floor = floors.put_in_bare([Entry, Posting], BATCH, repeats)
    if connection.vendor == "postgresql":
        # The server works on its own account, so the clock is asked.
        seconds = min(one.seconds for one in built.posting)
        return [*found, _ratio(f"{named}, least", seconds, "s", floor.seconds, "COPY of the rows", 2.5)]
    return [*found, _ratio(f"{named}, least", least, "s CPU", floor.cpu, "bare inserts of the rows", 2)]


def _export(client: Client, repeats: int) -> list[Measured]:
    content = b""

    def get() -> None:
        nonlocal content
        answer = client.get(_address("/projects/export.xlsx"))
        content = b"".join(answer) if answer.streaming else answer.content
        if answer.status_code != 200 or not content.startswith(b"PK"):
            raise RuntimeError(f"the export answered {answer.status_code}")

    took = cost(get, repeats)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        path.write_bytes(content)
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        floor = cost(lambda: floors.write_bare(rows, path), repeats)
    return [
        Measured("export of the projects", round(took.seconds, 3), "s", EXPORT_SECONDS, connection.vendor),
        _ratio("export, least", took.cpu, "s CPU", floor.cpu, "the bare writer, same cells", 1.3),
    ]


def _beside(client: Client, asked: Mapping[str, Sequence[str]], repeats: int) -> Iterator[Measured]:
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    own = partial(floors.page_cost, settings.ROOT_URLCONF, floors.ours(), cookie=cookie, repeats=repeats)
    plain = partial(floors.page_cost, "tests.bench.pages", floors.PLAIN, repeats=repeats)

    def ms(took: Cost) -> float:
        return took.cpu * 1000

    fund, past = ms(own(asked["fund page"])), ms(own(asked["fund page as of a day"]))
    yield _ratio("fund page as of a day, a page", past, "ms CPU", fund, "the fund page of today", 1.2)
    listed = ms(own([_address("/projects/", page=number, rows=floors.SIZE) for number in PAGES]))
    rows = ms(plain([f"/rows?page={number}" for number in PAGES], cookie=cookie))
    admin = ms(plain([f"/admin/projects/project/?p={number}" for number in PAGES], cookie=cookie))
    yield _ratio("project list, a page", listed, "ms CPU", rows, "a view that only reads the rows", 2.5)
    yield _ratio("project list, a page", listed, "ms CPU", admin, "Django's admin list", 1 / 3)
    little = [*PAGES] * 10
    ours = floors.page_cost("tests.bench.pages", floors.ours(), ["/"] * len(little), repeats=repeats * 5)
    base = floors.page_cost("tests.bench.pages", floors.PLAIN, ["/"] * len(little), repeats=repeats * 5)
    yield _ratio("a trivial page", ms(ours), "ms CPU", ms(base), "plain Django", 1.5)
    ours = floors.page_cost(
        "tests.bench.pages", floors.ours(), ["/signed-in"] * len(little), cookie=cookie, repeats=repeats
    )
    base = floors.page_cost(
        "tests.bench.pages", floors.PLAIN, ["/signed-in"] * len(little), cookie=cookie, repeats=repeats
    )
    yield _ratio("a trivial page, signed in", ms(ours), "ms CPU", ms(base), "plain Django, user read", 2.5)


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
    viewer = system("bench", (FundPermission.VIEW.value,))
    took = []
    for _ in range(BALANCES):
        kind = chance.choice(list(AccountKind))
        day = built.first_day + timedelta(chance.randrange(_days(built)))
        place = _sometimes(chance, built.counties)
        start = time.perf_counter()
        balance(viewer=viewer, programme=PROGRAMME, kind=kind, as_of=day, place=place)
        took.append((time.perf_counter() - start) * 1000)
    return Measured("balance as of a day, p95", round(p95(took), 1), "ms", BALANCE_MS, connection.vendor)


def _warnings(chance: random.Random, say: Say) -> list[Measured]:
    by = system("bench", tuple(registries.permissions))
    at = clock.now()
    say("warnings …")
    whole = cost(lambda: evaluate_programme(by=by, at=at, programme=PROGRAMME))
    found = list_projects(viewer=by, programme=PROGRAMME, on=clock.local_date(at), limit=500).rows
    took = []
    for row in chance.sample(found, min(CHANGES, len(found))):
        start = time.perf_counter()
        evaluate_project(by=by, at=at, programme=PROGRAMME, project=row.uuid)
        took.append((time.perf_counter() - start) * 1000)
    return [
        Measured("all warnings", round(whole.seconds, 3), "s", WARNINGS_SECONDS, connection.vendor),
        Measured("all warnings, CPU", round(whole.cpu, 3), "s CPU", WARNINGS_SECONDS, connection.vendor),
        Measured("warnings of one project, p95", round(p95(took), 1), "ms", WARNING_MS, connection.vendor),
    ]


def _page(client: Client, name: str, addresses: Sequence[str]) -> list[Measured]:
    client.get(addresses[0])
    took, most, cpu = [], 0, time.process_time()
    for address in addresses:
        with _queries() as count:
            start = time.perf_counter()
            answer = client.get(address)
            took.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
        most = max(most, count())
    cpu = (time.process_time() - cpu) * 1000 / len(addresses)
    return [
        Measured(f"{name}, p95", round(p95(took)), "ms", PAGE_MS, connection.vendor),
        Measured(f"{name}, CPU", round(cpu, 1), "ms CPU", PAGE_MS, connection.vendor),
        Measured(
            f"{name}, queries",
            most,
            "queries",
            GATHERING_QUERIES if name in GATHERING else PAGE_QUERIES,
            connection.vendor,
        ),
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
