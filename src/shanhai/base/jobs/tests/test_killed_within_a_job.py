# SPDX-License-Identifier: Apache-2.0
"""A worker process is killed in the middle of a job; the next worker does the job from its beginning, once."""

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
from django.db import transaction
from shanhai.base.jobs.models import Job
from shanhai.base.jobs import services as jobs
from shanhai.base.outbox.models import Event
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.messages import message
from shanhai.kernel.registry import JobOutcome, registries

seconds, flag = float(sys.argv[2]), pathlib.Path(sys.argv[3])

@transaction.atomic
def run(*, arguments, job, by, at, progress):
    if not Event.objects.exists():
        Event.objects.create(name="effect", payload={}, happened_at=at)
    progress(1, 2)
    flag.write_text("within")
    time.sleep(seconds)
    return JobOutcome("/")

registries.jobs.add(SimpleNamespace(key="test.slow", label=message("test"), run=run))
if sys.argv[1] == "start":
    jobs.start(by=system("test"), at=clock.now(), kind="test.slow", arguments={})
elif sys.argv[1] == "once":
    call_command("worker", "--once")
else:
    call_command("worker")
print(Job.objects.get().state, Event.objects.count())
"""


@pytest.fixture
def run(tmp_path, empty_database):
    shutil.copy(empty_database, tmp_path)
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env |= {"SHANHAI_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    env |= {"PYTHONPATH": os.pathsep.join(sys.path)}

    def start(what, seconds=0.0):
        command = [sys.executable, "-c", SCRIPT, what, str(seconds), str(tmp_path / "flag")]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)

    start.flag = tmp_path / "flag"
    return start


def test_a_job_whose_worker_was_killed_starts_again_and_has_its_effect_once(run):
    assert run("start").communicate(timeout=60)[0].strip() == "queued 0"
    worker = run("work", 60)
    deadline = time.monotonic() + 60
    while not run.flag.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert run("once").communicate(timeout=60)[0].strip() == "done 1"
    assert run("once").communicate(timeout=60)[0].strip() == "done 1"
