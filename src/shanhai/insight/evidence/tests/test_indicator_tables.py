# SPDX-License-Identifier: Apache-2.0
"""A table of indicators is taken in as a whole or not at all, told by row and column, and taken back."""

import pytest

from shanhai.insight.evidence.facts.services import take_in_indicators
from shanhai.insight.evidence.models import Indicator
from shanhai.insight.evidence.values import IndicatorLine, PeriodKind
from shanhai.kernel.errors import Conflict, NotAllowed, NotVisible
from shanhai.planning.programmes.tests.builders import a_programme
from shanhai.registers.tables.services import undo_import
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, STRANGER

pytestmark = pytest.mark.django_db
SCHOOLS = IndicatorLine(5, "paired-schools", "结对学校", "school", PeriodKind.YEAR, owner="教育组")
SHARE = IndicatorLine(6, "local-jobs", "本地就业", "person", PeriodKind.MONTH)


@pytest.fixture(autouse=True)
def programme():
    return a_programme()


def taken(*rows, by=OFFICE, **kw):
    return take_in_indicators(by=by, at=AT, rows=rows, programme="zj-ganzi", **kw)


def kept():
    return {one.code: (one.name, one.unit, one.owner) for one in Indicator.objects.all()}


def test_a_table_makes_and_corrects_and_the_same_table_changes_nothing():
    assert taken(SCHOOLS, SHARE, dry_run=True).counts == {"new": 2, "changed": 0, "unchanged": 0}
    assert kept() == {}
    assert taken(SCHOOLS, SHARE).counts == {"new": 2, "changed": 0, "unchanged": 0}
    assert taken(SCHOOLS, SHARE).counts == {"new": 0, "changed": 0, "unchanged": 2}

    report = taken(IndicatorLine(5, "paired-schools", "结对的学校", ""))
    assert report.counts == {"new": 0, "changed": 1, "unchanged": 0}
    assert kept()["paired-schools"] == ("结对的学校", "school", "教育组")
    undo_import(by=OFFICE, at=AT, done=report.batch, because="写错了")
    assert kept()["paired-schools"] == ("结对学校", "school", "教育组")


def test_each_fault_is_told_at_its_cell_and_nothing_is_written():
    wrong = (
        SCHOOLS,
        IndicatorLine(6, "Local Jobs", "本地就业", "斤两", PeriodKind.MONTH),
        IndicatorLine(7, "jobs", "结对学校", "person", PeriodKind.MONTH),
        IndicatorLine(8, "paired-schools", "另一个", "school", PeriodKind.YEAR),
        IndicatorLine(9, "farms", "农场", "piece"),
    )

    report = taken(*wrong)

    told = [(one.row, one.column) for one in report.problems]
    assert told == [(6, "code"), (6, "unit"), (7, "name"), (8, "code"), (9, "period")]
    assert (report.applied, kept()) == (False, {})


def test_what_was_made_is_taken_back_unless_something_rests_on_it():
    report = taken(SCHOOLS, SHARE)
    Indicator.objects.filter(code="local-jobs").update(owner="产业组")
    with pytest.raises(Conflict):
        undo_import(by=OFFICE, at=AT, done=report.batch, because="写错了")
    Indicator.objects.filter(code="local-jobs").update(owner="")

    undo_import(by=OFFICE, at=AT, done=report.batch, because="写错了")
    assert kept() == {}


@pytest.mark.parametrize(("by", "answer"), [(AUDITOR, NotAllowed), (KANGDING, NotAllowed), (STRANGER, NotVisible)])
def test_who_does_not_manage_evidence_takes_in_nothing(by, answer):
    with pytest.raises(answer):
        taken(SCHOOLS, by=by)
    assert kept() == {}
