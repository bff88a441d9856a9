# SPDX-License-Identifier: Apache-2.0
"""Whatever stands in a state that can be left is in somebody's inbox, or it is written here why it waits for nobody.

Every table of moves there is, walked as it stands in the code: a new state without a next person fails here.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from importlib import import_module

import pytest

from shanhai.field.sensors.models import Datastream, Device, Thing
from shanhai.field.sensors.tests.streams import a_stream
from shanhai.insight.evaluations.tests.builders import a_template, an_evaluation
from shanhai.insight.evidence.tests.builders import a_source
from shanhai.insight.reports.states import BulletinState, CaseState
from shanhai.insight.reports.tests.builders import a_case_in, brought_to, some_ledger
from shanhai.kernel.registry import registries
from shanhai.operations.hazards.incidents.tests.builders import a_patrol, a_shift, an_incident
from shanhai.operations.hazards.states import ThresholdState
from shanhai.operations.hazards.tests.builders import a_site, a_threshold_set
from shanhai.planning.adjustments import states as adjustments
from shanhai.planning.adjustments.tests.builders import an_adjustment
from shanhai.planning.handovers.services import open_handover
from shanhai.planning.handovers.tests.builders import LEAVING, a_batch
from shanhai.planning.programmes.tests.builders import (
    a_campaign,
    a_group,
    a_programme,
    a_task,
    a_yearly_plan,
    an_action,
)
from shanhai.planning.projects.states import Stage
from shanhai.planning.projects.tests.builders import a_programme as a_desk
from shanhai.planning.projects.tests.builders import a_project, without_gates
from shanhai.planning.projects.values import Dates
from shanhai.planning.returns.tests.builders import a_return, ganzi_programme
from shanhai.planning.rounds.tests.builders import a_round, report_of
from shanhai.planning.warnings.services import act
from shanhai.planning.warnings.states import Action
from shanhai.planning.warnings.tests.builders import a_quiet_programme, a_warning
from shanhai.portal.tests.waits_of_team import (
    agreed,
    appealed,
    asked_car,
    away,
    found_wrong,
    given_car,
    judged_round,
    late_car,
    named,
    named_for_an_honour,
    rated_round,
    reported_case,
    taught,
    travelling,
    visiting,
    wanted,
)  # fmt: skip
from shanhai.registers.codes.tests.builders import a_signal
from shanhai.team.conduct.tests.builders import DISCIPLINE
from tests.architecture.tree import SRC, apps, modules
from tests.cast import AT, CONSULTATION_LEAD, DEPUTY, DUTY_OFFICER, FINANCE, KANGDING, LEAD, OFFICE

EVERYBODY = (OFFICE, DEPUTY, FINANCE, LEAD, KANGDING, DUTY_OFFICER, CONSULTATION_LEAD, DISCIPLINE)
Waits = Callable[..., str]
BY_ITSELF = "Nobody is to act: it is over, and is taken up again only by who finds that it is not."


def adjusted(state) -> Waits:
    """An adjustment in the state."""

    def made(folder):
        a_desk()
        return f"/adjustments/{an_adjustment(project=a_project(), state=adjustments.State(state)).uuid}/"

    return made


def staged(stage) -> Waits:
    """A project at the stage with all that its gate asks for."""

    def made(folder):
        a_desk()
        dates = Dates(finished_on=date(2026, 9, 1)) if stage in {"completed", "accepted"} else Dates()
        return f"/projects/{without_gates(a_project(stage=stage, dates=dates)).uuid}/"

    return made


def leaving(folder):
    """A batch that leaves, and what it leaves undone."""
    a_desk()
    a_project()
    handover = open_handover(by=OFFICE, at=AT, programme="zj-ganzi", batch=a_batch().uuid, due_on=LEAVING)
    return f"/handovers/{handover.uuid}/"


def reported(**facts) -> Waits:
    """The report of a group as the facts say."""

    def made(folder):
        a_programme()
        a_group()
        return f"/rounds/reports/{report_of(a_round(), '产业组', **facts).uuid}/"

    return made


def silent_month(folder):
    """A month that is overdue, of which a group without members has not reported."""
    a_programme()
    a_group(members=())
    return f"/rounds/{a_round().uuid}/"


def doubted(folder):
    """A return with a doubt about it."""
    ganzi_programme()
    return f"/returns/{a_return(folder, ('康定市', 1, 9, 8, 7, 9)).uuid}/"


def warned(folder):
    """A warning that nobody has answered."""
    a_quiet_programme()
    return f"/warnings/{a_warning().uuid}/"


def promised(folder):
    """A warning that was answered with a plan five weeks ago and is still so."""
    uuid = warned(folder)
    act(by=OFFICE, at=AT - timedelta(days=35), warning=a_uuid(uuid), action=Action.PLANNED, words="下周进场")
    return uuid


def a_uuid(address):
    return address.split("/")[2]


def planned(**facts) -> Waits:
    """A year's plan."""

    def made(folder):
        a_programme()
        return f"/programmes/zj-ganzi/plans/{a_yearly_plan(**facts).year}/"

    return made


def set_task(folder):
    """A task that is open."""
    a_programme()
    return f"/programmes/tasks/{a_task(action=an_action(campaign=a_campaign().uuid).uuid).uuid}/"


def published(folder):
    """A publication with a number that nobody has decided about."""
    a_programme()
    return f"/evidence/sources/{a_source().uuid}/"


def sent_out(state) -> Waits:
    """A bulletin in the state."""

    def made(folder):
        some_ledger()
        return f"/bulletins/{brought_to(BulletinState(state)).uuid}/"

    return made


def typical(state) -> Waits:
    """A case in the state."""

    def made(folder):
        some_ledger()
        return f"/bulletins/cases/{a_case_in(CaseState(state)).uuid}/"

    return made


def judged(state) -> Waits:
    """An evaluation in the state."""

    def made(folder):
        a_programme()
        return an_evaluation(state).get_absolute_url()

    return made


def proposed_template(folder):
    """A template that was taken in."""
    a_programme()
    return f"/evaluations/templates/{a_template(in_force=False).uuid}/"


def silent(folder):
    """A station whose device has not sent what it should have."""
    programme = a_programme()
    stream = a_stream(thing=Thing.objects.create(name="后山", code="wuse-2", programme=programme), interval_s=600)
    device = Device.objects.create(thing=stream.thing, code="logger")
    Datastream.objects.filter(pk=stream.pk).update(device=device, last_time=1, arrived=1, count=1)
    return "/sensors/stations/wuse-2/"


def rising(state) -> Waits:
    """An incident in the state."""
    return lambda folder: f"/hazards/incidents/{an_incident(state).uuid}/"


def drafted(folder):
    """Numbers of a site that nobody has approved."""
    return f"/hazards/thresholds/{a_threshold_set(a_site(), state=ThresholdState.DRAFT).uuid}/"


def to_patrol(folder):
    """A patrol that nobody has made."""
    return f"/hazards/patrols/{a_patrol().uuid}/"


def handed_over(folder):
    """A shift that nobody has taken."""
    return f"/hazards/handover/{a_shift().uuid}/"


def copied(folder):
    """Somebody tried many covered codes of a label."""
    a_signal()
    return "/codes/signals/"


WHO_ACTS: dict[str, dict[str, Waits | str]] = {
    "base.jobs.MOVES": {
        "queued": "The worker takes it; who started it is told when it ends.",
        "running": "The worker is at it; who started it is told when it ends.",
    },
    "field.sensors.MOVES": {
        "installed": silent,
        "suspended": "Somebody said so, with the reason; it is resumed or retired when they are done with it.",
    },
    "insight.evaluations.EVALUATION_MOVES": {
        state: judged(state) for state in ("assessing", "submitted", "decided", "appealed")
    },
    "insight.evaluations.TEMPLATE_MOVES": {
        "draft": proposed_template,
        "in_force": "It holds until another version is put in force.",
    },
    "insight.reports.BULLETIN_MOVES": {
        state: sent_out(state) for state in ("draft", "submitted", "checked", "returned", "approved")
    },
    "insight.reports.CASE_MOVES": {
        "draft": "Nobody waits for it: who writes it hands it in when it is done.",
        "submitted": typical("submitted"),
        "returned": typical("returned"),
    },
    "insight.evidence.CLAIM_MOVES": {
        "proposed": published,
        **dict.fromkeys(("accepted", "corrected", "rejected"), BY_ITSELF),
    },
    "field.traceability.LOT_MOVES": {
        "here": "It is in the house of who holds it, who may take its next step.",
        "on_way": "It waits for the recorders of the party it was sent to: tested where the chains are.",
        **dict.fromkeys(("used", "sold"), BY_ITSELF),
        "held": "Who inspects holds it, and releases it when the reason is gone; it stands in the list of lots.",
        "recalled": "The recall waits for it.",
    },
    "field.traceability.RECALL_MOVES": {
        "open": "It waits for the recorders of the parties reached and for who inspects: tested where recalls are.",
    },
    "registers.codes.CODE_MOVES": {
        "issued": "They are printed when they are needed.",
        "printed": "Batches that were printed and not activated wait for who issues: tested where codes are.",
        "active": "They are in use until they are revoked.",
    },
    "registers.codes.SIGNAL_MOVES": {"open": copied},
    "operations.hazards.SITE_MOVES": {
        "watched": "It is watched until an engineer says that it is no longer needed.",
        "closed": BY_ITSELF,
    },
    "operations.hazards.THRESHOLD_MOVES": {
        "draft": drafted,
        "approved": "They hold until other numbers are approved.",
    },
    "operations.hazards.INCIDENT_MOVES": {
        state: rising(state) for state in ("proposed", "blue", "yellow", "orange", "red")
    },
    "operations.hazards.PATROL_MOVES": {"open": to_patrol},
    "operations.hazards.HANDOVER_MOVES": {"offered": handed_over},
    "operations.hazards.CALL_MOVES": {
        "waiting": "Who is called answers by their message; unanswered in time, the clock calls the next.",
        "missed": "The next of the chain is called; who answers late has answered.",
    },
    "operations.hazards.DISPATCH_MOVES": {
        "waiting": "The sending process takes it, and tries again until it gives it up.",
        "dead": "It stands on the desk of who is on duty, who may have it tried again.",
        "skipped": "There was nowhere to send it: once there is, who is on duty has it sent.",
    },
    "planning.adjustments.MOVES": {state: adjusted(state) for state in ("draft", "submitted", "returned", "approved")},
    "planning.handovers.HANDOVER_MOVES": {"open": leaving},
    "planning.handovers.ITEM_MOVES": {"open": leaving, "settled": BY_ITSELF},
    "planning.programmes.PLAN_MOVES": {"draft": planned(), "issued": planned(issued_on=date(2023, 1, 5))},
    "planning.programmes.TASK_MOVES": {"open": set_task, "done": BY_ITSELF, "dropped": BY_ITSELF},
    "planning.projects.MOVES": {stage.value: staged(stage.value) for stage in Stage},
    "planning.returns.RETURN_MOVES": {"submitted": doubted},
    "planning.returns.FINDING_MOVES": {"open": doubted, "explained": BY_ITSELF},
    "planning.rounds.ROUND_MOVES": {"open": silent_month},
    "planning.rounds.REPORT_MOVES": {
        "draft": reported(),
        "submitted": reported(state="submitted", summary="x", submitted_by="user:other"),
        "returned": reported(state="returned", summary="x", submitted_by="user:other"),
    },
    "planning.warnings.MOVES": {"open": warned, "acted": promised},
    "team.secondments.POST_MOVES": {
        "asked": wanted,
        "open": "It is held, or stands among the vacant ones; who leaves soon is told of where secondments are tested.",
    },
    "team.secondments.NOMINATION_MOVES": {"proposed": named(cleared=False), "cleared": named(cleared=True)},
    "team.secondments.TEACHING_MOVES": {"recorded": taught},
    "team.conduct.USE_MOVES": {"asked": asked_car, "given": given_car, "out": late_car},
    "team.conduct.TRIP_MOVES": {"planned": travelling(taught=False), "begun": travelling(taught=True)},
    "team.conduct.CASE_MOVES": {"reported": reported_case(inquired=False), "inquiry": reported_case(inquired=True)},
    "team.contests.ROUND_MOVES": {
        "drafted": judged_round,
        "open": rated_round(closed=False),
        "closed": rated_round(closed=True),
    },
    "team.contests.APPEAL_MOVES": {"raised": appealed},
    "team.contests.FINDING_MOVES": {
        "found": found_wrong(given=False),
        "assigned": found_wrong(given=True),
        "mended": found_wrong(given=True, mended=True),
    },
    "team.contests.HONOUR_MOVES": {
        "nominated": named_for_an_honour(noticed=False),
        "noticed": named_for_an_honour(noticed=True),
    },
    "team.visits.DELEGATION_MOVES": {state: visiting(state) for state in ("planned", "approved", "held")},
    "team.visits.MEETING_MOVES": {
        "planned": "It is in the calendars; who manages is told of a mechanism that is late."
    },
    "team.visits.AGREEMENT_MOVES": {"agreed": agreed(done=False), "done": agreed(done=True)},
    "team.conduct.LEAVE_MOVES": {
        "asked": away,
        "approved": "They are away; of who is not back in time they and the office hear: tested where leave is.",
    },
}


def tables() -> dict[str, Mapping]:
    """Every table of moves there is, by its app and name."""
    found = {}
    for app in apps():
        for path in modules(app, "states"):
            name = ".".join(path.relative_to(SRC.parent).with_suffix("").parts)
            for key, value in vars(import_module(name)).items():
                if key.endswith("MOVES") and isinstance(value, Mapping):
                    found[f"{'.'.join(name.split('.')[1:3])}.{key}"] = value
    return found


def test_of_each_state_that_can_be_left_it_is_known_who_acts_next():
    left = {name: {str(state) for state, after in table.items() if after} for name, table in tables().items()}

    assert {name: set(known) & left.get(name, set()) for name, known in WHO_ACTS.items()} == left


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "state"),
    [(name, state) for name, table in tables().items() for state, after in table.items() if after],
    ids=lambda value: str(value).rpartition(".")[2],
)
def test_what_stands_there_is_in_an_inbox(tmp_path, table, state):
    waits = WHO_ACTS[table][state]
    if isinstance(waits, str):
        return
    address = waits(tmp_path)

    found = {
        todo.url
        for viewer in EVERYBODY
        for source in registries.todos
        for todo in source.find(viewer=viewer, programme=None, at=AT)
    }
    assert address in found
