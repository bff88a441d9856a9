# SPDX-License-Identifier: Apache-2.0
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from shanhai.base.audit import selectors, services
from shanhai.base.audit.models import AppendOnly, AuditRow, ChainHead
from tests.cast import ADMIN, AUDITOR, DEPUTY, KANGDING, STRANGER, actor

pytestmark = pytest.mark.django_db


def record(at, count=1, **changes):
    given = {"action": "projects.project.moved", "subject_type": "projects.project", "subject_id": "p1"}
    for number in range(count):
        services.record(by=DEPUTY, at=at, changes={"step": number}, **{**given, **changes})


def test_a_chain_that_nobody_touched_is_whole(at):
    record(at, 5)

    report = selectors.verify_chain()

    assert report.whole
    assert (report.rows, report.head_seq) == (5, 5)


def test_an_empty_trail_is_whole():
    assert selectors.verify_chain().whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditrow SET because = 'x' WHERE seq = 3",
        "UPDATE audit_auditrow SET actor = 'user:other' WHERE seq = 3",
        "UPDATE audit_auditrow SET changes = '{\"step\": 99}' WHERE seq = 3",
        "UPDATE audit_auditrow SET at = '2020-01-01 00:00:00+00:00' WHERE seq = 3",
        "UPDATE audit_auditrow SET hash = 'ff' WHERE seq = 3",
    ],
)
def test_a_row_altered_by_hand_is_named(at, statement):
    record(at, 5)
    with connection.cursor() as cursor:
        cursor.execute(statement)

    report = selectors.verify_chain()

    assert [fault[:11] for fault in report.faults] == ["audit row 3"]
    assert "altered" in report.faults[0]


def test_a_removed_row_is_named(at):
    record(at, 5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditrow WHERE seq = 2")

    assert selectors.verify_chain().faults == ("audit row 2 is missing: the trail goes from 1 to 3",)


def test_a_tail_cut_off_is_found(at):
    record(at, 5)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_auditrow WHERE seq = 5")

    assert "its head says 5" in selectors.verify_chain().faults[0]


def test_two_rows_that_changed_places_are_found(at):
    record(at, 5)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditrow SET seq = 99 WHERE seq = 2")
        cursor.execute("UPDATE audit_auditrow SET seq = 2 WHERE seq = 3")
        cursor.execute("UPDATE audit_auditrow SET seq = 3 WHERE seq = 99")

    assert not selectors.verify_chain().whole


def test_the_product_cannot_change_or_delete_a_row(at):
    record(at)

    with pytest.raises(AppendOnly):
        AuditRow.objects.update(because="x")
    with pytest.raises(AppendOnly):
        AuditRow.objects.all().delete()


def test_a_transaction_that_fails_leaves_no_row_and_no_gap(at):
    record(at)
    sid = transaction.savepoint()
    record(at)
    transaction.savepoint_rollback(sid)
    record(at)

    assert selectors.verify_chain().whole
    assert ChainHead.objects.get().seq == 2


def test_verify_names_the_row_and_fails(at, capsys):
    record(at, 3)
    call_command("audit", "verify")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditrow SET because = 'x' WHERE seq = 2")

    with pytest.raises(SystemExit) as ended:
        call_command("audit", "verify")

    assert ended.value.code == 1
    assert "audit row 2" in capsys.readouterr().out


def test_each_viewer_reads_the_trail_of_his_scope(at):
    record(at, programme="zj-ganzi", place="513301")
    record(at, programme="zj-nagqu", place="540602")
    record(at)

    seen = {one.ref: len(selectors.list_rows(viewer=one)) for one in (AUDITOR, ADMIN, KANGDING, STRANGER)}
    in_nagqu = selectors.list_rows(viewer=actor("auditor", place="540600"))

    assert seen == {AUDITOR.ref: 3, ADMIN.ref: 3, KANGDING.ref: 0, STRANGER.ref: 0}
    assert [row.place for row in in_nagqu] == ["540602"]


def test_the_trail_is_read_newest_first_by_kind_day_and_page(at, django_assert_num_queries):
    record(at - timedelta(days=1), action="ledger.entry.posted")
    record(at, 3)

    with django_assert_num_queries(1):
        newest = selectors.list_rows(viewer=AUDITOR, limit=2)
    older = selectors.list_rows(viewer=AUDITOR, before_seq=newest[-1].seq)
    of_ledger = selectors.list_rows(viewer=AUDITOR, action="ledger.")
    of_yesterday = selectors.list_rows(viewer=AUDITOR, until=at)

    assert [row.seq for row in newest] == [4, 3]
    assert [row.seq for row in older] == [2, 1]
    assert [row.seq for row in of_ledger] == [row.seq for row in of_yesterday] == [1]
