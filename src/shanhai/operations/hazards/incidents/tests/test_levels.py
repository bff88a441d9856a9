# SPDX-License-Identifier: Apache-2.0
"""Levels: who proposes what, who decides, and that all of a decision is written or nothing."""

from datetime import timedelta

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.actors import system
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.operations.hazards.incidents.rules.proposals import is_news, level_of, state_after
from shanhai.operations.hazards.incidents.services import levels
from shanhai.operations.hazards.models import Consultation, Incident, IncidentMove, Proposal
from shanhai.operations.hazards.tests.builders import a_site
from shanhai.operations.hazards.values import Level
from tests.cast import AT, CONSULTATION_LEAD, DUTY_OFFICER, OFFICE, STRANGER, actor

pytestmark = pytest.mark.django_db
ENGINE = system("hazards.watch", ("hazard.view", "hazard.duty"))
BLUE, YELLOW, ORANGE, RED = list(Level)[1:]
LEAD = CONSULTATION_LEAD
MINUTES = {"attendees": "县自然资源局、乡镇、专家组", "opinion": "后缘裂缝加宽，按黄色处置。"}


@pytest.fixture
def site(db):
    return a_site()


def trail():
    """What the trail says of incidents."""
    return AuditRow.objects.filter(action__startswith="hazards.incident.")


def propose(level=YELLOW, *, by=DUTY_OFFICER, because="后缘裂缝加宽", **kw):
    return levels.propose(by=by, at=AT, site="wuse-slope", level=level, because=because, **kw)


def decide(incident, level=YELLOW, *, by=LEAD, **kw):
    given = {**MINUTES, "seen": incident.version, **kw}
    return levels.decide(by=by, at=AT + timedelta(minutes=5), incident=incident.uuid, level=level, **given)


def test_a_person_on_duty_opens_an_incident_with_a_proposal(site):
    made = propose(expected_at=AT + timedelta(hours=6))

    told = made.state, made.proposed, made.proposed_by, made.expected_at
    assert told == ("proposed", YELLOW, DUTY_OFFICER.ref, AT + timedelta(hours=6))
    assert [(one.level, one.because) for one in Proposal.objects.all()] == [(YELLOW, "后缘裂缝加宽")]
    assert IncidentMove.objects.get().new == "proposed"
    row = trail().get()
    assert (row.action, row.changes["proposed"]) == ("hazards.incident.proposed", [None, "yellow"])


@pytest.mark.parametrize(
    ("by", "error"), [(OFFICE, NotAllowed), (STRANGER, NotVisible), (actor("duty_officer", programme="b"), NotVisible)]
)
def test_who_is_not_on_duty_there_proposes_nothing(site, by, error):
    with pytest.raises(error):
        propose(by=by)
    assert not Incident.objects.exists()


def test_what_is_wrong_with_a_proposal_is_said_at_once(site):
    with pytest.raises(BadInput) as told:
        propose(0, because=" ", expected_at=AT)

    assert {told.value.field, *(one.field for one in told.value.others)} == {"level", "because", "expected_at"}
    assert not Incident.objects.exists()


def test_what_is_expected_in_years_is_refused_from_a_person_and_no_instant_from_the_engine(site):
    years = AT.replace(year=9999)
    with pytest.raises(BadInput) as told:
        propose(expected_at=years)
    assert told.value.field == "expected_at"

    made = propose(by=ENGINE, because="", expected_at=years)
    assert made.expected_at is None
    with pytest.raises(BadInput) as told:
        decide(made, expected_at=years)
    assert told.value.field == "expected_at"


# What is in force, what is proposed, what is proposed now: whether it is news of a person and of the engine.
@pytest.mark.parametrize(
    ("in_force", "proposed", "level", "person", "engine"),
    [
        (0, None, BLUE, True, True),
        (0, YELLOW, YELLOW, False, False),
        (0, YELLOW, ORANGE, True, True),
        (0, YELLOW, BLUE, Refused, False),
        (YELLOW, None, YELLOW, Refused, False),
        (YELLOW, None, RED, True, True),
        (YELLOW, None, BLUE, True, False),
        (RED, YELLOW, ORANGE, True, False),
        (RED, YELLOW, RED, Refused, False),
        (RED, ORANGE, YELLOW, Refused, False),
    ],
)
def test_the_engine_only_raises_and_a_person_may_also_propose_to_lower(in_force, proposed, level, person, engine):
    facts = {"in_force": Level(in_force), "proposed": proposed}

    assert is_news(level, **facts, engine=True) is engine
    if person is Refused:
        with pytest.raises(Refused):
            is_news(level, **facts, engine=False)
    else:
        assert is_news(level, **facts, engine=False) is person


def test_a_proposal_that_is_no_news_leaves_no_trace(site):
    made = propose(by=ENGINE, because="", reasons=[{"code": "tangent_angle"}])
    again = propose(by=ENGINE, because="", reasons=[{"code": "rate"}])
    falling = propose(BLUE, by=ENGINE, because="")

    assert made == again == falling
    assert again.reasons == [{"code": "tangent_angle"}]
    assert (
        Proposal.objects.count(),
        trail().count(),
        again.version,
    ) == (1, 1, made.version)


def test_the_engine_falling_where_nothing_is_open_opens_nothing(site):
    incident = propose(by=ENGINE, because="")
    lifted = decide(decide(incident), 0)

    assert lifted.state == "lifted"
    assert propose(by=ENGINE, because="").pk != incident.pk


def test_nothing_is_proposed_at_a_closed_site(site):
    site.state = "closed"
    site.save()

    with pytest.raises(Refused, match="销号"):
        propose()


def test_a_decision_writes_move_and_minutes_and_clears_the_proposal(site):
    decided = decide(propose(RED), ORANGE)

    decided.refresh_from_db()
    assert (decided.state, decided.proposed, decided.proposed_by, decided.reasons) == ("orange", None, "", [])
    minutes = Consultation.objects.get()
    assert (minutes.level, minutes.attendees, minutes.by) == (ORANGE, MINUTES["attendees"], LEAD.ref)
    assert [one.new for one in decided.moves.order_by("pk")] == ["proposed", "orange"]
    assert trail().latest("seq").action == "hazards.incident.decided"


@pytest.mark.parametrize(
    ("state", "level", "after"),
    [("proposed", 0, "dismissed"), ("yellow", 0, "lifted"), ("yellow", RED, "red"), ("red", BLUE, "blue")],
)
def test_where_a_decision_leads(state, level, after):
    assert state_after(state, Level(level)) == after
    assert level_of(after) == level


def test_the_same_level_again_is_minutes_without_a_move(site):
    standing = decide(propose())
    kept = decide(standing)

    assert (kept.state, kept.moves.count(), kept.consultations.count()) == ("yellow", 2, 2)
    assert trail().latest("seq").action == "hazards.incident.kept"


def test_nobody_decides_on_a_proposal_of_their_own(site):
    own = propose(by=LEAD)

    for level in (YELLOW, 0):
        with pytest.raises(Refused, match="别人"):
            decide(own, level)
    other = actor("consultation_lead", programme="zj-ganzi", ref="user:other")
    assert decide(own, by=other).state == "yellow"


def test_who_is_on_duty_decides_nothing(site):
    with pytest.raises(NotAllowed):
        decide(propose(by=ENGINE, because=""), by=DUTY_OFFICER)
    with pytest.raises(NotVisible):
        decide(Incident.objects.get(), by=actor("consultation_lead", programme="b"))


def test_minutes_say_who_and_what(site):
    incident = propose()
    with pytest.raises(BadInput) as told:
        decide(incident, 7, attendees=" ", opinion="", expected_at=AT)

    assert {told.value.field, *(one.field for one in told.value.others)} == {
        "level",
        "attendees",
        "opinion",
        "expected_at",
    }
    incident.refresh_from_db()
    assert (incident.state, Consultation.objects.count()) == ("proposed", 0)


def test_deciding_twice_and_after_a_new_proposal_is_told_in_words(site):
    incident = propose()
    decide(incident)
    with pytest.raises(Conflict, match="黄色"):
        decide(incident)
    standing = Incident.objects.get()
    propose(RED, by=ENGINE, because="")
    with pytest.raises(Conflict, match="变化"):
        decide(standing, 0)
    decide(Incident.objects.get(), 0)
    with pytest.raises(Conflict, match="已解除"):
        decide(Incident.objects.get(), RED)

    assert Consultation.objects.count() == 2


def test_a_drill_and_an_incident_in_earnest_stand_side_by_side_at_one_site(site):
    drill = levels.begin_drill(by=DUTY_OFFICER, at=AT, site=site.code, level=RED, scenario="假设暴雨后后缘拉裂")
    earnest = propose(BLUE)

    assert (drill.exercise, earnest.exercise) == (True, False)
    assert (drill.proposed_because, drill.proposed) == ("假设暴雨后后缘拉裂", RED)
    with pytest.raises(Conflict, match="演练"):
        levels.begin_drill(by=DUTY_OFFICER, at=AT, site=site.code, level=BLUE, scenario="再来一次")
    assert decide(decide(drill, RED), 0).state == "lifted"
    earnest.refresh_from_db()
    assert earnest.state == "proposed"


def test_a_drill_has_a_scenario(site):
    with pytest.raises(BadInput) as told:
        levels.begin_drill(by=DUTY_OFFICER, at=AT, site=site.code, level=0, scenario="")

    assert [told.value.field, *(one.field for one in told.value.others)] == ["scenario", "level"]


def test_the_consultation_may_say_that_no_instant_is_known(site):
    made = propose(expected_at=AT + timedelta(hours=6))

    assert decide(made, expected_at=None).expected_at is None
