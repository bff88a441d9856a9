# SPDX-License-Identifier: Apache-2.0
"""A visit from its letter to what came of it: approved by another, thrift, four papers, names for few."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shanhai.base.audit.models import AuditRow
from shanhai.kernel import clock
from shanhai.kernel.clock import months_later
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.money import Money
from shanhai.kernel.registry import registries
from shanhai.team.secondments.tests.builders import a_unit, two_counties
from shanhai.team.visits.models import Agreement, Attendee, Delegation, Stop
from shanhai.team.visits.rules import companions_allowed
from shanhai.team.visits.selectors.delegations import attendees_of, missing_papers
from shanhai.team.visits.selectors.meetings import list_due
from shanhai.team.visits.services import agreements, delegations, meetings, receptions
from shanhai.team.visits.states import DelegationState
from shanhai.team.visits.tests.builders import (
    TODAY,
    a_cost,
    a_mechanism,
    a_meeting,
    a_stop,
    a_visit,
    an_agreement,
    on,
    some_people,
)  # fmt: skip
from shanhai.team.visits.values import Category, Side, StopFacts
from tests.cast import AT, AUDITOR, DEPUTY, LEAD, OFFICE, STRANGER, a_user, actor, actor_of, waiting_for

pytestmark = pytest.mark.django_db
APPROVED, HELD = DelegationState.APPROVED, DelegationState.HELD
OTHER = actor("office", ref="user:other")


@pytest.fixture(autouse=True)
def programme():
    return two_counties()


def test_from_the_letter_to_the_closed_papers():
    visit = a_visit()
    page = f"/visits/{visit.uuid}/"
    assert waiting_for(DEPUTY, "visits.waiting") == [page]
    with pytest.raises(Conflict, match="现在是“待批”"):
        a_cost(visit)
    delegations.approve_delegation(by=DEPUTY, at=AT, delegation=visit.uuid)
    a_stop(visit)
    delegations.hold_delegation(by=OFFICE, at=AT, delegation=visit.uuid)
    assert waiting_for(OFFICE, "visits.waiting") == [page]
    with pytest.raises(Refused, match="报账还缺：接待清单、费用票据"):
        delegations.report_delegation(by=OFFICE, at=AT, delegation=visit.uuid)
    some_people(visit)
    a_cost(visit)
    visit.refresh_from_db()
    assert missing_papers(visit) == []
    assert delegations.report_delegation(by=OFFICE, at=AT, delegation=visit.uuid).state == "reported"
    family = registries.figures.get("visits")
    for day, numbers in ((TODAY, (0, 0)), (date(2026, 11, 25), (1, Money(60_000)))):
        found = {one.key: one.value for one in family.list_figures(viewer=LEAD, scope=FigureScope("zj-ganzi", day))}
        assert (found["visits.held"].number, found["visits.spent"] if numbers[1] else 0) == numbers
    page_of_rows = family.list_evidence(
        viewer=LEAD,
        scope=FigureScope("zj-ganzi", date(2026, 11, 25)),
        key="visits.spent",
        part="whole",
        offset=0,
        limit=9,
    )
    assert [one.measure for one in page_of_rows.rows] == [Money(60_000)]


def test_a_letter_is_of_one_visit_and_a_visit_without_one_is_not_approved():
    first = a_visit()
    for number in (first.letter_number, "杭发改函[2026]12号", "杭发改函（2026）12号"):
        with pytest.raises(Conflict, match="一函一事"):
            a_visit(title="又一次", letter_number=number)
    bare = a_visit(letter_number="", letter_on=None)
    letter = {"letter_number": first.letter_number, "letter_on": TODAY}
    with pytest.raises(Refused, match="还没有公函"):
        delegations.approve_delegation(by=DEPUTY, at=AT, delegation=bare.uuid)
    with pytest.raises(Conflict, match="一函一事"):
        delegations.set_letter(
            by=OFFICE, at=AT, delegation=bare.uuid, letter_number=first.letter_number, letter_on=TODAY
        )
    # Of another unit it is another letter; of one that was called off it is free again.
    a_visit(guest=a_unit("宁波市发改委").uuid)
    delegations.cancel_delegation(by=OFFICE, at=AT, delegation=first.uuid, because="改期")
    page = f"/visits/{bare.uuid}/"
    assert [page in waiting_for(one, "visits.waiting") for one in (OFFICE, DEPUTY)] == [True, False]
    delegations.set_letter(by=OFFICE, at=AT, delegation=bare.uuid, **letter)
    assert [page in waiting_for(one, "visits.waiting") for one in (OFFICE, DEPUTY)] == [False, True]
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=first.pk).update(state="planned")


def test_nobody_approves_their_own_and_nothing_happens_before_or_after():
    own = a_visit()
    both = actor("commander", ref=OFFICE.ref)
    with pytest.raises(NotAllowed, match="由别人批准"):
        delegations.approve_delegation(by=both, at=AT, delegation=own.uuid)
    with pytest.raises(NotAllowed):
        delegations.approve_delegation(by=OTHER, at=AT, delegation=own.uuid)
    delegations.approve_delegation(by=DEPUTY, at=AT, delegation=own.uuid)
    with pytest.raises(Conflict, match="还没有到"):
        delegations.hold_delegation(by=OFFICE, at=AT - timedelta(days=1), delegation=own.uuid)
    delegations.cancel_delegation(by=OFFICE, at=AT, delegation=own.uuid, because="大雪封路")
    for act in (delegations.hold_delegation, delegations.report_delegation):
        with pytest.raises(Conflict, match="现在是“没有成行”"):
            act(by=OFFICE, at=AT, delegation=own.uuid)
    with pytest.raises(NotVisible):
        delegations.hold_delegation(by=STRANGER, at=AT, delegation=own.uuid)
    with pytest.raises(NotAllowed):
        delegations.hold_delegation(by=LEAD, at=AT, delegation=own.uuid)


@pytest.mark.parametrize(
    ("kw", "field"),
    [
        ({"until": TODAY}, "until"),
        ({"since": date(1, 1, 1), "until": date(1, 1, 2)}, "since"),
        ({"since": date(9999, 12, 30), "until": date(9999, 12, 31)}, "since"),
        ({"until": date(2027, 2, 1)}, "until"),
        ({"title": " "}, "title"),
        ({"purpose": "看" * 501}, "purpose"),
        ({"letter_on": None}, "letter_on"),
        ({"letter_number": ""}, "letter_number"),
    ],
    ids=str,
)
def test_what_cannot_be_planned(kw, field):
    with pytest.raises(BadInput) as refused:
        a_visit(**kw)
    assert refused.value.field == field
    assert not Delegation.objects.exists()


def test_stops_lie_within_the_days_and_beside_one_another():
    visit = a_visit()
    first = a_stop(visit, 9)
    for hour, day, field in (
        (10, TODAY, "since"),
        (8, TODAY, "since"),
        (9, date(2026, 11, 25), "until"),
        (0, date(1, 1, 1), "until"),
    ):
        with pytest.raises((Conflict, BadInput)) as refused:
            a_stop(visit, hour, day=day)
        assert refused.value.field == field
    second = a_stop(visit, 11)
    facts = StopFacts(on(TODAY, 9), on(TODAY, 10), "看学校", "康定中学")
    changed = delegations.set_stop(by=OFFICE, at=AT, delegation=visit.uuid, facts=facts, stop=first.uuid)
    assert (changed.uuid, changed.sequence) == (first.uuid, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Stop.objects.filter(pk=second.pk).update(since=on(TODAY, 9))
    delegations.remove_stop(by=OFFICE, at=AT, delegation=visit.uuid, stop=second.uuid)
    with pytest.raises(NotVisible):
        delegations.remove_stop(by=OFFICE, at=AT, delegation=visit.uuid, stop=second.uuid)


def test_thrift_companions_one_meal_and_the_standard():
    assert [companions_allowed(number) for number in (1, 10, 11, 12, 30)] == [3, 3, 3, 4, 10]
    visit = a_visit(state=APPROVED)
    with pytest.raises(Refused, match="客人 6 人，陪餐最多 3 人") as refused:
        a_cost(visit, "meals", people=10, companions=4)
    assert refused.value.field == "companions"
    a_cost(visit, "meals", people=9, companions=3)
    with pytest.raises(Refused, match="只安排一次工作餐"):
        a_cost(visit, "meals", people=9, companions=1)
    a_cost(visit, "meals", people=6)
    for kw in ({"companions": 1}, {"people": 0}, {"yuan": 0}, {"receipt": " "}):
        with pytest.raises(BadInput):
            a_cost(visit, **kw)
    given = {"programme": "zj-ganzi", "category": Category.LODGING, "a_head_fen": 35_000, "source": "示例"}
    receptions.set_standard(by=OFFICE, at=AT, valid_from=TODAY, **given)
    with pytest.raises(Conflict):
        receptions.set_standard(by=OFFICE, at=AT, valid_from=TODAY, **given)
    assert a_cost(visit, yuan=700).over is False
    with pytest.raises(Refused, match=r"超过每人 350\.00 元") as refused:
        a_cost(visit, yuan=701)
    assert refused.value.field == "because"
    assert a_cost(visit, yuan=701, because="县城只有这一家").over is True


def test_what_was_entered_wrongly_is_taken_back_until_the_papers_are_closed():
    visit = a_visit(state=HELD)
    some_people(visit, 1, 0)
    cost, person = a_cost(visit), visit.attendees.get()
    for act, key in ((receptions.remove_cost, cost.pk + 1), (receptions.remove_attendee, person.pk + 1)):
        with pytest.raises(NotVisible):
            act(by=OFFICE, at=AT, delegation=visit.uuid, key=key)
    client = Client()
    client.force_login(a_user("office"), backend="allauth.account.auth_backends.AuthenticationBackend")
    with clock.frozen(AT):
        for what, key in (("costs", cost.pk), ("attendees", person.pk)):
            assert client.post(f"/visits/{visit.uuid}/{what}/{key}/remove").status_code == 302
        for what, key in (("costs", "9" * 40), ("attendees", "x"), ("stops", "x"), ("nothing", "1")):
            assert client.post(f"/visits/{visit.uuid}/{what}/{key}/remove").status_code == 404
    assert (visit.costs.count(), visit.attendees.count()) == (0, 0)
    some_people(visit, 1, 0)
    cost = a_cost(visit)
    delegations.report_delegation(by=OFFICE, at=AT, delegation=visit.uuid)
    with pytest.raises(Conflict, match="现在是“已办结”"):
        receptions.remove_cost(by=OFFICE, at=AT, delegation=visit.uuid, key=cost.pk)


def test_names_are_for_who_arranges_and_erased_in_time():
    visit = a_visit(state=APPROVED, title="名单来访")
    given = {"delegation": visit.uuid, "side": Side.GUEST, "title": "处长"}
    receptions.add_attendee(by=OFFICE, at=AT, name="麝香客人", **given)
    assert attendees_of(viewer=DEPUTY, delegation=visit) is None
    assert [one.name for one in attendees_of(viewer=OFFICE, delegation=visit)] == ["麝香客人"]
    with clock.frozen(AT):
        for role in ("commander", "work_group_lead", "auditor", "secondee", "office"):
            client = Client()
            scope = {"programme": "zj-ganzi"} if role == "secondee" else {}
            client.force_login(a_user(role, **scope), backend="allauth.account.auth_backends.AuthenticationBackend")
            pages = [f"/visits/{visit.uuid}/", "/visits/", f"/visits/{visit.uuid}/calendar.ics", "/visits/mine.ics"]
            for page in (*pages, "/search/?q=麝香客人", "/inbox/", "/audit/"):
                told = client.get(page).content.decode()
                seen = told.count("麝香客人") > (6 if "search" in page else 0)
                assert seen is (role == "office" and page == pages[0]), (role, page)
    assert "麝香" not in "".join(f"{one.changes}{one.because}" for one in AuditRow.objects.all())

    declared = registries.personal_data.get("visits.Attendee")
    end = AT.replace(year=2029, day=25)
    assert declared.erase(by=OFFICE, at=end - timedelta(days=1)) == 0
    assert declared.erase(by=OFFICE, at=end) == 1
    assert Attendee.objects.get().name == ""


def test_what_was_agreed_is_done_by_its_owner_and_confirmed_by_another():
    user = a_user("secondee", username="负责人", programme="zj-ganzi")
    owner, made = actor_of(user), an_agreement(user)
    page = f"/visits/agreements/{made.uuid}/"
    assert waiting_for(owner, "visits.waiting") == [page]
    with pytest.raises(NotAllowed, match="由责任人报告"):
        agreements.claim_done(by=OFFICE, at=AT, agreement=made.uuid, proof="好了")
    agreements.claim_done(by=owner, at=AT, agreement=made.uuid, proof="名单")
    assert page in waiting_for(OFFICE, "visits.waiting")
    agreements.send_back(by=OFFICE, at=AT, agreement=made.uuid, because="还差一人")
    agreements.claim_done(by=owner, at=AT, agreement=made.uuid, proof="齐了")
    agreements.confirm(by=OFFICE, at=AT, agreement=made.uuid)
    with pytest.raises(Conflict, match="现在是“已落实”"):
        agreements.drop(by=OFFICE, at=AT, agreement=made.uuid, because="不")
    mine = an_agreement(a_user("office", username="办公室"), Delegation.objects.get())
    me = actor("office", ref=mine.owner)
    agreements.claim_done(by=me, at=AT, agreement=mine.uuid, proof="好了")
    with pytest.raises(NotAllowed, match="由别人确认"):
        agreements.confirm(by=me, at=AT, agreement=mine.uuid)


def test_nothing_is_agreed_before_it_was_held_or_without_owner_and_day():
    user, visit = a_user("secondee"), a_visit(state=APPROVED)
    with pytest.raises(Conflict, match="成行以后"):
        an_agreement(user, visit)
    delegations.hold_delegation(by=OFFICE, at=AT, delegation=visit.uuid)
    for due_on in (date(2026, 11, 21), date(9999, 12, 31)):
        with pytest.raises(BadInput) as refused:
            an_agreement(user, visit, due_on=due_on)
        assert refused.value.field == "due_on"
    an_agreement(user, visit)
    with pytest.raises(IntegrityError), transaction.atomic():
        Agreement.objects.update(delegation=None)


def test_a_mechanism_meets_in_its_rhythm():
    mechanism = a_mechanism(months=6, at=AT - timedelta(days=300))
    assert waiting_for(OFFICE, "visits.waiting") == ["/visits/mechanisms/?programme=zj-ganzi"]
    meeting = a_meeting(mechanism, on(date(2026, 11, 20), 9))
    with pytest.raises(Conflict, match="还没有开"):
        meetings.minute_meeting(by=OFFICE, at=AT - timedelta(days=9), meeting=meeting.uuid, minutes="按议题办。")
    meetings.minute_meeting(by=OFFICE, at=AT, meeting=meeting.uuid, minutes="按议题办。")
    assert [(one.last, one.due) for one in list_due(viewer=LEAD, programme="zj-ganzi")] == [
        (date(2026, 11, 20), date(2027, 5, 20))
    ]
    assert waiting_for(OFFICE, "visits.waiting") == []
    assert an_agreement(a_user("secondee"), meeting=meeting).meeting == meeting
    with pytest.raises(Conflict, match="现在是“已有纪要”"):
        meetings.cancel_meeting(by=OFFICE, at=AT, meeting=meeting.uuid, because="不")
    assert months_later(date(2026, 8, 31), 6) == date(2027, 2, 28)
    with pytest.raises(NotAllowed):
        meetings.set_mechanism(by=AUDITOR, at=AT, programme="zj-ganzi", name="产业", name_en="Industry", months=6)
    assert meetings.set_sample_mechanisms(by=OFFICE, at=AT, programme="zj-ganzi") == 4
