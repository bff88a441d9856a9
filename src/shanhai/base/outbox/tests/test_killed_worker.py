# SPDX-License-Identifier: Apache-2.0
"""A worker is killed with SIGKILL in the middle of a subscriber; the next one makes the delivery, once."""

import os
import signal
import subprocess
import sys
import time

import pytest

SCRIPT = """
import sys, time, pathlib
import django
django.setup()
from shanhai.base.outbox import services
from shanhai.base.outbox.models import Event
from shanhai.kernel import clock
from shanhai.kernel.actors import system
from shanhai.kernel.registry import Subscriber, registries

hang, flag = sys.argv[2] == "hang", pathlib.Path(sys.argv[3])

def handle(*, payload, event_id, at):
    Event.objects.create(name="effect", payload={}, happened_at=at)
    if hang:
        flag.write_text("within")
        time.sleep(60)

registries.subscribers.add(Subscriber("test.effect", "test.happened", handle))
by = system("worker")
if sys.argv[1] == "publish":
    services.publish(by=by, at=clock.now(), name="test.happened", payload={})
else:
    services.deliver_due(by=by, at=clock.now())
print(Event.objects.filter(name="effect").count())
"""


@pytest.fixture
def run(tmp_path):
    env = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    env |= {"SHANHAI_DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "shanhai.config.settings"}
    env["PYTHONPATH"] = os.pathsep.join(sys.path)
    subprocess.run([sys.executable, "-m", "shanhai", "migrate", "-v", "0"], env=env, check=True)

    def start(what, how="quick"):
        command = [sys.executable, "-c", SCRIPT, what, how, str(tmp_path / "flag")]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)

    start.flag = tmp_path / "flag"
    return start


def test_a_killed_worker_leaves_the_delivery_open_and_without_effect(run):
    assert run("publish").communicate(timeout=60)[0].strip() == "0"
    worker = run("deliver", "hang")
    deadline = time.monotonic() + 60
    while not run.flag.exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    worker.send_signal(signal.SIGKILL)
    worker.wait()

    assert run.flag.exists()
    assert run("deliver").communicate(timeout=60)[0].strip() == "1"
    assert run("deliver").communicate(timeout=60)[0].strip() == "1"
