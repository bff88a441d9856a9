# SPDX-License-Identifier: Apache-2.0
"""Starting a job, running it, and what its page shows to whom."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from shanhai.base.accounts.models import User
from shanhai.base.audit.models import AuditRow
from shanhai.base.jobs import services as jobs
from shanhai.base.jobs.models import Job
from shanhai.base.jobs.providers import UnfinishedBusiness
from shanhai.base.jobs.selectors import PROGRESS, get_job, is_alive, list_jobs, present
from shanhai.base.jobs.tests.builders import run_all
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput, NotVisible, Refused
from shanhai.kernel.messages import message
from shanhai.kernel.registry import JobKind, JobOutcome, Registry, registries
from tests.cast import AT, STRANGER, a_user, actor_of, waiting_for
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def ran(monkeypatch):
    """Registers the kinds "count", "refuse" and "break", and answers the calls of the first."""
    calls = []

    def count(*, arguments, job, by, at, progress):
        for number in range(arguments["to"]):
            progress(number + 1, arguments["to"])
        calls.append((job, by.ref, by.roles, caches[PROGRESS].get(str(job))))
        return JobOutcome("/projects/", {"counted": arguments["to"]})

    def refuse(**kw):
        raise Refused("不行：%(why)s。", why="没有表")

    def breaks(**kw):
        raise ZeroDivisionError

    monkeypatch.setattr(registries, "jobs", Registry(JobKind))
    kinds = {"count": count, "refuse": refuse, "break": breaks}
    registries.jobs.add(*(SimpleNamespace(key=key, label=message("数数"), run=run) for key, run in kinds.items()))
    return calls


@pytest.fixture
def office():
    return actor_of(a_user("office"))


def take_back():
    return jobs.take_back(by=system("worker"), at=AT)


def started(by, kind="count", **arguments):
    return jobs.start(by=by, at=AT, kind=kind, arguments=arguments or {"to": 3})


def test_a_job_waits_in_the_queue_until_a_worker_takes_it(ran, office):
    uuid = started(office)

    view = get_job(viewer=office, uuid=uuid)

    assert (view.state, view.done, view.total, view.ended, ran) == ("queued", 0, 0, False, [])
    assert DBTaskResult.objects.get().args_kwargs["args"] == [str(uuid)]
    assert AuditRow.objects.get(action="jobs.job.started").subject_id == str(uuid)


def test_it_runs_in_the_name_of_who_started_it_and_keeps_its_outcome(ran, office):
    uuid = started(office)

    run_all()

    view = get_job(viewer=office, uuid=uuid)
    assert (view.state, view.outcome["counted"], view.url) == ("done", 3, "/projects/")
    assert ran == [(uuid, office.ref, ("office",), (1, 3))]
    assert caches[PROGRESS].get(str(uuid)) is None


def test_who_has_lost_his_roles_meanwhile_acts_without_them(ran, office):
    started(office)
    user = User.objects.get(username="office")
    user.is_active = False
    user.save()

    run_all()

    assert ran[0][1:3] == ("nobody", ())


def test_a_rule_that_says_no_is_the_outcome_of_a_failed_job(ran, office):
    uuid = started(office, "refuse")

    run_all()

    view = get_job(viewer=office, uuid=uuid)
    assert (view.state, str(view.error), view.url) == ("failed", "不行：没有表。", "")


def test_a_fault_of_the_program_fails_the_job_and_not_the_worker(ran, office):
    uuid = started(office, "break")
    after = started(office)

    run_all()

    assert str(get_job(viewer=office, uuid=uuid).error).startswith("程序出了意外")
    assert get_job(viewer=office, uuid=after).state == "done"


def test_a_kind_that_nobody_knows_is_refused(ran, office):
    with refused(BadInput, "jobs.kind_unknown"):
        started(office, "sing")

    assert not Job.objects.exists()


def test_a_job_that_has_ended_is_not_done_again(ran, office):
    uuid = started(office)
    run_all()

    jobs.run(by=system("worker"), at=AT, job=uuid)

    assert len(ran) == 1


def test_a_job_is_seen_only_by_who_started_it(ran, office):
    uuid = started(office)

    with refused(NotVisible, "jobs.not_found"):
        get_job(viewer=STRANGER, uuid=uuid)
    assert list_jobs(viewer=STRANGER) == ()
    assert [one.uuid for one in list_jobs(viewer=office)] == [uuid]


def test_what_a_dead_worker_was_at_is_queued_again_and_what_a_living_one_is_at_is_not(ran, office):
    uuid = started(office)
    with present() as living:
        DBTaskResult.objects.get().claim(living)
        Job.objects.update(state="running", ran_at=AT)
        assert (take_back(), Job.objects.get().state) == (0, "running")

    assert (take_back(), Job.objects.get().state) == (1, "queued")

    run_all()
    assert get_job(viewer=office, uuid=uuid).state == "done"


def test_a_job_that_kills_worker_after_worker_is_given_up(ran, office):
    uuid = started(office)
    for name in ("first", "second", "third"):
        DBTaskResult.objects.get().claim(name)
        Job.objects.update(state="running", ran_at=AT)
        take_back()

    view = get_job(viewer=office, uuid=uuid)

    assert (view.state, DBTaskResult.objects.get().status, ran) == ("failed", "FAILED", [])
    assert "几次中途停了" in str(view.error)


def test_a_worker_is_alive_as_long_as_it_is_present():
    with present() as worker:
        assert is_alive(worker)

    assert not is_alive(worker)
    assert not is_alive("never-there")


def test_jobs_that_ended_long_ago_are_purged(ran, office):
    started(office)
    run_all()
    Job.objects.update(ran_at=AT - timedelta(days=91))
    young = started(office)

    assert jobs.purge_ended(by=office, at=AT) == 1

    assert Job.objects.get().uuid == young


@pytest.mark.parametrize("state", ["queued", "running"])
def test_the_page_asks_again_every_second_while_the_job_runs(ran, office, client, state):
    uuid = started(office)
    Job.objects.update(state=state, ran_at=AT)
    caches[PROGRESS].set(str(uuid), (120, 1000))
    client.force_login(User.objects.get(username="office"))

    page = client.get(reverse("jobs:detail", args=[uuid])).content.decode()

    assert 'hx-trigger="every 1s"' in page
    assert 'http-equiv="refresh"' in page
    assert ('<progress aria-label="进度" max="1000" value="120">' in page) is (state == "running")
    assert ("12%" in page) is (state == "running")


def test_the_part_that_changes_leads_to_the_outcome_when_it_is_there(ran, office, client):
    uuid = started(office)
    run_all()
    client.force_login(User.objects.get(username="office"))

    answer = client.get(reverse("jobs:detail", args=[uuid]), headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == "/projects/"
    assert "every 1s" not in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_job_of_somebody_else_is_not_there(ran, office, client):
    uuid = started(office)
    client.force_login(a_user("commander"))

    assert client.get(reverse("jobs:detail", args=[uuid])).status_code == 404
    assert str(uuid) not in client.get(reverse("jobs:list")).content.decode()
    assert client.get(reverse("jobs:detail", args=["not-an-id"])).status_code == 404


def test_the_list_shows_my_jobs_newest_first(ran, office, client, django_assert_max_num_queries):
    started(office, to=1, name="一月.xlsx")
    client.force_login(User.objects.get(username="office"))

    with django_assert_max_num_queries(15):
        page = client.get(reverse("jobs:list")).content.decode()

    assert "一月.xlsx" in page
    assert "等着开始" in page


def test_a_failed_job_waits_for_who_started_it_until_it_is_done_again(ran, office):
    other = actor_of(a_user("commander"))
    uuid = started(office, "refuse", name="表.xlsx", programme="zj-ganzi")
    started(office, "count", to=1, name="另一张.xlsx")
    run_all()

    assert waiting_for(office, "jobs.ended") == [f"/jobs/{uuid}/"]
    assert waiting_for(other, "jobs.ended") == []
    assert waiting_for(office, "jobs.ended", programme="fj-changdu") == []
    assert waiting_for(office, "jobs.ended", at=AT + timedelta(days=8)) == []

    started(office, "refuse", name="表.xlsx", programme="zj-ganzi")

    assert waiting_for(office, "jobs.ended") == []


def test_what_a_job_leaves_to_do_waits_for_who_started_it(ran, office):
    registries.jobs.add(
        SimpleNamespace(key="check", label=message("检查"), run=lambda **kw: JobOutcome("/x/", {}, "请确认。"))
    )
    started(office, "check", name="表.xlsx")
    run_all()

    (todo,) = UnfinishedBusiness().find(viewer=office, programme="zj-ganzi", at=AT)

    assert (todo.label, str(todo.why), todo.url) == ("表.xlsx", "请确认。", "/x/")
