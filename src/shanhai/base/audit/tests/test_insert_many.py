# SPDX-License-Identifier: Apache-2.0
"""Many rows by plain tuples: all of them, each once, in order, whatever fits into a statement."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from shanhai.base.audit.models import ChainHead
from shanhai.base.database import services
from shanhai.base.database.services import MOST_PARAMETERS, insert_many, new_keys

pytestmark = pytest.mark.django_db

A_STATEMENT = MOST_PARAMETERS // 3
NAMES = ("id", "seq", "hash")


def rows(count):
    return [(number + 1000, number, f"'{number}%s") for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, A_STATEMENT - 1, A_STATEMENT, A_STATEMENT + 1, 2 * A_STATEMENT + 5])
def test_every_row_arrives_as_it_is_and_in_order(count):
    insert_many(ChainHead, NAMES, iter(rows(count)))

    assert list(ChainHead.objects.order_by("seq").values_list(*NAMES)) == rows(count)


def test_batches_follow_each_other(monkeypatch):
    monkeypatch.setattr(services, "AT_ONCE", 100)

    insert_many(ChainHead, NAMES, rows(250))

    assert list(ChainHead.objects.order_by("seq").values_list(*NAMES)) == rows(250)


def test_a_conflict_is_settled_row_by_row():
    insert_many(ChainHead, NAMES, rows(A_STATEMENT))
    changed = [(key, seq + 1, "later") for key, seq, _ in rows(A_STATEMENT + 2)]
    insert_many(ChainHead, NAMES, changed, "ON CONFLICT (id) DO UPDATE SET seq = excluded.seq")

    assert list(ChainHead.objects.order_by("id").values_list("id", "seq")) == [(key, seq) for key, seq, _ in changed]


def test_one_bad_row_leaves_none_of_them():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_many(ChainHead, NAMES, [*rows(A_STATEMENT + 10), rows(1)[0]])

    assert not ChainHead.objects.exists()


@pytest.mark.sqlite
def test_rows_share_statements():
    with CaptureQueriesContext(
        connection,
    ) as caught:
        insert_many(ChainHead, NAMES, rows(3 * A_STATEMENT + 1))

    assert [one["sql"].split(" times")[0] for one in caught.captured_queries] == ["3", "1"]


@pytest.mark.parametrize("count", [0, 1, 500])
def test_as_many_keys_are_new_as_are_asked_for(count):
    first, then = new_keys(ChainHead, count), new_keys(ChainHead, count)

    assert len(set(first)) == count
    if connection.vendor == "postgresql":
        assert len({*first, *then}) == 2 * count


@pytest.mark.postgres
def test_keys_that_others_drew_meanwhile_are_not_among_them():
    with connection.cursor() as cursor:
        # As if another session drew every second one.
        cursor.execute("SELECT pg_get_serial_sequence('audit_chainhead', 'id')")
        cursor.execute(f"ALTER SEQUENCE {cursor.fetchone()[0]} INCREMENT BY 2")
    keys = list(new_keys(ChainHead, 5))

    assert [one - keys[0] for one in keys] == [0, 2, 4, 6, 8]
