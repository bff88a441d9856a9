# SPDX-License-Identifier: Apache-2.0
import json
import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from shanhai.base.audit import selectors, services
from shanhai.base.audit.models import AppendOnly, AuditRow, ChainHead
from shanhai.base.audit.rules import chain_hash
from shanhai.base.audit.selectors import Acts
from shanhai.kernel.messages import message
from shanhai.kernel.registry import IntegrityCheck, Registry, registries
from shanhai.kernel.subjects import Subject
from tests.cast import ADMIN, AUDITOR, DEPUTY, KANGDING, OFFICE, STRANGER, actor

pytestmark = pytest.mark.django_db


def record(at, count=1, programme="", place="", **changes):
    on = Subject("projects.project", "p1", programme, place)
    for number in range(count):
        given = {"action": "projects.project.moved", "on": on, "changes": {"step": number}}
        services.record(by=DEPUTY, at=at, **{**given, **changes})


def change(statement):
    """What a person with the database's password may do."""
    with connection.cursor() as cursor:
        for part in statement.split("; "):
            cursor.execute(part)


def hash_of(seq):
    return AuditRow.objects.get(seq=seq).hash


def named(report):
    return [int(re.match(r"audit row (\d+) ", fault)[1]) for fault in report.faults]


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


def test_every_altered_row_is_named_and_no_other(at):
    record(at, 9)
    change("UPDATE audit_auditrow SET because = 'x' WHERE seq IN (2, 3, 7)")

    assert named(selectors.verify_chain()) == [2, 3, 7]


def test_a_row_rewritten_with_its_hash_is_found_at_the_next(at):
    record(at, 5)
    row = AuditRow.objects.get(seq=3)
    row.because = "x"
    change(f"UPDATE audit_auditrow SET because = 'x', hash = '{chain_hash(hash_of(2), row.content())}' WHERE seq = 3")

    assert named(selectors.verify_chain()) == [4]
    assert "or row 3 was, together with its hash" in selectors.verify_chain().faults[0]


def test_more_faults_than_a_person_reads_are_counted(at):
    record(at, 60)
    change("UPDATE audit_auditrow SET because = 'x' WHERE seq > 5")

    faults = selectors.verify_chain().faults

    assert len(faults) == 21
    assert faults[-1] == "and 35 more"


@pytest.mark.sqlite
@pytest.mark.parametrize("statement", ["SET changes = '{'", "SET at = 'yesterday'"])
def test_a_row_that_cannot_be_read_any_more_is_named(at, statement):
    record(at, 5)
    change(
        f"PRAGMA ignore_check_constraints = 1; UPDATE audit_auditrow {statement} WHERE seq = 3;"
        # Left on, no constraint would hold in the tests that come after.
        " PRAGMA ignore_check_constraints = 0"
    )

    assert named(selectors.verify_chain()) == [3]


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


def test_a_trail_emptied_by_hand_is_found(at):
    record(at, 3)
    change("DELETE FROM audit_auditrow")

    assert selectors.verify_chain().faults == ("the trail ends at row 0, but its head says 3: its end was cut off",)


def test_a_row_added_by_hand_is_found(at):
    record(at, 3)
    row = AuditRow(seq=4, at=at, actor="user:x", action="a.b.c", subject_type="a", subject_id="1")
    row.hash = chain_hash(hash_of(3), row.content())
    AuditRow.objects.bulk_create([row])

    assert "rows were added by hand" in selectors.verify_chain().faults[0]


def test_a_head_set_back_is_found(at):
    record(at, 3)
    change("UPDATE audit_chainhead SET hash = 'ff'")

    assert selectors.verify_chain().faults == ("the head of the trail does not fit row 3: one of them was altered",)


def test_what_is_written_during_the_walk_is_no_fault(at, monkeypatch):
    monkeypatch.setattr(selectors, "CHUNK", 1)
    record(at, 3)

    report = selectors.verify_chain(progress=lambda rows: record(at) if rows == 2 else None)

    assert report.whole
    assert report.head_seq == 4


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({"x": 1e16}, {"x": 10**16}),
        ({"x": [-0.0]}, {"x": [0.0]}),
        ({"b": 1, "a": 2}, {"a": 2, "b": 1}),
    ],
)
def test_a_hash_holds_for_what_each_database_gives_back(written, read):
    assert chain_hash("0", {"changes": written}) == chain_hash("0", {"changes": read})


def test_keys_that_are_numbers_and_tuples_are_kept_as_json_gives_them_back(at):
    record(at, changes={2026: (1, 2), 9: "九", 10: 0.1})

    assert AuditRow.objects.get().changes == {"2026": [1, 2], "9": "九", "10": 0.1}
    assert selectors.verify_chain().whole


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_json_cannot_carry_is_refused(at, value):
    with pytest.raises((TypeError, ValueError)):
        record(at, changes={"x": value})

    assert not AuditRow.objects.exists()


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


def test_the_report_for_machines(at, capsys):
    record(at, 3)

    call_command("audit", "verify", "--json")
    report = json.loads(capsys.readouterr().out)

    assert report["sound"] is True
    assert report["rows"] == report["head"]["seq"] == 3
    assert report["head"]["hash"] == hash_of(3)
    assert report["chain"] == []
    assert "documents" in report["checks"]


def test_verify_asks_every_registered_check_and_fails_with_it(monkeypatch, capsys):
    checks = Registry(IntegrityCheck)
    checks.add(SimpleNamespace(key="test", label=message("测试"), run=lambda: ("day 3 does not add up",)))
    monkeypatch.setattr(registries, "integrity", checks)

    with pytest.raises(SystemExit) as ended:
        call_command("audit", "verify")

    assert ended.value.code == 1
    assert "✗ day 3 does not add up" in capsys.readouterr().out


def test_each_viewer_reads_the_trail_of_his_scope(at):
    record(at, programme="zj-ganzi", place="513301")
    record(at, programme="zj-nagqu", place="540602")
    record(at)

    seen = {one.ref: len(selectors.list_rows(viewer=one, acts=Acts())) for one in (AUDITOR, ADMIN, KANGDING, STRANGER)}
    in_nagqu = selectors.list_rows(viewer=actor("auditor", place="540600"), acts=Acts())

    assert seen == {AUDITOR.ref: 3, ADMIN.ref: 3, KANGDING.ref: 0, STRANGER.ref: 0}
    assert [row.place for row in in_nagqu] == ["540602"]


def test_the_trail_is_read_newest_first_by_kind_day_and_page(at, django_assert_num_queries):
    record(at - timedelta(days=1), action="ledger.entry.posted")
    record(at, 3)

    with django_assert_num_queries(1):
        newest = selectors.list_rows(viewer=AUDITOR, acts=Acts(), limit=2)
    older = selectors.list_rows(viewer=AUDITOR, acts=Acts(before_seq=newest[-1].seq))
    of_ledger = selectors.list_rows(viewer=AUDITOR, acts=Acts(action="ledger."))
    of_yesterday = selectors.list_rows(viewer=AUDITOR, acts=Acts(until=at))
    of_office = selectors.list_rows(viewer=AUDITOR, acts=Acts(actors=[OFFICE.ref]))

    assert [row.seq for row in newest] == [4, 3]
    assert [row.seq for row in older] == [2, 1]
    assert [row.seq for row in of_ledger] == [row.seq for row in of_yesterday] == [1]
    assert of_office == []


def test_an_act_that_nobody_has_words_for_is_refused_and_leaves_no_trace(at):
    with pytest.raises(services.ActWithoutWords, match=r"projects\.project\.teleported"):
        record(at, action="projects.project.teleported")

    assert not AuditRow.objects.exists()
