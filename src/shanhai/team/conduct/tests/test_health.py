# SPDX-License-Identifier: Apache-2.0
"""Health under seal: templates in versions, sheets of one's own, thresholds, who opened them, ten people or none."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanhai.base.audit.models import AuditRow
from shanhai.kernel.errors import BadInput, NotAllowed, NotVisible, Refused
from shanhai.kernel.figures import FigureScope
from shanhai.kernel.registry import registries
from shanhai.registers.people.tests.builders import a_person
from shanhai.team.conduct.health import selectors, services
from shanhai.team.conduct.health.rules.items import Item, from_json, is_beyond, read_items, write_items
from shanhai.team.conduct.health.rules.samples import SAMPLES
from shanhai.team.conduct.models import HealthSheet, Opening
from shanhai.team.conduct.tests.builders import DISCIPLINE, KEEPER, a_sheet, somebody, the_lists
from shanhai.team.conduct.values import ItemType, ListKind
from shanhai.team.secondments.tests.builders import a_post, a_secondment, two_counties
from tests.cast import AT, AUDITOR, DEPUTY, OFFICE, actor, waiting_for

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
ERASER = actor("health_keeper")
GLUCOSE = "血糖 | Glucose | 数字 | mmol/L | 1 | 40 | 4 | 7"


@pytest.fixture
def programme():
    return two_counties()


@pytest.fixture
def me(programme):
    return somebody(programme)


def test_a_sheet_is_the_persons_and_the_keepers_and_the_person_sees_who_opened_it(programme, me):
    by, held = me
    lists = the_lists()
    sheet = a_sheet(by, lists[ListKind.MONTHLY], n0=182, n3=91)
    assert sheet.beyond == 1
    assert waiting_for(KEEPER, "conduct.health") == [f"/health/sheets/{sheet.uuid}/"]

    for other in (somebody(programme, "乙二")[0], DISCIPLINE, OFFICE, DEPUTY, AUDITOR):
        with pytest.raises(NotVisible):
            services.open_sheet(by=other, at=AT, sheet=sheet.uuid)
        with pytest.raises((NotAllowed, NotVisible)):
            services.open_sheets(by=other, at=AT, secondment=held.uuid)
    services.open_sheet(by=by, at=AT, sheet=sheet.uuid)
    assert not Opening.objects.exists()
    services.open_sheet(by=KEEPER, at=AT, sheet=sheet.uuid)
    assert list(Opening.objects.values_list("person", "what", "by")) == [(held.person.pk, "health", KEEPER.ref)]
    # What was looked at waits no longer.
    assert waiting_for(KEEPER, "conduct.health") == []
    told = "".join(f"{one.changes}{one.because}{one.subject_id}" for one in AuditRow.objects.all())
    assert not re.search(r"\b182\b", told)
    assert str(held.person.uuid) not in [one.subject_id for one in AuditRow.objects.filter(action__contains="sheet")]


def test_the_month_waits_until_it_is_filled_in(me):
    by, _held = me
    lists = the_lists()
    assert waiting_for(by, "conduct.health") == ["/health/fill/monthly/?programme=zj-ganzi"]
    a_sheet(by, lists[ListKind.MONTHLY], day=date(2026, 10, 31))
    assert waiting_for(by, "conduct.health") == ["/health/fill/monthly/?programme=zj-ganzi"]
    a_sheet(by, lists[ListKind.MONTHLY], day=date(2026, 11, 1))
    assert waiting_for(by, "conduct.health") == []


def test_figures_are_of_ten_people_or_more(programme):
    lists = the_lists()
    family, scope = registries.figures.get("health"), FigureScope("zj-ganzi", TODAY)

    def told(viewer=DEPUTY):
        return [one.value and one.value.number for one in family.list_figures(viewer=viewer, scope=scope)]

    for number in range(9):
        held = a_secondment(a_post(programme, title=f"岗位{number}"), a_person(f"人{number}"))
        services.fill_sheet(
            by=KEEPER, at=AT, template=lists[ListKind.MONTHLY].uuid, day=TODAY, answers={"0": 170}, secondment=held.uuid
        )
    assert told() == [None, None]
    by, _held = somebody(programme, "第十人")
    a_sheet(by, lists[ListKind.MONTHLY], day=TODAY, n0=120)
    a_sheet(by, lists[ListKind.MONTHLY], day=TODAY, n0=121)
    assert told() == [10, 9]
    assert told(DISCIPLINE) == told(AUDITOR) == told(by) == []
    evidence = family.list_evidence(viewer=DEPUTY, scope=scope, key="health.beyond", part="whole", offset=0, limit=50)
    # No row behind it names anybody.
    assert [(one.measure.number, one.source) for one in evidence.rows] == [(9, None)]
    county = FigureScope("zj-ganzi", TODAY, place="513301")
    assert family.list_figures(viewer=DEPUTY, scope=county) == ()


def test_a_template_has_versions_and_a_sheet_keeps_its_own(me):
    by, _held = me
    old = the_lists()[ListKind.CHRONIC]
    sheet = a_sheet(by, old, n0="yes")
    given = {"programme": "zj-ganzi", "kind": ListKind.CHRONIC, "items": GLUCOSE, "source": "医嘱", "valid_from": TODAY}
    new = services.publish_template(by=KEEPER, at=AT, **given)

    assert new.version == 2
    with pytest.raises(Refused, match="刚才换了新的"):
        a_sheet(by, old, n0="no")
    sheet.refresh_from_db()
    assert from_json(sheet.template.items)[0].label == "高血压"
    assert sheet.beyond == 1
    with pytest.raises(NotAllowed):
        services.publish_template(by=OFFICE, at=AT, **given)
    # What comes with the product replaces nothing.
    assert services.publish_samples(by=KEEPER, at=AT, programme="zj-ganzi") == 0


@pytest.mark.parametrize(
    ("answers", "day", "field"),
    [
        ({"n0": 300}, TODAY, "item-0"),
        ({"n3": 39}, TODAY, "item-3"),
        ({"n7": "长" * 301}, TODAY, "item-7"),
        ({"n0": ""}, TODAY, ""),
        ({"n0": 120}, TODAY + timedelta(days=1), "day"),
        ({"n0": 120}, date(2020, 1, 1), "day"),
    ],
    ids=str,
)
def test_what_cannot_be_filled_in(me, answers, day, field):
    lists = the_lists()
    with pytest.raises(BadInput) as refused:
        a_sheet(me[0], lists[ListKind.MONTHLY], day=day, **answers)
    assert refused.value.field == field
    assert not HealthSheet.objects.exists()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "请写 1 到 40 行"),
        ("甲 | A | 文字\n" * 41, "请写 1 到 40 行"),
        ("甲 | A", "第 1 行"),
        ("甲 | A | 图片", "第 1 行：类型写"),
        ("甲 | A | 文字\n乙 | B | 数字 | 度 | 高", "第 2 行：“高”不是数"),
        ("甲 | A | 数字 | 度 | 9 | 3", "第 1 行：最小大于最大"),
        ("甲 | A | 数字 | 度 | 1 | 2 | 3 | 4 | 5", "第 1 行"),
    ],
    ids=range(7),
)
def test_what_is_no_template(text, why):
    with pytest.raises(BadInput, match=why):
        read_items(text)


def test_what_comes_with_the_product_reads_back_the_same():
    for text in SAMPLES.values():
        items = read_items(text)
        assert read_items(write_items(items)) == items
    # The Lake Louise score of 2018: three points of four symptoms.
    score = read_items(SAMPLES[ListKind.ALTITUDE])[7]
    assert [is_beyond(score, number) for number in (2, 3)] == [False, True]


@given(st.decimals(-500, 500, places=1), st.decimals(-100, 100, places=1), st.decimals(-100, 100, places=1))
def test_beyond_is_outside_of_the_thresholds(value, one, two):
    low, high = sorted((one, two))
    item = Item("甲", "A", ItemType.NUMBER, low=f"{low:f}", high=f"{high:f}")
    assert is_beyond(item, f"{value:f}") is (value < low or value > high)
    assert not is_beyond(Item("甲", "A", ItemType.NUMBER), f"{Decimal(value):f}")


def test_one_erases_ones_own_at_once_and_all_is_erased_a_year_later(me):
    by, held = me
    lists = the_lists()
    first, second = (a_sheet(by, lists[kind], n0=170) for kind in (ListKind.MONTHLY, ListKind.MONTHLY))
    with pytest.raises(NotAllowed):
        services.erase_own(by=KEEPER, at=AT, sheet=first.uuid)
    services.erase_own(by=by, at=AT, sheet=first.uuid)
    first.refresh_from_db()
    assert (first.answers, first.beyond) == ({}, 0)

    declared = registries.personal_data.get("conduct.HealthSheet")
    end = AT.replace(year=held.until.year + 1, month=held.until.month, day=held.until.day)
    assert declared.erase(by=ERASER, at=end - timedelta(days=1)) == 0
    assert declared.erase(by=ERASER, at=end) == 1
    second.refresh_from_db()
    assert second.answers == {}


def test_the_keeper_fills_in_for_somebody_and_the_desk_shows_when_not_what(me):
    by, held = me
    lists = the_lists()
    services.fill_sheet(
        by=KEEPER, at=AT, template=lists[ListKind.ENTRY].uuid, day=TODAY, answers={"1": 150}, secondment=held.uuid
    )
    with pytest.raises(NotAllowed):
        services.fill_sheet(
            by=by, at=AT, template=lists[ListKind.ENTRY].uuid, day=TODAY, answers={"1": 150}, secondment=held.uuid
        )
    found = selectors.filled_by(viewer=KEEPER, programme="zj-ganzi", people=[held.person.pk])
    assert found[held.person.pk][ListKind.ENTRY].day == TODAY
    assert selectors.filled_by(viewer=OFFICE, programme="zj-ganzi", people=[held.person.pk]) == {}
