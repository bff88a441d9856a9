# SPDX-License-Identifier: Apache-2.0
"""How fast the team is counted and leave is asked for: ``python -m`` this PEOPLE, inside a place of its own.

For each of the people there are ten secondments, one after another, and fifty leaves. It prints a figure a line.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import django

from shanhai.kernel import clock
from shanhai.kernel.ids import new_id
from tests.bench.report import Measured, cost, p95

IN_TURN, LEAVES, DAYS, TAPS = 10, 50, 60, 40
FIRST, MONTHS = date(2021, 1, 1), 7
DAY_MS, TAP_MS, TAP_QUERIES, SHEET_S, SHEET_PEOPLE = 50, 300, 15, 3, 2000


def main(people: int) -> None:
    """Fill the team, count it on random days, ask for leave, write a month."""
    django.setup()
    from django.db import connection

    from shanhai.operate import serving
    from shanhai.operate.demo.load import make_tables

    make_tables()
    serving.prepare_static()
    made = Made(people)
    for part in (made.days, made.taps, made.sheet):
        for one in part(connection.vendor):
            print(json.dumps(asdict(one)), flush=True)


class Made:
    """A programme with so many people, and somebody of them who has an account."""

    def __init__(self, people: int) -> None:
        from shanhai.planning.programmes.models import Programme
        from shanhai.team.conduct.tests.builders import a_kind, a_rule, somebody
        from shanhai.team.conduct.values import Counts, Level
        from shanhai.team.secondments.tests.builders import two_counties
        from tests.cast import a_user, actor_of

        self.people, self.chance = people, Random(1)
        self.programme: Programme = two_counties()
        self.kind = a_kind(days_a_year=None, counts=Counts.ALL_DAYS, valid_from=FIRST)
        a_rule(Level.OFFICE, 3)
        self.me, _held = somebody(self.programme)
        self.user = a_user("office")
        self.by = actor_of(self.user)
        self._fill()

    def _fill(self) -> None:
        """Plain tuples: model objects would take longer than all that is measured."""
        from shanhai.base.database.services import insert_many
        from shanhai.registers.people.models import Person
        from shanhai.team.conduct.models import Leave
        from shanhai.team.secondments.models import Post, Secondment

        of, batch, unit = self.programme.pk, Post.objects.get().batch.pk, Post.objects.get().receiver.pk
        counties, kinds, at = ("513301", "513322"), ("cadre", "technical", "medical_team"), clock.now()
        person = Person.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
        insert_many(
            Person,
            ("id", "uuid", "name", "duty", "work_phone", "programme", "place", "valid_from", "provenance"),
            (
                (person + n, new_id(), f"人{n}", "岗位", "", self.programme.code, counties[n % 2], FIRST, "demo")
                for n in range(self.people)
            ),
        )
        post = Post.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
        insert_many(
            Post,
            ("id", "uuid", "programme_id", "batch_id", "place", "receiver_id", "title", "kind", "full_time", "since",
             "until", "needs", "altitude_m", "state", "asked_by", "moved_at", "provenance"),
            (
                (post + n, new_id(), of, batch, counties[n % 2], unit, f"岗位{n}", kinds[n % 3], True, FIRST,
                 date(2030, 12, 31), "", 3000, "open", "bench", at, "demo")
                for n in range(self.people)
            ),
        )  # fmt: skip
        held = Secondment.objects.order_by("-pk").values_list("pk", flat=True)[0] + 1
        insert_many(
            Secondment,
            ("id", "uuid", "programme_id", "post_id", "nomination_id", "person_id", "sender_id", "relieves_id",
             "place", "kind", "full_time", "since", "until", "ending", "ended_because", "provenance"),
            (
                (held + n * IN_TURN + turn, new_id(), of, post + n, None, person + n, unit, None, counties[n % 2],
                 kinds[n % 3], True, _month(turn * MONTHS), _month(turn * MONTHS + MONTHS), "planned", "", "demo")
                for n in range(self.people)
                for turn in range(IN_TURN)
            ),
        )  # fmt: skip
        insert_many(
            Leave,
            ("uuid", "programme_id", "place", "secondment_id", "person_id", "kind_id", "stand_in_id", "since", "until",
             "days", "by_year", "provisional", "where", "to_place", "altitude_m", "reason", "state", "asked_at",
             "asked_by", "back_on", "provenance"),
            self._leaves(of, held, person, at),
        )  # fmt: skip

    def _leaves(self, of: int, held: int, person: int, at: datetime) -> Iterator[tuple[Any, ...]]:
        counties = ("513301", "513322")
        for n in range(self.people):
            for turn in range(LEAVES):
                since = FIRST + timedelta(days=turn * 40 + n % 30)
                by_year = json.dumps({str(since.year): 3})
                yield (
                    new_id(), of, counties[n % 2], held + n * IN_TURN, person + n, self.kind.pk, None, since,
                    since + timedelta(days=3), 3, by_year, False, "杭州", "", None, "", "approved", at, "bench", None,
                    "demo",
                )  # fmt: skip

    def days(self, database: str) -> Iterator[Measured]:
        """The first page of the roster, and the head counts, as of random days."""
        from shanhai.team.secondments.selectors.roster import count_team, page_of_roster

        code = self.programme.code
        asked = [FIRST + timedelta(days=self.chance.randrange(IN_TURN * MONTHS * 30)) for _ in range(DAYS)]
        roster = [
            _ms(lambda day=day: page_of_roster(viewer=self.by, programme=code, on=day, asked="")) for day in asked
        ]
        counts = [_ms(lambda day=day: count_team(viewer=self.by, programme=code, on=day)) for day in asked]
        of = f"of {self.people} people, {self.people * IN_TURN} intervals"
        yield Measured(f"roster as of a day {of}, p95", p95(roster), "ms", DAY_MS, database)
        yield Measured(f"head counts as of a day {of}, p95", p95(counts), "ms", DAY_MS, database)

    def taps(self, database: str) -> Iterator[Measured]:
        """A leave from the tap to the answer, through all of Django in one process."""
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from shanhai.base.accounts.models import User

        client = Client(headers={"host": "127.0.0.1"})
        user = User.objects.get(username="甲一")
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        today = clock.local_date(clock.now())
        took, most = [], 0
        for n in range(TAPS):
            since = today + timedelta(days=3 * n)
            given = {
                "kind": str(self.kind.uuid), "since": since.isoformat(), "where": "杭州", "stand_in": "",
                "until": (since + timedelta(days=2)).isoformat(), "altitude_m": "", "reason": "",
            }  # fmt: skip
            with CaptureQueriesContext(connection) as asked:
                start = time.perf_counter()
                answer = client.post("/leave/", given)
                took.append(1000 * (time.perf_counter() - start))
            assert answer.status_code == 302, answer.content.decode()[-3000:]
            of_rows = [one for one in asked.captured_queries if one["sql"].split()[0] not in _TURNS]
            most = max(most, len(of_rows))
        name = f"a leave asked for, of {self.people * LEAVES} leaves"
        yield Measured(f"{name}, p95", round(p95(took), 1), "ms", TAP_MS, database)
        yield Measured(f"{name}, most queries", most, "queries", TAP_QUERIES, database)

    def sheet(self, database: str) -> Iterator[Measured]:
        """The month's sheet of those seconded then, by the 2,000."""
        from shanhai.team.conduct.leave.selectors import write_month
        from shanhai.team.secondments.selectors.roster import list_roster

        code, first = self.programme.code, date(2024, 5, 1)
        many = list_roster(viewer=self.by, programme=code, on=date(2024, 5, 31)).count()
        took = cost(lambda: write_month(io.BytesIO(), viewer=self.by, programme=code, first=first))
        each = took.seconds * SHEET_PEOPLE / many
        said = f"{many} people in {took.seconds:.1f} s"
        yield Measured(f"month's sheet of {SHEET_PEOPLE} people", round(each, 2), "s", SHEET_S, database, said=said)


_TURNS = frozenset({"BEGIN", "SAVEPOINT", "RELEASE", "COMMIT"})


def _month(number: int) -> date:
    return date(FIRST.year + number // 12, number % 12 + 1, 1)


def _ms(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return round(1000 * (time.perf_counter() - start), 2)


if __name__ == "__main__":
    main(int(sys.argv[1]))
