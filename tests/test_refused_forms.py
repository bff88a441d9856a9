# SPDX-License-Identifier: Apache-2.0
"""Every form that a person types into is sent wrong: what was typed stands, each fault beside its field, twice over.

The forms are found on the pages, and the pages are held against all addresses that take a POST, so that none is
forgotten.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver, resolve

from shanhai.base.accounts.models import RoleGrant
from shanhai.base.accounts.roles import ROLES
from shanhai.base.audit.models import AuditRow
from shanhai.base.forms import LANGUAGE
from shanhai.field.sensors.stations.tests import builders as sensors
from shanhai.field.traceability.chains.tests import builders as chains
from shanhai.field.traceability.recalls.tests import builders as recalls
from shanhai.field.traceability.tests.builders import a_party
from shanhai.insight.evaluations.tests import builders as evaluations
from shanhai.insight.evidence.sources.services import decide_claim
from shanhai.insight.evidence.states import ClaimState
from shanhai.insight.evidence.tests import builders as evidence
from shanhai.insight.reports.recognition.services import submit_case
from shanhai.insight.reports.states import BulletinState
from shanhai.insight.reports.tests import builders as reports
from shanhai.kernel.money import Money
from shanhai.operations.hazards.incidents.tests import builders as hazards
from shanhai.planning.adjustments.states import OF_PROJECT, State
from shanhai.planning.adjustments.tests import builders as adjustments
from shanhai.planning.handovers.tests import builders as handovers
from shanhai.planning.imports.tests.builders import import_file
from shanhai.planning.programmes.tests import builders as programmes
from shanhai.planning.projects.dossier.services.filing import add_contract
from shanhai.planning.projects.states import Method, PaperKind
from shanhai.planning.projects.tests import builders as projects
from shanhai.planning.projects.values import Dates
from shanhai.planning.returns.tests import builders as returns
from shanhai.planning.rounds.models import GroupReport
from shanhai.planning.rounds.tests import builders as rounds
from shanhai.planning.warnings.models import EarlyWarning
from shanhai.planning.warnings.tests.builders import evaluated
from shanhai.registers.codes.tests import builders as codes
from shanhai.registers.documents.models import Proof
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.tests import builders as conduct
from shanhai.team.contests.tests import builders as contests
from shanhai.team.secondments.tests import builders as secondments
from shanhai.team.visits.tests import builders as visits
from tests.cast import AT, OFFICE, a_user, actor_of
from tests.forms_of_pages import Input, Reader, Sheet

# Of a form with two buttons, the fields that each of them reads.
ONLY = {
    "/handovers/<str:uuid>/waive": {"because"},
    "/handovers/<str:uuid>/receiver": {"receiver"},
    # A publication may be as long as it is.
    "/evidence/take-in/": {"title", "outlet", "published_on", "url"},
    # The text of a section may be long.
    "/bulletins/<str:uuid>/edit": {"title", "unit", "document_number", *(f"heading-{at}" for at in range(7))},
}
# The text of an outline or a route may be long: what is wrong in it is said once all else is right.
_SITE = {"name", "households", "people", "route_words", "shelter", "shelter_lon", "shelter_lat", "description", "siren"}
ONLY |= {"/hazards/sites/new": {"code", *_SITE}, "/hazards/sites/<slug:code>/edit": _SITE}
# The text of a letter, and the items of a template, may be long.
ONLY |= {"/integrity/desk/": {"year", "source"}, "/health/desk/<slug:act> template": {"source", "valid_from"}}
# So may criteria, questions, an agenda, minutes.
ONLY |= {
    "/contests/criteria/<slug:act> define": {"trims_from", "source", "valid_from"},
    "/inspections/questions/<slug:act> define": {"source", "valid_from"},
    "/visits/mechanisms/<slug:act> plan": {"where"},
    "/visits/meetings/<str:uuid>/<slug:act> minutes": set(),
}
# Buttons that do not read what is typed beside them.
NOT_READ = {"/projects/chosen.xlsx", "/adjustments/<str:uuid>/<str:act> submit"}
# Addresses that take a POST and that no page of this world leads to, and why.
NOT_MET = {
    # The page of the form: it is sent to the address of its act, which is met.
    "/programmes/<str:code>/setup/",
    "/programmes/<str:code>/groups/<str:uuid>/",
    "/programmes/<str:code>/plans/<int:year>/",
    "/programmes/campaigns/<str:uuid>/edit/",
    "/programmes/tasks/<str:uuid>/",
    "/bulletins/<str:uuid>/",
    "/bulletins/cases/<str:uuid>/",
    "/evaluations/<str:uuid>/",
    "/evaluations/templates/<str:uuid>/",
    "/hazards/incidents/new",
    "/trace/permits/",
    "/trace/records/<str:uuid>/",
    # A file alone, of which nothing is kept; a file and a choice.
    "/iati/",
    "/iati/take-in",
    # The answer to an objection, which stands beside it: what is wrong stands above all of them.
    "/honours/<str:uuid>/objections/<str:objection>/answer",
    # One button, or choices alone: nothing is typed.
    "/integrity/letters/<str:uuid>/<str:secondment>/countersign",
    "/accounts/digest/",
    "/trace/load",
    "/accounts/digest/stop/<str:token>/",
    "/accounts/sessions/<uuid:uuid>/end/",
    "/evidence/sources/<str:uuid>/read-again",
    # The text of a report may be as long as it is, and there is nothing else to type.
    "/evidence/check/",
    "/handovers/<str:uuid>/refresh",
    "/import/answer",
    "/import/confirm",
    "/users/<uuid:uuid>/reactivate/",
    "/users/<uuid:uuid>/second-factors/remove/",
    "/views/<str:uuid>/default",
    "/views/<str:uuid>/forget",
    "/hazards/answer/<str:token>",
    "/hazards/calls/<str:uuid>/",
    "/hazards/dispatches/<str:uuid>/again",
    "/alerts/<str:identifier>/prolong",
    "/warnings/evaluate",
    # Drawn at a later stage by the view and the template that file papers, contracts and progress, which are met.
    "/projects/<str:uuid>/accounts",
    "/projects/<str:uuid>/assets",
    "/projects/<str:uuid>/corrections",
    "/projects/<str:uuid>/extension",
    "/projects/<str:uuid>/surplus",
    # Drawn where a plan keeps a reserve, by the view of the other acts of a plan.
    "/programmes/<str:code>/plans/<int:year>/release",
    # Where an account is closed; one box to tick.
    "/users/<uuid:uuid>/erase/",
    # The same component as the undoing of a table of projects.
    "/import/done/<str:uuid>/",
}


def methods(view) -> set[str]:
    """What a view is open to, by its decorators."""
    while view is not None:
        for cell in getattr(view, "__closure__", None) or ():
            found = cell.cell_contents
            if isinstance(found, (list, tuple)) and found and {*map(str, found)} <= {"GET", "HEAD", "POST"}:
                return {*found}
        view = getattr(view, "__wrapped__", None)
    return set()


def posted_to(patterns=None, prefix: str = "/") -> Iterator[str]:
    """Every pattern of addresses of the product that takes a POST."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = prefix + str(one.pattern)
        if hasattr(one, "url_patterns"):
            yield from posted_to(one.url_patterns, path)
        elif "POST" in methods(one.callback):
            yield path


def a_world(folder: Path) -> tuple[Client, list[str]]:
    """Somebody who holds every role, and the addresses of pages with forms, about one of everything there is."""
    user = a_user(None, username="everybody")
    RoleGrant.objects.bulk_create(RoleGrant(user=user, role=role, valid_from=date(2021, 1, 1)) for role in ROLES)
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    colleague = a_user("office", username="colleague")

    projects.a_programme()
    projects.a_programme(code="fj-changdu", recipient="540600", yuan=0)
    programmes.a_yearly_plan(year=2027, yuan=100)
    batch = handovers.a_batch()
    group = programmes.a_group(members=(actor_of(user),))
    task = handovers.a_task(due_on=date(2026, 11, 1))
    target = programmes.a_target()
    project = projects.a_project(stage="under_way", yuan=500)
    projects.a_paper(project, PaperKind.AWARD, signed_on=None)
    entry = projects.some_money("arrive", project.lines.get(), 100)
    contract = add_contract(
        by=OFFICE, at=AT, project=project.uuid, number="HT-1", contractor="甲公司", method=Method.OPEN_TENDER,
        amount=Money.from_yuan(400), signed_on=date(2026, 1, 1),
    )  # fmt: skip
    late = projects.a_project(code="GZ-2", name="泸定县卫生院", place="513322", dates=Dates(date(2026, 4, 1)))
    month = rounds.a_round(year=2026, month=9)
    written, handed_in = [rounds.a_round(year=2026, month=one).reports.get() for one in (10, 11)]

    GroupReport.objects.filter(pk=handed_in.pk).update(state="submitted", submitted_by=OFFICE.ref, summary="做了")
    draft = adjustments.an_adjustment(project=project, by=actor_of(user))
    asked = adjustments.an_adjustment(project=late, state=State.SUBMITTED)
    evaluated()
    warning = EarlyWarning.objects.filter(rule="start_passed").first()
    handover = handovers.a_handover()
    handovers.a_batch(number=10, starts_on=date(2027, 1, 1), ends_on=date(2028, 12, 31))
    report = returns.a_return(folder, ("康定市", 10, 100, 80, 60, 70), programme="zj-ganzi")
    imported = import_file(projects.a_workbook(folder / "表.xlsx", projects.a_row()))
    person, organisation = a_person(), an_organisation()
    written_up = reports.a_bulletin()
    mention, case = reports.a_mention(), reports.a_case()
    handed_over = reports.a_case(title="送审的案例")
    reviewed = submit_case(by=OFFICE, at=AT, case=handed_over.uuid)
    signed = [
        reports.brought_to(state, reports.a_bulletin(month=month))
        for month, state in ((9, BulletinState.SUBMITTED), (8, BulletinState.APPROVED), (7, BulletinState.FROZEN))
    ]
    proof = Proof.objects.first()
    source, indicator = evidence.a_source(), evidence.an_indicator()
    evidence.two_facts(indicator)
    decided = evidence.claim_of(source, "500")
    decide_claim(by=OFFICE, at=AT, claim=decided.uuid, to=ClaimState.ACCEPTED)

    judged = [evaluations.an_evaluation(state) for state in ("assessing", "submitted", "decided")]
    proposed = evaluations.a_template(in_force=False)

    party = a_party(group.programme, "PARTY")
    z, p = "/programmes/zj-ganzi", f"/projects/{project.uuid}"
    return client, [
        "/map/access/", "/map/analysis/", "/map/screens/?programme=zj-ganzi", "/trace/parties/",
        f"/trace/parties/{party.uuid}/",
        "/accounts/", "/users/new/", f"/users/{colleague.uuid}/", f"/users/{colleague.uuid}/edit/",
        "/programmes/new/", "/programmes/fj-changdu/setup/", f"{z}/edit/", f"{z}/edit/batches/{batch.uuid}/",
        f"{z}/edit/sources/province/", f"{z}/plans/new/", f"{z}/plans/2026/", f"{z}/plans/2027/", f"{z}/targets/",
        f"{z}/targets/{target.uuid}/", f"{z}/campaigns/new/", f"{z}/groups/", f"{z}/groups/{group.uuid}/",
        f"/programmes/tasks/{task.uuid}/", f"/programmes/tasks/{task.uuid}/move?to=done",
        f"/programmes/campaigns/{task.action.campaign.uuid}/edit/",
        "/rounds/?programme=zj-ganzi", f"/rounds/{month.uuid}/", f"/rounds/reports/{written.uuid}/",
        f"/rounds/reports/{handed_in.uuid}/",
        imported.url, "/import/done/", "/projects/?programme=zj-ganzi", "/projects/new/",
        f"/projects/board/{project.uuid}/?to=suspended",
        f"{p}/", f"{p}/dossier/", f"{p}/correct/", f"{p}/contracts/{contract.uuid}/",
        f"/returns/{report.uuid}/", "/seasons/", f"/adjustments/{draft.uuid}/", f"/adjustments/{asked.uuid}/",
        f"/adjustments/{draft.uuid}/edit", "/adjustments/plan?programme=zj-ganzi&year=2026",
        *(f"/adjustments/new?project={project.uuid}&kind={kind}" for kind in OF_PROJECT),
        f"/warnings/{warning.uuid}/", "/handovers/?programme=zj-ganzi", f"/handovers/{handover.uuid}/",
        "/people/new", f"/people/{person.uuid}/", "/organisations/new", f"/organisations/{organisation.uuid}/",
        f"/documents/proofs/{proof.uuid}/withdraw", "/funds/arrivals?programme=zj-ganzi",
        f"/funds/entries/{entry.uuid}/", "/import/",
        "/evidence/take-in/?programme=zj-ganzi", f"/evidence/sources/{source.uuid}/",
        f"/evidence/sources/{source.uuid}/?claim={decided.number}", "/evidence/indicators/new/?programme=zj-ganzi",
        f"/evidence/indicators/{indicator.uuid}/",
        "/bulletins/?programme=zj-ganzi", f"/bulletins/{written_up.uuid}/", f"/bulletins/{written_up.uuid}/edit",
        *(f"/bulletins/{one.uuid}/" for one in signed),
        *(one.get_absolute_url() for one in judged), f"/evaluations/templates/{proposed.uuid}/",
        f"/evaluations/templates/{judged[-1].template.uuid}/",
        "/bulletins/publicity/?programme=zj-ganzi", "/bulletins/recognitions/?programme=zj-ganzi",
        "/sensors/new", *sensors.forms_of(sensors.a_stream()), *hazards.pages_with_forms(),
        *recalls.pages_with_forms(user),
        *codes.pages_with_forms(), *secondments.pages_with_forms(), *conduct.pages_with_forms(user),
        *contests.pages_with_forms(user), *visits.pages_with_forms(user),
        f"/bulletins/mentions/{mention.uuid}/", "/bulletins/cases/?programme=zj-ganzi",
        f"/bulletins/cases/{case.uuid}/", f"/bulletins/cases/{reviewed.uuid}/", *chains.pages_with_forms(user),
    ]  # fmt: skip


BAD_DAY, BAD_NUMBER, TOO_LONG = "2026-13-40", "12,5x", "长" * 6_000
REFUSED = {400, 409, 422}


def wrong(one: Input) -> str:
    """What nobody could have meant in this control."""
    if one.type == "date":
        return BAD_DAY
    return BAD_NUMBER if one.type == "number" or one.of.get("inputmode") else TOO_LONG


def again(page: Reader) -> dict[str, list[str]]:
    """The fields with which the menu of languages sends a refused form once more; none where it leads elsewhere."""
    menu = next(sheet for sheet in page.sheets if sheet.languages)
    return {} if menu.action else menu.values


def judged(page: Reader, to: str, sent: Mapping[str, str], faulty: Collection[str]) -> Iterator[str]:
    """What is wrong with a page that answers a refused form: of what was typed, and of the faults beside it."""
    sheets = [one for one in page.sheets if one.method == "post" and not one.languages]
    sheet = max(sheets, key=lambda one: (len({i.name for i in one.inputs if i.typed} & {*sent}), to in one.leads))
    stands = {one.name: one for one in sheet.inputs}
    for name, value in sent.items():
        if name not in stands:
            yield f"{name} is gone"
        elif stands[name].value.strip() != value:
            yield f"{name} lost what was typed"
    for name in sorted(faulty & stands.keys()):
        of = stands[name].of
        tied = [one for one in of.get("aria-describedby", "").split() if one.endswith("_error") and one in page.ids]
        if of.get("aria-invalid") != "true" or not tied:
            yield f"{name} has no fault beside it"


def tried(client: Client, sheet: Sheet, to: str, programme: str) -> Iterator[str]:
    """Send a form empty, then wrong, and each time once more in English; answer what was amiss."""
    typed = {one.name: one for one in sheet.inputs if one.typed}
    own = ONLY.get(route_of(to), typed.keys())
    for how in ("empty", "wrong"):
        sent = {name: wrong(one) if how == "wrong" else "" for name, one in typed.items()}
        faulty = {name for name in own if how == "wrong" or "required" in typed[name].of}
        if not faulty:
            continue
        stored = AuditRow.objects.count()
        answer = client.post(to, {**sheet.values, **sent})
        page = Reader(answer.content.decode())
        # An act of one button whose reason is all that was typed says why on a page of its own.
        if answer.status_code not in REFUSED:
            yield f"{how}: answered {answer.status_code}"
            continue
        kept = {name: sent[name] for name in sent if name in own}
        yield from (f"{how}: {said}" for said in judged(page, to, kept, faulty))
        if page.programme != programme:
            yield f"{how}: of {page.programme} instead of {programme}"
        english = client.post(to, {**again(page), LANGUAGE: "en"})
        translated = Reader(english.content.decode())
        if english.status_code != answer.status_code or translated.language != "en":
            yield f"{how}: in English {english.status_code}"
        yield from (f"{how}, in English: {said}" for said in judged(translated, to, kept, faulty))
        client.cookies.pop("django_language", None)
        if AuditRow.objects.count() != stored:
            yield f"{how}: something was stored"


def route_of(address: str) -> str:
    """The pattern of an address, and what is asked of it that makes another form."""
    path, _, query = address.partition("#")[0].partition("?")
    found = resolve(path)
    which = query.rpartition("=")[2] if "kind=" in query else found.captured_kwargs.get("act", "")
    return f"/{found.route} {which}".strip()


@pytest.mark.django_db
def test_every_form_that_is_refused_keeps_what_was_typed_and_says_all_faults_beside_their_fields(
    tmp_path, frozen_clock
):
    client, pages = a_world(tmp_path)
    met: set[str] = set()
    amiss: list[str] = []
    for address in pages:
        answer = client.get(address)
        assert answer.status_code == 200, address
        page = Reader(answer.content.decode())
        for sheet in page.sheets:
            for to in sheet.leads if sheet.method == "post" and not sheet.languages else ():
                route = route_of(to or address)
                if route not in met and any(one.typed for one in sheet.inputs) and route not in NOT_READ:
                    amiss += [f"{route} {said}" for said in tried(client, sheet, to or address, page.programme)]
                met.add(route)

    assert "\n".join(amiss) == ""
    assert {*posted_to()} - {route.partition(" ")[0] for route in met} == NOT_MET
