# SPDX-License-Identifier: Apache-2.0
"""A worker is killed, or asked to stop, in the middle of a subscriber; nothing is lost and nothing is done twice."""

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

SCRIPT = """
import sys, time, pathlib
from types import SimpleNamespace
import django
django.setup()
from django.core.management import call_command
from shanhai.base.outbox import services
from shanhai.base.outbox.models import Event
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.registry import registries

number, flag = int(sys.argv[2]), pathlib.Path(sys.argv[3])

def handle(*, payload, event_id, at):
    Event.objects.create(name="effect", payload={}, happened_at=at)
    flag.write_text("within")
    time.sleep(number)

registries.subscribers.add(SimpleNamespace(key="test.effect", event="test.happened", handle=handle))
by = system("worker")
if sys.argv[1] == "worker":
    call_command("worker")
elif sys.argv[1] == "publish":
    for _ in range(number):
        services.publish(by=by, at=clock.now(), name="test.happened", payload={})
else:
    services.deliver_due(by=by, at=clock.now())
print(Event.objects.filter(name="effect").count())
"""


def surroundings(folder):
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env |= {"SHANHAI_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    return env | {"PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def run(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path)
    env = surroundings(tmp_path)

    def start(what, number=0):
        (tmp_path / "flag").unlink(missing_ok=True)
        command = [sys.executable, "-c", SCRIPT, what, str(number), str(tmp_path / "flag")]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)

    start.flag = tmp_path / "flag"
    return start


def wait_for(flag):
    deadline = time.monotonic() + 60
    while not flag.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_that_is_asked_to_stop_finishes_what_it_is_at_and_leaves_the_rest(run, stop):
    run("publish", 2).communicate(timeout=60)
    worker = run("worker", 1)
    wait_for(run.flag)

    worker.send_signal(stop)
    printed = worker.communicate(timeout=60)[0]

    assert (worker.returncode, printed.strip()) == (0, "1")
    assert run("deliver").communicate(timeout=60)[0].strip() == "2"


def test_a_killed_worker_leaves_the_delivery_open_and_without_effect(run):
    assert run("publish", 1).communicate(timeout=60)[0].strip() == "0"
    worker = run("deliver", 60)
    wait_for(run.flag)

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert run("deliver").communicate(timeout=60)[0].strip() == "1"
    assert run("deliver").communicate(timeout=60)[0].strip() == "1"
