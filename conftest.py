# SPDX-License-Identifier: Apache-2.0
"""What every test stands on: a fixed instant, somebody signed in. The data folder is in ``tests/settings.py``."""

import gc
import os
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import translation
from hypothesis import settings

from shanhai.kernel import clock
from shanhai.kernel.errors import DomainError
from shanhai.kernel.imports import Problem

# Marks of tests that only one database can run.
ONLY = {"postgres": "postgresql", "sqlite": "sqlite"}
AT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
# The same inputs every time: a run says of a change what it did. New ones: pytest --hypothesis-profile=default.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")
# What is asked of words, pages, inboxes, brokers and files: SQLite has answered it, and the queries below are asked
# beside it by tests of services and selectors. ``make test-postgres everything=1`` asks PostgreSQL all of it.
ON_SQLITE_ALONE = re.compile(
    r"_pages?\.py::|/test_pages\.py::"
    r"|^tests/golden/test_readable|^tests/test_refused_forms|/operate/tests/test_demo|/portal/tests/test_every_state_waits"
    r"|/portal/tests/test_(digest|inbox|inbox_queries|importing)|/sensors/mqtt/tests/test_(embedded|ingest|mosquitto)"
    r"|/sensors/tests/test_(who_may_what|history|live)|/hazards/tests/test_end_to_end|/places/tests/test_country"
    r"|/ledger/tests/test_conservation|/reports/tests/test_bulletins|/imports/tests/test_import_problems"
    r"|/map/tests/test_(clients|tiles|screens)|/query/tests/test_the_official_interface"
)


def pytest_collection_modifyitems(config, items):
    """Leave out what only the other database can run, what is run beside SQLite alone, and trials nobody asks for.

    Skip, and say so, what needs a browser where there is none. What asks no database is run beside SQLite alone.
    """
    others = {mark for mark, vendor in ONLY.items() if vendor != connection.vendor}
    if config.getoption("markexpr") != "trial":
        others.add("trial")
    left_out = {item for item in items if any(map(item.get_closest_marker, others))}
    if connection.vendor != "sqlite":
        alone = "(?!)" if os.environ.get("SHANHAI_TEST_EVERYTHING") else ON_SQLITE_ALONE
        here = [item for item in items if not item.get_closest_marker("postgres")]
        left_out |= {item for item in here if re.search(alone, item.nodeid) or not _asks_a_database(item)}
    if left_out:
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]
    if not any(map(shutil.which, ("chromium", "chromium-browser"))):
        for item in filter(lambda item: item.get_closest_marker("browser"), items):
            item.add_marker(pytest.mark.skip(reason="no Chromium: bash tests/system_packages.sh chromium fonts"))


@pytest.hookimpl(trylast=True)
def pytest_collection_finish():
    """What was collected stays: to look through all of it for garbage, again and again, takes a tenth of the time."""
    gc.collect()
    gc.freeze()


def _asks_a_database(item) -> bool:
    asking = {"db", "transactional_db", "live_server", "django_db_setup"}
    return item.get_closest_marker("django_db") is not None or not asking.isdisjoint(item.fixturenames)


# What one worker does, by where it stands: journeys share a demo and a browser, the others what is dear to make.
TOGETHER = {
    "tests/journeys/": "browser",
    "src/shanhai/base/accounts/tests/test_passkeys_in_a_browser.py": "browser",
    "tests/golden/test_readable.py": "readable",
    "src/shanhai/operate/tests/test_demo.py": "demo",
    "src/shanhai/base/jobs/tests/test_killed_within_a_job.py": "killed",
    "src/shanhai/base/outbox/tests/test_killed_worker.py": "killed",
    "src/shanhai/registers/ledger/tests/test_power_cut.py": "killed",
    "src/shanhai/field/sensors/tests/test_history.py": "spark",
    "src/shanhai/field/sensors/mqtt/tests/test_ingest.py": "ingest",
    "src/shanhai/field/sensors/mqtt/tests/test_embedded.py": "broker",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Groups by path. pytest 9.2 no longer takes the name of a group that xdist 3.8 writes into the id of a test."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - not there where nobody asked for workers

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next((group for path, group in TOGETHER.items() if nodeid.startswith(path)), nodeid)

    return Groups(config, log) if config.getvalue("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """The country's 3,213 divisions are brought where a test asks for ``country``, not into every database."""
    from shanhai.registers.places.subscribers import bring_divisions  # noqa: PLC0415 - models

    post_migrate.disconnect(bring_divisions, sender=apps.get_app_config("places"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Tables that were made at once are on the list of migrations, too, as those of the demo are.

    PostgreSQL drops no database that somebody is in: sessions of threads and servers that a test left end before.
    """
    with django_db_blocker.unblock():
        call_command("migrate", fake=True, verbosity=0)
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def country(db):
    """All divisions that the product brings."""
    from shanhai.registers.places.subscribers import bring_divisions  # noqa: PLC0415 - models

    bring_divisions(using="default")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory) -> Path:
    """An SQLite file with all tables, to be copied into the data folder of a process of its own."""
    folder = tmp_path_factory.mktemp("empty")
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "SHANHAI_TESTING"}}
    env |= {"SHANHAI_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    script = "import django; django.setup(); from shanhai.operate.demo.load import make_tables; make_tables()"
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    subprocess.run([sys.executable, "-c", script], env=env, check=True)  # noqa: S603 - a script of ours
    return folder / "shanhai.sqlite3"


@pytest.fixture
def at() -> datetime:
    """Sunday 22 November 2026, 10:00 in Shanghai."""
    return AT


@pytest.fixture
def frozen_clock(at: datetime):
    """The clock stands at ``at`` for entry points that read it."""
    with clock.frozen(at):
        yield at


@pytest.fixture
def ganzi(db):
    """The programme zj-ganzi and two of its counties, for who is bound to them."""
    from shanhai.planning.programmes.tests.builders import a_division, a_programme  # noqa: PLC0415 - models

    for code in ("513301", "513322"):
        a_division(code)
    return a_programme()


@pytest.fixture
def sign_in():
    """Somebody of that role, signed in."""
    from tests.cast import a_user  # noqa: PLC0415 - models, which need the settings first

    def as_role(role, **scope):
        client = Client()
        client.force_login(a_user(role, **scope), backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_role


# Names of the program: its codes with dots and underscores, its ids, its instants. Names of files have dots, too.
MACHINE = re.compile(
    r"\b(?!\w+\.(?:xlsx?|csv|pdf|docx|png|jpe?g|zip|json|txt|toml|py)\b)[a-z]+(?:[._][a-z]+)+\b"
    r"|[0-9a-f]{8}-[0-9a-f]{4}-|\d{4}-\d\d-\d\dT\d\d"
)


# Who is at the console types the key of a role, writes a ruleset, and is told of the files and tables of a backup. Who
# writes a program for devices is told the names of the standard, and how it writes times; who writes a set of
# thresholds as JSON, or a file to replay, the path of the number and the names of columns. Programs that capture events
# are told of the event and the place within it.
AT_THE_CONSOLE = (
    "operate.", "accounts.grant.role_unknown", "iati.bad_ruleset", "sta.", "sensors.time_", "hazards.threshold_wrong",
    "hazards.replay_wrong", "traceability.epcis_", "traceability.definition",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_machine_word_in_a_refusal(request, monkeypatch):
    """Every refusal and every problem of a table, in every test, is a sentence for people, with what it was given."""
    from shanhai.base.formats import say  # noqa: PLC0415 - Django, which needs the settings first

    # What the console says is in the language of the test before, unless nobody has chosen one.
    translation.deactivate()
    said, make, note = [], DomainError.__init__, Problem.__init__
    # A refusal says again what was typed, which a test may have as its parameter.
    given = [one for one in getattr(getattr(request.node, "callspec", None), "params", {}).values() if one]
    typed = re.compile("|".join(re.escape(one) for one in given if isinstance(one, str)) or "(?!)")

    def kept(error, text, code="", /, **params):
        make(error, text, code, **params)
        if not error.code.startswith(AT_THE_CONSOLE):
            said.append(error.message)

    def found(problem, *args, **kw):
        note(problem, *args, **kw)
        said.append(problem.message)

    monkeypatch.setattr(DomainError, "__init__", kept)
    monkeypatch.setattr(Problem, "__init__", found)
    yield
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert [one for one in map(say, said) if MACHINE.search(typed.sub("", one))] == []
