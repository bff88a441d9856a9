# SPDX-License-Identifier: Apache-2.0
"""Who is called, in order."""

from dataclasses import replace
from datetime import date, time
from uuid import uuid4

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible
from shanhai.operations.hazards.models import ChainLink
from shanhai.operations.hazards.sites.selectors.sites import chain_in_words, chain_of
from shanhai.operations.hazards.sites.services.chains import set_chain
from shanhai.operations.hazards.sites.values import LinkFacts
from shanhai.operations.hazards.tests.builders import a_chain, a_site
from shanhai.registers.people.tests.builders import a_person
from tests.cast import AT, STRANGER, actor

ENGINEER = actor("station_engineer", programme="zj-ganzi")


def link(person, **facts):
    return replace(LinkFacts("monitor", person.uuid, ["app", "sms"]), **facts)


def put(*links, by=ENGINEER, **more):
    return set_chain(by=by, at=AT, site="wuse-slope", links=links, **more)


def test_a_chain_replaces_the_one_before_in_its_order(ganzi):
    site = a_site()
    a_chain(site)
    first, second = a_person("丁四"), a_person("戊五")

    put(link(second), link(first, role="village", quiet_from=time(22), quiet_until=time(6)))

    found = chain_of(site)
    assert [(one.position, one.person.name, one.role) for one in found] == [
        (1, "戊五", "monitor"),
        (2, "丁四", "village"),
    ]
    trail = AuditRow.objects.get(action="hazards.site.chained")
    assert "丁四" not in str(trail.changes)
    assert str(first.uuid) in str(trail.changes)


def test_what_is_wrong_is_said_at_its_place_and_nothing_changes(ganzi):
    site = a_site()
    a_chain(site)
    good = a_person("丁四")
    gone = a_person("己六", valid_until=date(2026, 1, 1))
    elsewhere = a_person("庚七", programme="other")

    with pytest.raises(BadInput) as refused:
        put(
            link(good),
            link(good),
            link(gone),
            link(elsewhere),
            replace(link(good), person=uuid4()),
            link(a_person("辛八"), channels=[]),
            link(a_person("壬九"), channels=["siren"]),
            link(a_person("癸十"), quiet_from=time(22)),
            link(a_person("子一"), role="king"),
        )

    assert {one.field for one in (refused.value, *refused.value.others)} == set("23456789")
    assert ChainLink.objects.count() == 3


def test_a_chain_that_somebody_else_has_changed_meanwhile_is_not_overwritten(ganzi):
    site = a_site()
    a_chain(site)
    seen = chain_in_words(chain_of(site))

    put(link(a_person("丁四")), seen=seen)
    with pytest.raises(Conflict):
        put(seen=seen)
    assert ChainLink.objects.count() == 1


@pytest.mark.parametrize(("by", "error"), [(actor("duty_officer"), NotAllowed), (STRANGER, NotVisible)])
def test_who_does_not_manage_sets_no_chain(ganzi, by, error):
    a_chain(a_site())

    with pytest.raises(error):
        put(by=by)
    assert ChainLink.objects.count() == 3
