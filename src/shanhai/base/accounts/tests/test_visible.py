# SPDX-License-Identifier: Apache-2.0
"""Role × scope × place: what the database shows is what the actor may, row by row."""

from datetime import UTC, datetime

import pytest

from shanhai.base.accounts.roles import ROLES
from shanhai.base.audit.models import AuditRow
from shanhai.base.database.selectors import Unplaced, visible, within
from shanhai.kernel.actors import NOBODY, Actor, Scope

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
PROGRAMMES = ("", "zj-ganzi", "zj-nagqu")
# A province, its prefecture, a county of it, one at the end of the prefecture's codes, a township, another province.
PLACES = ("", "510000", "513300", "513301", "513399", "513301100000", "513399999999", "540602", "513401")
SCOPES = [
    Scope(programme, place)
    for programme in (None, "zj-ganzi")
    for place in (None, "510000", "513300", "513301", "540602")
]
PERMISSIONS = sorted({permission for role in ROLES.values() for permission in role.permissions})


@pytest.fixture(autouse=True)
def _rows(db):
    pairs = [(programme, place) for programme in PROGRAMMES for place in PLACES]
    AuditRow.objects.bulk_create(
        # Any model with a programme and a place would do. The recipient stands in another of its columns.
        AuditRow(seq=seq, at=AT, action="x", programme=programme, place=place, subject_id="513300", hash="0")
        for seq, (programme, place) in enumerate(pairs)
    )


def seen(viewer, permission, **how):
    found = AuditRow.objects.filter(visible(viewer, permission, **how))
    return set(found.values_list("programme", "place"))


def expected(may):
    return {(programme, place) for programme in PROGRAMMES for place in PLACES if may(programme, place)}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_rows_are_seen_where_the_actor_may(role, scope):
    viewer = Actor("user:x", grants=dict.fromkeys(ROLES[role].permissions, (scope,)))
    held = {permission for permission in PERMISSIONS if viewer.may_somewhere(permission)}

    # One held permission and one that is not stand for all: the database is asked about no more than the scopes.
    for permission in [*sorted(held)[:1], *sorted(set(PERMISSIONS) - held)[:1]]:
        assert seen(viewer, permission) == expected(
            lambda programme, place, permission=permission: viewer.may(
                permission, programme=programme or None, place=place or None
            )
        )
    assert held == set(ROLES[role].permissions)


@pytest.mark.parametrize("one", SCOPES, ids=str)
@pytest.mark.parametrize("other", SCOPES, ids=str)
def test_two_scopes_show_what_either_shows(one, other):
    viewer = Actor("user:x", grants={"audit.view": (one, other)})

    assert seen(viewer, "audit.view") == expected(
        lambda programme, place: viewer.may("audit.view", programme=programme or None, place=place or None)
    )


def test_nobody_sees_nothing_and_everywhere_is_all_also_beside_another_condition():
    everyone = Actor("user:x", grants={"audit.view": (Scope(),)})

    assert seen(NOBODY, "audit.view") == set()
    assert AuditRow.objects.filter(visible(everyone, "audit.view") | within("540602")).count() == 27


SHARED = {
    # scope: the programmes whose rows without a place it sees, where the programmes support 513300
    Scope("zj-ganzi", "513301"): {"zj-ganzi"},
    Scope("zj-ganzi", "540602"): {"zj-ganzi"},
    Scope("zj-ganzi"): {"zj-ganzi"},
    Scope(None, "513301"): set(PROGRAMMES),
    Scope(None, "513300"): set(PROGRAMMES),
    Scope(None, "510000"): set(PROGRAMMES),
    Scope(None, "540602"): set(),
    Scope(None, "513401"): set(),
    Scope(): set(PROGRAMMES),
}


@pytest.mark.parametrize("scope", SHARED, ids=str)
def test_a_shared_row_belongs_to_whoever_sees_its_programme(scope):
    viewer = Actor("user:x", grants={"audit.view": (scope,)})

    def may(programme, place):
        if not place:
            return programme in SHARED[scope]
        return viewer.may("audit.view", programme=programme or None, place=place)

    assert seen(viewer, "audit.view", unplaced=Unplaced.SHARED, recipient="subject_id") == expected(may)


def test_without_a_recipient_a_scope_of_a_place_alone_sees_no_shared_row():
    viewer = Actor("user:x", grants={"audit.view": (Scope(None, "513301"),)})

    assert "" not in {place for _, place in seen(viewer, "audit.view", unplaced=Unplaced.SHARED)}


@pytest.mark.parametrize(
    ("unplaced", "programmes"), [(Unplaced.HIDDEN, set()), (Unplaced.SHARED, {"zj-ganzi"})], ids=str
)
def test_rows_of_a_kind_without_places(unplaced, programmes):
    county = Actor("user:x", grants={"audit.view": (Scope("zj-ganzi", "513301"),)})

    assert {programme for programme, _ in seen(county, "audit.view", place=None, unplaced=unplaced)} == programmes
