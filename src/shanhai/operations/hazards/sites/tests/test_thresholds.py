# SPDX-License-Identifier: Apache-2.0
"""Versions of thresholds: who drafts and who approves, what a quiet time measures, what the past says of a draft."""

from datetime import date, timedelta

import numpy as np
import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.base.jobs.models import Job
from shanhai.base.jobs.services import run
from shanhai.field.sensors.stations.tests.builders import WRITER
from shanhai.field.sensors.store.services.taking import take_in
from shanhai.field.sensors.store.values import Readings
from shanhai.field.sensors.values import instant_of
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.operations.hazards.criteria.rules.replay import Replay
from shanhai.operations.hazards.criteria.values import Point, Thresholds
from shanhai.operations.hazards.labels import LEVELS
from shanhai.operations.hazards.models import Judgement, SiteTrack, ThresholdSet
from shanhai.operations.hazards.sites.rules.thresholds import differences, measured, overlaid
from shanhai.operations.hazards.sites.selectors.thresholds import beginning_of
from shanhai.operations.hazards.sites.services import thresholds as services
from shanhai.operations.hazards.sites.services.points import remove_point
from shanhai.operations.hazards.tests.builders import a_point, a_site, a_threshold_set
from shanhai.operations.hazards.values import Level, Quantity, Zone
from tests.cast import AT, STRANGER, actor

ENGINEER = actor("station_engineer", programme="zj-ganzi")
LEADER = actor("consultation_lead", programme="zj-ganzi")
OFFICER = actor("duty_officer", programme="zj-ganzi")
SOURCE = "康定市监测方案（2026）"
HOUR = timedelta(hours=1)
DAYS = 20


def draft(by=ENGINEER, numbers=None, source=SOURCE, **more):
    return services.draft_thresholds(by=by, at=AT, site="wuse-slope", numbers=numbers or {}, source=source, **more)


def approve(found, by=LEADER):
    return services.approve_thresholds(by=by, at=AT, thresholds=found.uuid)


def slope(point, rate, *, sudden=0.0, days=DAYS):
    """Hourly readings of so many days that end at AT: ``rate`` mm a day, and ``sudden`` on the last two."""
    times = [AT - (days * 24 - number) * HOUR for number in range(days * 24)]
    values, value = [], 0.0
    for at in times:
        value += (sudden if AT - at < 2 * 24 * HOUR and sudden else rate) / 24
        values.append(round(value, 4))
    stream = np.full(len(times), point.datastream_id, np.int64)
    columns = (stream, np.array([instant_of(at) for at in times], np.int64), np.array(values, np.float64))
    take_in(readings=Readings(*columns), by=WRITER, at=AT)
    return times, values


def test_a_draft_is_completed_by_the_defaults_and_judges_nothing(ganzi):
    site = a_site()
    point = a_point(site)
    references = {str(point.uuid): {"rate": 0.4, "spread": 0.1, "approved": True}}

    found = draft(numbers={"angle": {"red": 88}, "references": references})

    assert (found.version, found.state, found.source) == (1, "draft", SOURCE)
    assert found.numbers["angle"] == {**Thresholds.default("landslide").write()["angle"], "red": 88}
    assert found.numbers["references"][str(point.uuid)]["approved"] is False
    # The reference of the point, and the cut.
    assert AuditRow.objects.get(action="hazards.thresholds.drafted").changes["numbers"] > 1


@pytest.mark.parametrize("sign", ["\x00", "\ud800"])
def test_a_sign_that_no_database_holds_is_refused_in_what_is_said_of_a_point(ganzi, sign):
    point = a_point(a_site())

    with pytest.raises(BadInput) as refused:
        draft(numbers={"references": {str(point.uuid): {"rate": 0.4, "source": f"平稳段{sign}"}}})
    assert refused.value.field == "numbers"


@pytest.mark.parametrize(
    ("numbers", "source", "field"),
    [
        ({"angle": {"red": 100}}, SOURCE, "angle.red"),
        ({"angle": {"red": 70}}, SOURCE, "angle.red"),
        ({"angel": {}}, SOURCE, "angel"),
        ({"angle": {"red": "85"}}, SOURCE, "angle.red"),
        ({"kind": "rockfall"}, SOURCE, "numbers"),
        ({"references": {"somebody": {"rate": 1}}}, SOURCE, "numbers"),
        ({"angle": {"red": 88}, "x" * 400_000: 1}, SOURCE, "numbers"),
        ({}, " ", "source"),
    ],
    ids=lambda one: str(one)[:30],
)
def test_what_is_wrong_in_a_draft_is_named_and_nothing_is_kept(ganzi, numbers, source, field):
    a_site()

    with pytest.raises(BadInput) as refused:
        draft(numbers=numbers, source=source)
    assert refused.value.field == field
    assert not ThresholdSet.objects.exists()


def test_a_draft_takes_the_place_of_the_draft_before_and_not_of_one_it_has_not_seen(ganzi):
    a_site()
    first = draft(seen=0)

    with pytest.raises(Conflict):
        draft(seen=0)
    second = draft(seen=1)
    first.refresh_from_db()
    assert (first.state, second.version) == ("retired", 2)


def test_a_version_begins_without_the_references_of_points_that_were_removed(ganzi):
    site = a_site()
    gone, stays = a_point(site), a_point(site)
    references = {str(one.uuid): {"rate": 1, "approved": True} for one in (gone, stays)}
    a_threshold_set(site, numbers={"references": references})
    remove_point(by=ENGINEER, at=AT, point=gone.uuid, because="拆了")

    assert set(draft(numbers=beginning_of(site)).numbers["references"]) == {str(stays.uuid)}


def test_another_approves_and_the_version_before_is_retired(ganzi):
    site = a_site()
    point = a_point(site)
    old = a_threshold_set(site)
    track = SiteTrack.objects.create(site=site, due=10**18)
    found = draft(numbers={"references": {str(point.uuid): {"rate": 0.4, "spread": 0.1}}})

    approve(found)

    found.refresh_from_db()
    old.refresh_from_db()
    track.refresh_from_db()
    assert (found.state, found.approved_by, old.state, track.due) == ("approved", LEADER.ref, "retired", 0)
    assert found.numbers["references"][str(point.uuid)]["approved"] is True
    assert [(one.old, one.new) for one in old.moves.all()] == [("approved", "retired")]
    with pytest.raises(Conflict):
        approve(found)


def test_nobody_approves_their_own_draft_nor_without_holding_it(ganzi):
    a_site()
    both = actor("consultation_lead", programme="zj-ganzi", ref="user:both").lent(
        "hazard.manage", programme="zj-ganzi", place=None
    )
    found = draft(by=both)

    with pytest.raises(Refused):
        approve(found, by=both)
    for by, error in ((ENGINEER, NotAllowed), (OFFICER, NotAllowed), (STRANGER, NotVisible)):
        with pytest.raises(error):
            approve(found, by=by)
        with pytest.raises(error):
            services.discard_thresholds(by=by if by != ENGINEER else OFFICER, at=AT, thresholds=found.uuid, because="x")
    for by, error in ((LEADER, NotAllowed), (STRANGER, NotVisible)):
        with pytest.raises(error):
            draft(by=by)
    found.refresh_from_db()
    assert found.state == "draft"


def test_only_a_draft_is_discarded_and_for_a_reason(ganzi):
    site = a_site()
    in_force, found = a_threshold_set(site), draft()
    given = {"by": LEADER, "at": AT}

    with pytest.raises(BadInput):
        services.discard_thresholds(**given, thresholds=found.uuid, because="")
    with pytest.raises(Conflict):
        services.discard_thresholds(**given, thresholds=in_force.uuid, because="不要")
    assert services.discard_thresholds(**given, thresholds=found.uuid, because="算错了").state == "retired"


def test_rates_by_hand():
    # 1, 2, 3, 4, 5, 6, 7: mean 4, squares 9+4+1+0+1+4+9 = 28, over 6 is 4.6667.
    found = measured([-1, -2, -3, -4, -5, -6, -7])

    assert (found.mean, found.count) == (4, 7)
    assert found.spread == pytest.approx(2.160247)
    with pytest.raises(Refused):
        measured([1.0] * 6)


def test_versions_beside_one_another():
    old, new = {"a": {"b": 1, "c": 2}, "d": {"e": 1}}, {"a": {"b": 1, "c": 3}, "d": {}}

    assert [(one.path, one.old, one.new) for one in differences(old, new)] == [("a.c", 2, 3), ("d.e", 1, None)]
    assert overlaid(old, {"a.c": 3, "f.g": 1}) == {"a": {"b": 1, "c": 3}, "d": {"e": 1}, "f": {"g": 1}}
    assert old["a"]["c"] == 2


def test_a_quiet_time_becomes_the_reference_of_a_draft(ganzi):
    site = a_site()
    moving, apart = a_point(site), a_point(site, apart_at=AT, apart_by="x", apart_because="x")
    a_point(site, quantity=Quantity.RAIN)
    slope(moving, 2.4)
    slope(apart, 9)
    first, last = date(2026, 11, 3), date(2026, 11, 20)

    found = services.draft_references(by=ENGINEER, at=AT, site=site.code, first=first, last=last, source="看过现场")

    references = found.numbers["references"]
    assert set(references) == {str(moving.uuid)}
    assert references[str(moving.uuid)]["rate"] == pytest.approx(2.4, abs=0.01)
    assert references[str(moving.uuid)]["spread"] == pytest.approx(0, abs=0.01)
    assert "2026-11-03" in references[str(moving.uuid)]["source"]
    with pytest.raises(Refused):
        services.draft_references(by=ENGINEER, at=AT, site=site.code, first=last, last=last, source="太短")
    for wrong in ((last, first), (date(2020, 1, 1), last), (first, date(2027, 1, 1))):
        with pytest.raises(BadInput):
            services.draft_references(by=ENGINEER, at=AT, site=site.code, first=wrong[0], last=wrong[1], source="x")
    with pytest.raises(NotAllowed):
        services.draft_references(by=OFFICER, at=AT, site=site.code, first=first, last=last, source="x")


def test_a_draft_tried_on_the_past_says_what_a_plain_replay_says_and_keeps_nothing(ganzi):
    site = a_site()
    point = a_point(site)
    times, values = slope(point, 0.5, sudden=60)
    references = {str(point.uuid): {"rate": 0.5, "spread": 0.1, "source": "x"}}
    approve(draft(numbers={"references": references}))
    dull = {"angle": {"orange": 89.8, "red": 89.9}, "rate": {"yellow": 900, "orange": 950, "red": 1000}}
    found = draft(numbers={"references": references, "absolute": {"orange_mm_h": 9000, "red_mm_h": 9999}, **dull})

    tried = services.try_thresholds(
        by=LEADER, at=AT, thresholds=found.uuid, first=date(2026, 11, 10), last=date(2026, 11, 22)
    )

    sharp = Thresholds.read({"references": {key: {**one, "approved": True} for key, one in references.items()}})
    plain = Replay(sharp, {str(point.uuid): Point(Quantity.DISPLACEMENT, Zone.MIDDLE)})
    for at, value in zip(times, values, strict=True):
        plain.step(instant_of(at), {str(point.uuid): value})
    shown = [(one.begin_us, one.until_us, one.highest) for one in tried.before]
    assert shown == [(one.begin_us, one.until_us, one.highest) for one in plain.episodes]
    assert shown
    assert tried.readings == sum(at >= AT - timedelta(days=12, hours=10) for at in times)
    assert len(tried.differs["moved"]) + len(tried.differs["lost"]) == len(shown)
    assert not Judgement.objects.exists()
    assert ThresholdSet.objects.count() == 2
    assert AuditRow.objects.filter(action="hazards.thresholds.tried").count() == 1
    with pytest.raises(NotAllowed):
        services.try_thresholds(
            by=OFFICER, at=AT, thresholds=found.uuid, first=date(2026, 11, 10), last=date(2026, 11, 22)
        )


def test_the_pages_draft_try_and_approve(ganzi, sign_in):
    site = a_site()
    point = a_point(site)
    slope(point, 0.5, sudden=60)
    engineer, leader, officer, stranger = (
        sign_in(role, username=role or "nobody", **({"programme": "zj-ganzi"} if role else {}))
        for role in ("station_engineer", "consultation_lead", "duty_officer", None)
    )
    base = f"/hazards/sites/{site.code}/thresholds"
    new = engineer.get(f"{base}/new").context["form"]
    sent = {name: new[name].value() for name in new.fields if new[name].value() is not None} | {"source": SOURCE}

    wrong = engineer.post(f"{base}/new", {**sent, "angle__red": "70"})
    assert wrong.status_code == 400
    assert "angle__red" in wrong.context["form"].errors
    assert engineer.post(f"{base}/new", {**sent, "numbers": "{"}).status_code == 422
    assert "numbers" in engineer.post(f"{base}/new", {**sent, "numbers": '{"foo": 1}'}).context["form"].errors
    page = engineer.post(f"{base}/new", {**sent, "angle__red": "88"})["Location"]
    assert ThresholdSet.objects.get().numbers["angle"]["red"] == 88
    assert [one.get(page).status_code for one in (engineer, leader, officer, stranger)] == [200, 200, 200, 404]
    assert [one.get(f"{base}/").status_code for one in (officer, stranger)] == [200, 404]
    assert [one.get(f"{base}/new").status_code for one in (officer, stranger)] == [403, 404]
    days = {"first": "2026-11-10", "last": "2026-11-22"}
    tried, *others = [one.post(f"{page}try", days) for one in (engineer, leader, officer, stranger)]
    assert [one.status_code for one in others] == [302, 403, 404]
    job = Job.objects.earliest("pk")
    assert tried["Location"] == f"/jobs/{job.uuid}/"
    assert engineer.get(f"{page}?tried={job.uuid}").context["tried"] is None
    run(by=system("worker"), at=AT, job=job.uuid)
    job.refresh_from_db()
    shown = engineer.get(job.url.partition("#")[0]).context["tried"]
    assert shown["readings"] == 298
    assert shown["after"][0]["highest"] == LEVELS[Level.YELLOW]
    # What one has tried is nobody else's; another version has not been tried by it.
    assert leader.get(job.url.partition("#")[0]).context["tried"] is None
    assert "last" in engineer.post(f"{page}try", {**days, "last": "2019-01-01"}).context["acts"]["try"].errors
    assert engineer.post(f"{page}approve").status_code == 404
    assert officer.post(f"{page}approve").status_code == 403
    measured = engineer.get(f"{base}/references?first=2026-11-03&last=2026-11-18")
    assert [row["found"].count for row in measured.context["rows"]] == [16]
    assert engineer.get(f"{base}/references?first=2026-11-03&last=2031-11-18").context["asked"].errors
    assert leader.post(f"{page}approve").status_code == 302
    assert ThresholdSet.objects.get().state == "approved"
    assert SOURCE in officer.get(f"/hazards/sites/{site.code}/").content.decode()


def test_what_a_draft_changes_is_told_in_words_without_what_is_no_number(ganzi, sign_in):
    site = a_site()
    point = a_point(site, "后缘一号")
    reference = {"rate": 2, "spread": 0.5, "approved": True, "source": "平稳段"}
    a_threshold_set(site, numbers={"references": {str(point.uuid): reference}})
    changed = {"references": {str(point.uuid): {**reference, "rate": 3}}, "angle": {"red": 88.0}, "rain": {"days": 9}}
    draft = services.draft_thresholds(by=ENGINEER, at=AT, site=site.code, numbers=changed, source=SOURCE)

    shown = sign_in("consultation_lead", programme="zj-ganzi").get(f"/hazards/thresholds/{draft.uuid}/").context
    told = {words.text if words else path: (old, new) for words, path, old, new in shown["differs"]}

    assert told == {
        "“%(point)s”的基准速率：%(what)s": ("2", "3"),
        "切线角：红色从多少度起": ("85", "88"),
        "rain.days": (told["rain.days"][0], "9"),
    }
