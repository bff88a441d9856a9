# SPDX-License-Identifier: Apache-2.0
"""What is taught counts once the receiving side has confirmed it; the name of who learns does not stay for ever."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.registry import registries
from shanhai.planning.handovers.selectors.causes import collector_for, list_causes
from shanhai.planning.handovers.values import ItemKind
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.secondments.models import Post, TeachingRecord
from shanhai.team.secondments.selectors.roster import get_teaching
from shanhai.team.secondments.services import teaching
from shanhai.team.secondments.states import TEACHING_MOVES, TeachingState
from shanhai.team.secondments.tests.builders import PERSONNEL, SINCE, a_post, a_secondment, two_counties
from shanhai.team.secondments.values import TeachingFacts, TeachingKind
from tests.cast import AT, AUDITOR, KANGDING, STRANGER, a_user, actor, actor_of, waiting_for
from tests.refusals import refused

pytestmark = pytest.mark.django_db
FACTS = TeachingFacts(TeachingKind.TECHNIQUE, "关节镜手术", SINCE)


@pytest.fixture
def held():
    return a_secondment(a_post(two_counties()))


def taught(held, *, by=PERSONNEL, **kw):
    return teaching.record_teaching(by=by, at=AT, secondment=held.uuid, facts=replace(FACTS, **kw))


@pytest.mark.parametrize(
    ("facts", "field", "error"),
    [
        ({"title": " "}, "title", BadInput),
        ({"kind": TeachingKind.APPRENTICE}, "apprentice", BadInput),
        ({"apprentice": "央一"}, "apprentice", BadInput),
        ({"since": date(2025, 12, 31)}, "since", Refused),
        ({"since": date(2027, 1, 1)}, "since", Refused),
        ({"until": SINCE}, "until", BadInput),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_at_its_field(held, facts, field, error):
    with pytest.raises(error) as caught:
        taught(held, **facts)

    assert caught.value.field == field
    assert not TeachingRecord.objects.exists()


@pytest.mark.parametrize("old", TeachingState)
def test_it_moves_as_the_table_says(held, old):
    record = taught(held)
    for to, act in (
        (TeachingState.CONFIRMED, lambda: teaching.confirm_teaching(by=KANGDING, at=AT, record=record.uuid)),
        (
            TeachingState.DISPUTED,
            lambda: teaching.dispute_teaching(by=KANGDING, at=AT, record=record.uuid, because="x"),
        ),
    ):
        TeachingRecord.objects.update(state=old)
        if to in TEACHING_MOVES[old]:
            act()
            assert TeachingRecord.objects.get().state == to
        else:
            with refused(Conflict, "states.illegal_move"):
                act()


def test_who_is_seconded_records_their_own_and_confirms_nothing_of_it(held):
    user = a_user("county_user", programme="zj-ganzi", place="513301")
    held.person.user = user
    held.person.save()
    own = taught(held, by=actor_of(user))
    others = taught(held, title="胸腔镜手术")

    for record in (own, others):
        with refused(NotAllowed, "secondments.own"):
            teaching.confirm_teaching(by=actor_of(user), at=AT, record=record.uuid)
    with pytest.raises(NotAllowed):
        taught(held, by=actor("county_user", programme="zj-ganzi", place="513301", ref="user:other"))


def test_it_waits_for_the_county_and_nobody_else(held):
    record = taught(held)

    assert waiting_for(KANGDING, "secondments.waiting") == [f"/team/secondments/{held.uuid}/"]
    for viewer in (AUDITOR, actor("county_user", programme="zj-ganzi", place="513322")):
        assert waiting_for(viewer, "secondments.waiting") == []
    for viewer in (STRANGER, actor("county_user", programme="zj-ganzi", place="513322")):
        with pytest.raises(NotVisible):
            get_teaching(viewer=viewer, uuid=record.uuid)
    teaching.confirm_teaching(by=KANGDING, at=AT, record=record.uuid)
    assert waiting_for(KANGDING, "secondments.waiting") == []


def test_names_of_apprentices_go_three_years_after_and_the_trail_never_had_them(held):
    taught(held, kind=TeachingKind.APPRENTICE, apprentice="央一")
    later = a_secondment(a_post(held.programme, title="护士"), a_person("乙二"), until=date(2026, 6, 1))
    taught(later, kind=TeachingKind.APPRENTICE, apprentice="央二")
    declared = registries.personal_data.get("secondments.TeachingRecord")

    # Until 1 June 2026, and until 1 January 2027: three years.
    assert declared.erase(by=PERSONNEL, at=datetime(2029, 5, 31, 2, tzinfo=UTC)) == 0
    assert declared.erase(by=PERSONNEL, at=datetime(2029, 6, 1, 2, tzinfo=UTC)) == 1

    assert sorted(TeachingRecord.objects.values_list("apprentice", flat=True)) == ["", "央一"]
    assert not any("央" in str(row.changes) + row.because for row in AuditRow.objects.all())


def test_what_is_not_finished_holds_the_batch_back_by_the_registry(held):
    record = taught(held)
    Post.objects.update(until=date(2027, 6, 30))
    look = collector_for("zj-ganzi")

    def owed(until):
        found = list_causes(viewer=look, programme="zj-ganzi", until=until, at=AT)
        return [(one.kind, one.label, one.responsible.name) for one in found]

    assert owed(date(2027, 6, 30)) == [
        (ItemKind.OPEN_SECONDMENT, "骨科医生 · 甲一", ""),
        (ItemKind.UNCONFIRMED_TEACHING, "甲一 · 关节镜手术", "康定市人民医院"),
    ]
    teaching.confirm_teaching(by=KANGDING, at=AT, record=record.uuid)
    assert owed(date(2027, 6, 30)) == [(ItemKind.OPEN_SECONDMENT, "骨科医生 · 甲一", "")]
    # Not yet at its end on that day.
    assert owed(date(2026, 12, 31)) == []
