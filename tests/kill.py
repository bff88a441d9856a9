# SPDX-License-Identifier: Apache-2.0
"""Kill the server in the middle of acts: ``python -m tests.kill [ROUNDS]`` (``make kill``), on a demo of its own.

While people post arrivals and move projects, a program sends documents of events and the console takes tables in, web,
worker and console are ended with SIGKILL at a moment of chance, and started anew. In the end everything that was
acknowledged must be stored, once; a table and a document are there whole or not at all; and ``shanhai audit verify``
must find the chain and every sum whole. With DATABASE_URL on PostgreSQL it works in a database made beside the named
one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import django
import requests
import xlsxwriter

from shanhai.base.accounts.values import DEMO_PASSWORD
from tests.bench.shipments import a_document

ROUNDS, TRIES, ROWS, PROGRAMME = 20, 5, 60, "zj-ganzi"
MARK = "KILL"
# Of a document; and how long a worker has for what is left when all is over, in seconds.
EVENTS, LONGEST = 500, 300
HEADER = (
    "项目编号", "项目名称", "县(市)", "类别", "建设方式",
    "新建/续建", "总投资(万元)", "年度", "资金来源", "援助资金(元)",
)  # fmt: skip


@dataclass
class Acts:
    """What was asked and acknowledged: vouchers, reasons of moves, captures, tables by the mark of their codes."""

    asked: Counter[str] = field(default_factory=Counter)
    vouchers: list[str] = field(default_factory=list)
    moves: list[str] = field(default_factory=list)
    captures: list[str] = field(default_factory=list)
    tables: dict[str, bool] = field(default_factory=dict)


class Person:
    """Somebody with a browser."""

    def __init__(self, url: str, username: str) -> None:
        self._url, self._username = url, username
        self._session = requests.Session()
        self._session.trust_env = False

    def sign_in(self) -> None:
        """Sign in, unless the session has outlived the server; the worker may be at its first, long look."""
        for _ in range(TRIES):
            if self._session.get(f"{self._url}/accounts/", allow_redirects=False, timeout=60).status_code == 200:
                return
            self._session.get(f"{self._url}/accounts/login/", timeout=60)
            if self._post("/accounts/login/", login=self._username, password=DEMO_PASSWORD):
                return
        raise RuntimeError(f"{self._username} could not sign in")

    def act(self, path: str, **given: str) -> bool:
        """Whether the server acknowledged what was sent; False, too, when it died within."""
        try:
            return self._post(path, **given)
        except requests.RequestException:
            return False

    def _post(self, path: str, **given: str) -> bool:
        token = self._session.cookies.get("csrftoken", "")
        answer = self._session.post(
            self._url + path, data={**given, "csrfmiddlewaretoken": token}, allow_redirects=False, timeout=60
        )
        return answer.status_code == 302 and "/accounts/login" not in answer.headers["Location"]


def _post_arrivals(person: Person, acts: Acts, name: str, stopped: threading.Event) -> None:
    number = 0
    while not stopped.is_set():
        number += 1
        voucher = f"{MARK}-{name}-{number}"
        acts.asked["arrival"] += 1
        today = time.strftime("%Y-%m-%d")
        given = {"programme": PROGRAMME, "year": today[:4], "fund_source": "provincial", "unit": "yuan", "on": today}
        if person.act("/funds/arrivals", number=voucher, amount="1", **given):
            acts.vouchers.append(voucher)


def _move(person: Person, acts: Acts, name: str, projects: list[str], stopped: threading.Event) -> None:
    number, ways = 0, [("under_way", "suspended"), ("suspended", "under_way")]
    while not stopped.is_set():
        number += 1
        # Either the first way is open, or the second; the other is refused.
        old, new = ways[number % 2]
        because = f"{MARK}-{name}-{number}"
        acts.asked["move"] += 1
        given = {"to": new, "seen_stage": old, "because": because, "on": time.strftime("%Y-%m-%d")}
        if person.act(f"/projects/{projects[number // 2 % len(projects)]}/move", **given):
            acts.moves.append(because)


def _capture(url: str, token: str, acts: Acts, stopped: threading.Event) -> None:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/ld+json"}
    while not stopped.is_set():
        acts.asked["capture"] += 1
        body = a_document(EVENTS, acts.asked["capture"] * EVENTS)
        with suppress(requests.RequestException):
            answer = requests.post(f"{url}/epcis/v2/capture", body, headers=headers, timeout=60)
            if answer.status_code == 202:
                acts.captures.append(answer.headers["Location"].rpartition("/")[2])
        # A worker stores one in half a second: what waits must not grow to hours.
        stopped.wait(1)


def _take_in(acts: Acts, mark: str, place: Mapping[str, str]) -> subprocess.Popen[bytes]:
    path = Path(place["SHANHAI_DATA_DIR"]) / f"{mark}.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        year = int(time.strftime("%Y"))
        rows = [
            (f"{mark}-{one}", f"桥{mark}-{one}", "513301", "教育", "交钥匙", "新建", 100, year, "provincial", 1)
            for one in range(ROWS)
        ]
        for number, row in enumerate([HEADER, *rows]):
            sheet.write_row(number, 0, row)
    acts.asked["table"] += 1
    acts.tables[mark] = False
    who = ("--by", "deputy", "--because", "演示")
    return _start(place, "import", "projects", str(path), "--programme", PROGRAMME, *who)


def _start(place: Mapping[str, str], *command: str) -> subprocess.Popen[bytes]:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(
        [sys.executable, "-m", "shanhai", *command], env=dict(place), start_new_session=True, **quiet
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and all that it started, as the power cut or the kernel would."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    process.wait()


def _round(
    number: int, place: Mapping[str, str], people: list[Person], given: Mapping[str, Any], acts: Acts, port: int
) -> int:
    from tests.bench.visiting import wait_for  # noqa: PLC0415 - needs the settings

    web, worker = _start(place, "serve", "--port", str(port), "--no-worker"), _start(place, "worker")
    try:
        wait_for(port, "/healthz", web)
        for person in people:
            person.sign_in()
    except BaseException:
        _kill(web), _kill(worker)
        raise
    stopped = threading.Event()
    jobs = [
        threading.Thread(target=_post_arrivals, args=(people[0], acts, f"{number}a", stopped)),
        threading.Thread(target=_post_arrivals, args=(people[1], acts, f"{number}b", stopped)),
        threading.Thread(target=_move, args=(people[2], acts, str(number), given["projects"][:5], stopped)),
        threading.Thread(target=_capture, args=(f"http://127.0.0.1:{port}", given["token"], acts, stopped)),
    ]
    mark = f"{MARK}{number:03d}"
    console = _take_in(acts, mark, place)
    for job in jobs:
        job.start()
    if number % 3:
        time.sleep(random.uniform(0.5, 12))
    else:
        # Now and then the console is let finish: what it acknowledged must last, too.
        with suppress(subprocess.TimeoutExpired):
            console.wait(timeout=120)
    ended = console.poll()
    for process in (web, worker, console):
        _kill(process)
    stopped.set()
    for job in jobs:
        job.join()
    acts.tables[mark] = ended == 0
    return 2 + (ended is None)


def look() -> None:
    """Print what is stored of all that was asked: vouchers, reasons, projects by the mark of their table."""
    from shanhai.field.traceability.models import Capture, Event  # noqa: PLC0415 - needs the settings
    from shanhai.planning.projects.models import Project, StageMove  # noqa: PLC0415
    from shanhai.registers.ledger.models import Entry  # noqa: PLC0415

    vouchers = Entry.objects.filter(source_id__contains=f":{MARK}-").values_list("source_id", flat=True)
    codes = Project.objects.filter(code__startswith=MARK).values_list("code", flat=True)
    stored = {
        "vouchers": [one.partition(":")[2] for one in vouchers],
        "moves": list(StageMove.objects.filter(because__startswith=MARK).values_list("because", flat=True)),
        "captures": {str(one.uuid): Event.objects.filter(capture=one).count() for one in Capture.objects.all()},
        "open": Capture.objects.filter(finished_at=None).count(),
        "tables": Counter(code.partition("-")[0] for code in codes),
        "projects": [
            str(one)
            for one in Project.objects.filter(programme__code=PROGRAMME, stage="under_way").values_list(
                "uuid", flat=True
            )
        ],
    }
    print(json.dumps(stored))  # noqa: T201


def give_token() -> str:
    """A token with which a program captures for a party of the demo."""
    from shanhai.field.traceability.capture.services.credentials import give_credential  # noqa: PLC0415
    from shanhai.field.traceability.models import Party  # noqa: PLC0415 - needs the settings
    from shanhai.kernel import clock  # noqa: PLC0415
    from shanhai.kernel.actors import system  # noqa: PLC0415

    by, party = system("kill", ("trace.manage",)), Party.objects.filter(ended_on=None).earliest("pk")
    return give_credential(party=party, name=MARK, write=True, by=by, at=clock.now())


def faults(acts: Acts, stored: Mapping[str, object]) -> list[str]:
    """What was acknowledged and is not stored once, and what is stored in part."""
    found = []
    for what, acknowledged in (("vouchers", acts.vouchers), ("moves", acts.moves)):
        count = Counter(stored[what])
        found += [
            f"{what}: {one} was acknowledged and is stored {count[one]} times"
            for one in acknowledged
            if count[one] != 1
        ]
    acknowledged = dict.fromkeys(acts.captures, 0) | stored["captures"]
    found += [f"captures: {one} has {some} of {EVENTS}" for one, some in acknowledged.items() if some != EVENTS]
    for mark, acknowledged in acts.tables.items():
        rows = stored["tables"].get(mark, 0)
        if rows not in (0, ROWS) or (acknowledged and not rows):
            found.append(f"tables: {mark} has {rows} of {ROWS} rows, acknowledged: {acknowledged}")
    return found


def _work_off(place: Mapping[str, str]) -> dict[str, Any]:
    """What is stored when a worker has done all that was left."""
    worker, until = _start(place, "worker"), time.monotonic() + LONGEST
    try:
        while (stored := _asked(place, "tests.kill", "look"))["open"] and time.monotonic() < until:
            time.sleep(2)
    finally:
        _kill(worker)
    return stored


def _asked(place: Mapping[str, str], *command: str) -> dict:
    done = subprocess.run([sys.executable, "-m", *command], env=dict(place), stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout.splitlines()[-1])


def main(rounds: int) -> int:
    """Kill that many times, then look, and print what was lost and how much was done."""
    from tests.bench.apart import own_place  # noqa: PLC0415 - needs the settings
    from tests.bench.visiting import free_port  # noqa: PLC0415

    started, acts, kills = time.monotonic(), Acts(), 0
    with own_place("kill") as place:
        del place["SHANHAI_SECRET_KEY"]
        place |= {"DJANGO_SETTINGS_MODULE": "shanhai.config.settings", "SHANHAI_DEMO": "1"}
        subprocess.run(
            [sys.executable, "-m", "shanhai", "demo", "--load-only"], env=place, stdout=subprocess.DEVNULL, check=True
        )
        given, port = _asked(place, "tests.kill", "look") | _asked(place, "tests.kill", "token"), free_port()
        people = [Person(f"http://127.0.0.1:{port}", name) for name in ("finance", "finance", "deputy")]
        for number in range(rounds):
            kills += _round(number, place, people, given, acts, port)
        found = faults(acts, _work_off(place))
        verified = _asked(place, "shanhai", "audit", "verify", "--json")
        if not verified["sound"]:
            found.append(f"audit verify: {verified['chain']} {verified['checks']}")
        left = sum(1 for _ in Path(place["SHANHAI_DATA_DIR"]).rglob(".incoming-*"))
    kept = {"arrival": len(acts.vouchers), "move": len(acts.moves), "capture": len(acts.captures)}
    kept["table"] = sum(acts.tables.values())
    print("\n".join(found))  # noqa: T201
    database = "PostgreSQL" if os.environ.get("DATABASE_URL") else "SQLite"
    print(  # noqa: T201
        f"{database}: {kills} processes killed in {rounds} rounds and {time.monotonic() - started:.0f} s; "
        f"asked {dict(acts.asked)}, acknowledged {kept}, {left} half-taken files left; "
        f"{verified['rows']} audit rows, {len(found)} faults"
    )
    # Where next to nothing was acknowledged, nothing was tried.
    return 1 if found or not all(kept.values()) else 0


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")
    django.setup()
    if sys.argv[1:] == ["look"]:
        look()
    elif sys.argv[1:] == ["token"]:
        print(json.dumps({"token": give_token()}))  # noqa: T201
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS))
