# SPDX-License-Identifier: Apache-2.0
"""A month's round: opened for every group, reminded, closed."""

from datetime import date, timedelta

import pytest

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotAllowed, NotVisible, Refused
from shanhai.planning.programmes.tests.builders import a_group, a_programme
from shanhai.planning.rounds import services
from shanhai.planning.rounds.models import GroupReport, ReportingRound
from shanhai.planning.rounds.providers import WaitingReports
from shanhai.planning.rounds.selectors import get_round, list_rounds, next_round
from shanhai.planning.rounds.states import ROUND_MOVES, RoundState
from shanhai.planning.rounds.tests.builders import a_round, report_of
from tests.cast import AT, AUDITOR, DEPUTY, FINANCE, KANGDING, LEAD, OFFICE, STRANGER, actor, waiting_for
from tests.refusals import refused

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def programme():
    programme = a_programme()
    a_group(name="产业组")
    a_group(name="医疗组", members=())
    return programme


def test_every_group_at_work_gets_a_draft():
    found = a_round()

    assert sorted(found.reports.values_list("group__name", "state")) == [("产业组", "draft"), ("医疗组", "draft")]
    assert AuditRow.objects.get(action="rounds.round.opened").changes["groups"] == 2


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"month": 13}, (BadInput, "rounds.month_not_accepted")),
        ({"month": 0}, (BadInput, "rounds.month_not_accepted")),
        ({"year": 2030}, (BadInput, "rounds.month_not_accepted")),
        ({"due_on": date(2022, 9, 24)}, (BadInput, "rounds.month_not_accepted")),
    ],
    ids=str,
)
def test_a_month_that_is_none_is_not_reported_on(facts, error):
    with refused(error):
        a_round(**facts)

    assert not ReportingRound.objects.exists()


def test_a_month_is_opened_once():
    a_round()

    with refused(Conflict, "rounds.round_already_there"):
        a_round()


def test_nobody_reports_where_there_are_no_groups():
    a_programme(code="zj-aksu", recipient="652900")

    with refused(Refused, "rounds.nobody_to_report"):
        a_round(programme="zj-aksu")


@pytest.mark.parametrize(
    ("last", "offered"),
    [
        (None, (2022, 10, date(2022, 10, 25), date(2022, 11, 1))),
        (3, (2022, 4, date(2022, 4, 25), date(2022, 5, 2))),
        (12, (2023, 1, date(2023, 1, 25), date(2023, 2, 1))),
    ],
)
def test_the_month_after_the_last_one_is_offered(last, offered):
    if last:
        a_round(month=last)

    assert next_round(viewer=OFFICE, programme="zj-ganzi", on=date(2022, 10, 3)) == offered


def test_a_reminder_stands_among_what_waits_for_the_group():
    found = a_round()
    report_of(found, "医疗组", state="submitted", summary="x", submitted_by="user:other")

    assert services.remind(by=OFFICE, at=AT, round_uuid=found.uuid) == 1

    (todo,) = WaitingReports().find(viewer=LEAD, programme="zj-ganzi", at=AT)
    assert "催报" in str(todo.why)
    assert todo.status == "late"
    assert todo.url == f"/rounds/reports/{report_of(found, '产业组').uuid}/"


def test_when_all_have_reported_nobody_is_reminded():
    found = a_round()
    for group in ("产业组", "医疗组"):
        report_of(found, group, state="submitted", summary="x", submitted_by="user:other")

    with refused(Refused, "rounds.nobody_to_report"):
        services.remind(by=OFFICE, at=AT, round_uuid=found.uuid)


def test_a_round_closes_when_all_is_accepted_or_for_a_reason():
    found = a_round()
    report_of(found, "产业组", state="accepted", summary="x", submitted_by="user:other")

    with refused(Refused, "rounds.reports_missing", match="医疗组"):
        services.close_round(by=OFFICE, at=AT, round_uuid=found.uuid, because="  ")
    services.close_round(by=OFFICE, at=AT, round_uuid=found.uuid, because="医疗组轮换")

    found.refresh_from_db()
    assert (found.state, found.closed_because) == ("closed", "医疗组轮换")


def test_a_closed_round_stays_as_it_is():
    found = a_round()
    services.close_round(by=OFFICE, at=AT, round_uuid=found.uuid, because="年终")
    report = report_of(found, "产业组")

    for act in (
        lambda: services.close_round(by=OFFICE, at=AT, round_uuid=found.uuid, because="x"),
        lambda: services.remind(by=OFFICE, at=AT, round_uuid=found.uuid),
        lambda: services.save_report(by=LEAD, at=AT, report=report.uuid, summary="x", lines={}),
        lambda: services.submit_report(by=LEAD, at=AT, report=report.uuid),
        lambda: services.return_report(by=OFFICE, at=AT, report=report.uuid, because="x"),
        lambda: services.accept_report(by=OFFICE, at=AT, report=report.uuid),
    ):
        with refused(Refused, "rounds.round_closed"):
            act()
    assert ROUND_MOVES[RoundState.CLOSED] == frozenset()
    assert WaitingReports().find(viewer=LEAD, programme="zj-ganzi", at=AT) == ()


def test_the_page_says_whose_turn_it_is_and_who_is_late():
    found = a_round()
    report_of(found, "医疗组", state="submitted", summary="x", submitted_by="user:other")

    _, rows = get_round(viewer=LEAD, uuid=found.uuid, at=AT)
    _, on_time = get_round(viewer=LEAD, uuid=found.uuid, at=AT.replace(year=2022, month=9))

    assert [(row.group.name, row.state, row.late, row.own) for row in rows] == [
        ("产业组", "draft", True, True),
        ("医疗组", "submitted", False, False),
    ]
    assert not any(row.late for row in on_time)


def test_rounds_are_listed_the_newest_first_with_their_counts(django_assert_num_queries):
    a_round(month=8)
    newest = a_round(month=9)
    report_of(newest, "产业组", state="accepted", summary="x", submitted_by="user:other")

    with django_assert_num_queries(2):
        found = list_rounds(viewer=DEPUTY, programme="zj-ganzi")

    assert [(row.month, row.groups, row.accepted, row.submitted) for row in found] == [(9, 2, 1, 0), (8, 2, 0, 0)]


def test_only_who_manages_the_programme_opens_reminds_and_closes():
    found = a_round()

    for by in (LEAD, AUDITOR):
        for act in (
            lambda by=by: a_round(by=by, month=10),
            lambda by=by: services.remind(by=by, at=AT, round_uuid=found.uuid),
            lambda by=by: services.close_round(by=by, at=AT, round_uuid=found.uuid, because="x"),
        ):
            with pytest.raises(NotAllowed):
                act()
    for by in (STRANGER, actor("office", programme="zj-aksu")):
        with pytest.raises(NotVisible):
            services.remind(by=by, at=AT, round_uuid=found.uuid)
        with pytest.raises(NotVisible):
            get_round(viewer=by, uuid=found.uuid, at=AT)


def test_a_group_that_comes_later_reports_from_the_next_month_on():
    a_round(month=8)
    a_group(name="教育组")

    later = a_round(month=9, opens_on=date(2022, 9, 25), due_on=date(2022, 9, 25) + timedelta(days=7))

    assert GroupReport.objects.filter(group__name="教育组").get().round == later


OUTSIDE = [
    actor("work_group_lead", programme="zj-ganzi", ref="user:of another group"),
    actor("office", programme="zj-ganzi", place="513301", ref="user:office of a county"),
    AUDITOR, KANGDING, FINANCE,
]  # fmt: skip


def test_after_each_move_the_next_one_finds_it_on_the_desk_and_the_last_one_no_more():
    found = a_round(due_on=date(2026, 12, 2))
    report_of(found, "医疗组", state="accepted", summary="x", submitted_by="user:other")
    report = report_of(found, "产业组", summary="有进展")
    own, whole = f"/rounds/reports/{report.uuid}/", f"/rounds/{found.uuid}/"
    writer, judge = LEAD, actor("office", ref="user:another of the office")

    def desks():
        assert [one.ref for one in OUTSIDE if waiting_for(one, "rounds.waiting")] == []
        return waiting_for(writer, "rounds.waiting"), waiting_for(judge, "rounds.waiting")

    assert desks() == ([own], [])
    services.submit_report(by=LEAD, at=AT, report=report.uuid)
    assert desks() == ([], [own])
    services.return_report(by=OFFICE, at=AT, report=report.uuid, because="请写数字")
    assert desks() == ([own], [])
    services.submit_report(by=LEAD, at=AT, report=report.uuid)
    services.accept_report(by=OFFICE, at=AT, report=report.uuid)
    assert desks() == ([], [whole])
    services.close_round(by=OFFICE, at=AT, round_uuid=found.uuid)
    assert desks() == ([], [])


def test_a_month_that_is_overdue_waits_for_the_office_until_it_has_reminded():
    found = a_round()
    whole = f"/rounds/{found.uuid}/"
    assert (waiting_for(OFFICE, "rounds.waiting"), waiting_for(AUDITOR, "rounds.waiting")) == ([whole], [])

    services.remind(by=OFFICE, at=AT, round_uuid=found.uuid)

    assert waiting_for(OFFICE, "rounds.waiting") == []
    assert waiting_for(OFFICE, "rounds.waiting", at=AT + timedelta(days=8)) == [whole]


@pytest.mark.parametrize("because", ["x" * 4001, "年终\x00"], ids=["too long", "a sign that cannot be kept"])
def test_a_reason_to_close_is_kept_whole_or_refused(because):
    found = a_round()

    with refused(BadInput, "rounds.too_long"):
        services.close_round(by=OFFICE, at=AT, round_uuid=found.uuid, because=because)
    found.refresh_from_db()
    assert found.state == RoundState.OPEN
