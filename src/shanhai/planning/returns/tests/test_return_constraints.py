# SPDX-License-Identifier: Apache-2.0
"""What the database itself refuses, whatever code asks it."""

import pytest
from django.db import IntegrityError, transaction

from shanhai.planning.returns.models import Finding, Return, ReturnRow
from shanhai.planning.returns.tests.builders import a_return, ganzi_programme
from tests.cast import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(settings, tmp_path):
    settings.DOCUMENTS_DIR = tmp_path / "documents"
    ganzi_programme()
    return a_return(tmp_path, ("康定市", 1, 9, 8, 7, 9))


def copy_of(report: Return, **kw):
    names = ("programme", "place", "title", "cut_off_on", "document", "unit", "submitted_at", "submitted_by")
    return Return(**{name: getattr(report, name) for name in names} | kw)


def test_one_file_stands_submitted_once_in_a_programme(report):
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(report).save()

    copy_of(report, state="withdrawn", withdrawn_at=AT, withdrawn_by="user:office", because="重报").save()


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit": "tonne"},
        {"title": ""},
        {"state": "lost"},
        {"provenance": "invented"},
        {"withdrawn_at": AT},
        {"state": "withdrawn", "withdrawn_at": AT, "withdrawn_by": "user:office"},
    ],
    ids=str,
)
def test_a_return_that_cannot_be_is_refused(report, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Return.objects.filter(pk=report.pk).update(**wrong)


@pytest.mark.parametrize(
    "wrong", [{"label": "康定市"}, {"place": "513301"}, {"position": 1}, {"place": "康定"}], ids=str
)
def test_a_row_stands_once_and_at_a_code(report, wrong):
    row = {"label": "泸定县", "place": "513322", "position": 2, "stated": {}} | wrong

    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnRow.objects.create(report=report, **row)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "guess"},
        {"severity": "fatal"},
        {"confidence": "sure"},
        {"because": "无误"},
        {"state": "explained", "explained_at": AT, "explained_by": "user:office"},
    ],
    ids=str,
)
def test_a_finding_that_cannot_be_is_refused(report, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.filter(row__report=report).update(**wrong)
