# SPDX-License-Identifier: Apache-2.0
"""An inspection's findings are given to somebody, mended with a proof, and closed by somebody else."""

from datetime import date, timedelta

import pytest

from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.team.contests.inspections import services
from shanhai.team.contests.models import Finding, Inspection
from shanhai.team.contests.tests.builders import INSPECTOR, TODAY, a_finding, a_team, an_inspection, the_questions
from shanhai.team.contests.values import Answer
from shanhai.team.secondments.tests.builders import two_counties
from tests.cast import AT, OFFICE, STRANGER, a_user, actor, actor_of, waiting_for

pytestmark = pytest.mark.django_db
MEMBER, OTHER = actor("secondee", ref="user:member"), actor("secondee", ref="user:other")


@pytest.fixture
def group():
    two_counties()
    the_questions()
    return a_team("甲组", MEMBER)


def test_each_no_becomes_a_finding_that_somebody_else_closes(group):
    owner = a_user("secondee", username="整改人", programme="zj-ganzi")
    made = an_inspection(group, 2, 4, by=MEMBER)
    first, second = made.findings.order_by("pk")
    assert [first.words, second.words] == ["问题2", "问题4"]
    page = f"/inspections/findings/{first.uuid}/"
    assert page in waiting_for(OFFICE, "contests.waiting")

    services.assign(by=OFFICE, at=AT, finding=first.uuid, owner=owner.uuid, due_on=TODAY)
    assert waiting_for(actor_of(owner), "contests.waiting") == [page]
    with pytest.raises(NotAllowed, match="由责任人报告"):
        services.claim_mended(by=OFFICE, at=AT, finding=first.uuid, proof="好了")
    services.claim_mended(by=actor_of(owner), at=AT, finding=first.uuid, proof="照片三张")
    assert page in waiting_for(OFFICE, "contests.waiting")
    services.reopen_finding(by=OFFICE, at=AT, finding=first.uuid, because="还缺一处", due_on=TODAY)
    first.refresh_from_db()
    assert (first.state, first.proof) == ("assigned", "")
    services.claim_mended(by=actor_of(owner), at=AT, finding=first.uuid, proof="补好了")
    services.close_finding(by=OFFICE, at=AT, finding=first.uuid)
    first.refresh_from_db()
    assert (first.state, first.closed_on) == ("closed", TODAY)
    with pytest.raises(Conflict, match="现在是“已验收”"):
        services.close_finding(by=OFFICE, at=AT, finding=first.uuid)

    family = registries.figures.get("contests")
    for day, number in ((TODAY, 1), (TODAY - timedelta(days=1), 2), (date(2026, 11, 19), 0)):
        figures = family.list_figures(viewer=OFFICE, scope=FigureScope("zj-ganzi", day))
        assert {one.key: one.value.number for one in figures}["contests.findings"] == number


def test_nobody_closes_their_own(group):
    owner = a_user("office", username="办公室")
    found = a_finding(group, owner)
    services.claim_mended(by=actor_of(owner), at=AT, finding=found.uuid, proof="好了")
    for act in (
        lambda: services.close_finding(by=actor_of(owner), at=AT, finding=found.uuid),
        lambda: services.reopen_finding(by=actor_of(owner), at=AT, finding=found.uuid, because="不", due_on=TODAY),
    ):
        with pytest.raises(NotAllowed, match="由别人验收"):
            act()
    services.close_finding(by=OFFICE, at=AT, finding=found.uuid)


def test_who_inspects_whom(group):
    other = a_team("乙组", OTHER)
    # A mutual check is recorded by the group that inspects.
    made = an_inspection(group, 1, by=OTHER, by_group=other.uuid)
    assert made.by_group == other
    for by, kw, error in (
        (OTHER, {}, NotAllowed),
        (MEMBER, {"by_group": other.uuid}, NotAllowed),
        (MEMBER, {"by_group": group.uuid}, BadInput),
        (STRANGER, {}, NotVisible),
    ):
        with pytest.raises(error):
            an_inspection(group, 1, by=by, **kw)
    assert Inspection.objects.count() == 1


@pytest.mark.parametrize(
    ("kw", "field"),
    [
        ({"day": TODAY + timedelta(days=1)}, "day"),
        ({"day": date(1999, 1, 1)}, "day"),
        ({"answers": {1: (Answer.YES, "")}}, "note-2"),
        ({"answers": dict.fromkeys(range(1, 6), (Answer.NO, " "))}, "note-1"),
    ],
    ids=str,
)
def test_what_is_no_inspection(group, kw, field):
    with pytest.raises((BadInput, Refused)) as refused:
        an_inspection(group, **kw)
    assert refused.value.field == field
    assert not Inspection.objects.exists()


def test_what_is_given_has_an_owner_and_a_day_to_come(group):
    found, owner = a_finding(group), a_user("secondee")
    nobody = {"owner": found.uuid, "due_on": TODAY}
    for given, field in ((nobody, "owner"), ({"owner": owner.uuid, "due_on": date(2026, 11, 21)}, "due_on")):
        with pytest.raises(BadInput) as refused:
            services.assign(by=INSPECTOR, at=AT, finding=found.uuid, **given)
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        services.assign(by=MEMBER, at=AT, finding=found.uuid, owner=owner.uuid, due_on=TODAY)
    assert Finding.objects.get().state == "found"
