# SPDX-License-Identifier: Apache-2.0
"""A table that was taken into a register is taken back whole, or not at all."""

from datetime import timedelta

import pytest
from django.test import Client

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, Conflict, NotVisible
from shanhai.registers.organisations.models import Organisation
from shanhai.registers.organisations.services import import_organisations
from shanhai.registers.organisations.tests.builders import an_organisation
from shanhai.registers.organisations.values import OrganisationRow
from shanhai.registers.places.models import Division, DivisionChange, Outline, Site
from shanhai.registers.places.services import import_changes, import_divisions, import_sites
from shanhai.registers.places.tests.builders import a_division, a_site, a_square
from shanhai.registers.places.values import ChangeRow, DivisionRow, SiteRow
from shanhai.registers.tables.models import TableImport
from shanhai.registers.tables.services import undo_import
from tests.cast import AT, AUDITOR, KANGDING, OFFICE, a_user
from tests.refusals import refused

pytestmark = pytest.mark.django_db
MODELS = (Division, Outline, DivisionChange, Site, Organisation)


def divisions(at):
    rows = [
        DivisionRow(1, "513301", "康定市新名", geometry=a_square(100.0, 28.0, 3)),
        DivisionRow(2, "513322", "泸定县", geometry=a_square(102.0, 29.0)),
        DivisionRow(3, "540000", "西藏自治区"),
        DivisionRow(4, "540600", "那曲市"),
        DivisionRow(5, "540602", "色尼区"),
    ]
    return import_divisions(by=OFFICE, at=at, rows=rows, crs="wgs84")


def changes(at):
    row = ChangeRow(1, "513301", "513322", "康定县", "泸定县", "merged", "2026-01-01", "通知")
    return import_changes(by=OFFICE, at=at, rows=[row])


def sites(at):
    rows = [SiteRow(1, "折多塘小学", "101.5", "29.5", "513301", "3400"), SiteRow(2, "新站", "101.6", "29.6", "513301")]
    return import_sites(by=OFFICE, at=at, rows=rows, crs="wgs84")


def organisations(at):
    rows = [
        OrganisationRow(1, "康定市第一小学", "一小"),
        OrganisationRow(2, "泸定县医院", kind="hospital"),
    ]
    return import_organisations(by=OFFICE, at=at, rows=rows)


BRINGING = [divisions, changes, sites, organisations]


@pytest.fixture
def stored():
    a_division("513301", box=(101.0, 29.0, 102.0, 30.0))
    a_site()
    an_organisation()


def all_rows():
    return {model: list(model.objects.order_by("pk").values()) for model in MODELS}


def plain(rows):
    """As stored; when a division last changed is not brought back, and bytes compare by what they hold."""
    return {
        model: [
            {name: bytes(value) if name == "wkb" else value for name, value in row.items() if name != "changed_at"}
            for row in found
        ]
        for model, found in rows.items()
    }


def undo(report, *, by=OFFICE, because="读错了表", at=AT):
    return undo_import(by=by, at=at, done=TableImport.objects.get(uuid=report.batch).uuid, because=because)


@pytest.mark.parametrize("bring", BRINGING)
def test_everything_is_as_it_was_and_the_same_table_may_come_again(stored, bring):
    before = plain(all_rows())

    report = bring(AT)
    brought = plain(all_rows())
    undo(report)

    assert brought != before
    assert plain(all_rows()) == before
    row = AuditRow.objects.latest("seq")
    assert (row.action, row.because, row.subject_id) == ("tables.import.undone", "读错了表", report.batch)
    assert bring(AT + timedelta(days=1)).counts == report.counts


@pytest.mark.parametrize("bring", BRINGING)
def test_who_may_not_take_in_such_a_table_takes_none_back(stored, bring):
    report = bring(AT)
    brought = all_rows()

    for by in (AUDITOR, KANGDING):
        with refused(NotVisible, None):
            undo(report, by=by)
    with refused(BadInput, "tables.reason_missing"):
        undo(report, because=" ")

    assert all_rows() == brought


def test_what_was_changed_since_or_is_needed_keeps_the_whole_table(stored):
    changed, used = organisations(AT), divisions(AT)
    Organisation.objects.filter(name="泸定县医院").update(kind="company")
    a_site("卫星站", division=Division.objects.get(code="540602"))
    brought = all_rows()

    with refused(Conflict, "tables.import_built_upon") as later:
        undo(changed)
    with refused(Conflict, "tables.import_built_upon") as needed:
        undo(used)

    assert "泸定县医院" in str(later.value)
    assert "卫星站" in str(needed.value)
    assert all_rows() == brought
    assert not TableImport.objects.exclude(undone_at=None).exists()


def test_a_table_that_changes_nothing_leaves_nothing_to_take_back(stored):
    organisations(AT)

    assert organisations(AT).batch == ""
    assert TableImport.objects.count() == 1


def test_the_page_tells_what_came_and_takes_it_back_once(stored):
    report = organisations(AT)
    office, county = Client(), Client()
    for client, user in ((office, a_user("office")), (county, a_user("county_user", place="513301"))):
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    listed = office.get("/import/done/").content.decode()
    empty = office.post(report.url, {"because": " "})
    done = office.post(report.url, {"because": "读错了表"}, follow=True)
    again = office.post(report.url, {"because": "读错了表"})

    assert report.url in listed
    assert (empty.status_code, "请写明为什么" in empty.content.decode()) == (400, True)
    assert "已撤销" in done.content.decode()
    assert (again.status_code, "已经撤销过" in again.content.decode()) == (409, True)
    assert county.get(report.url).status_code == county.get("/import/done/").status_code == 404
    assert "/import/done/" not in county.get("/import/").content.decode()
