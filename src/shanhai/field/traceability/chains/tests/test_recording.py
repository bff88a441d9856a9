# SPDX-License-Identifier: Apache-2.0
"""Steps that are recorded: once, within the limits, with balances that hold, by who may."""

import json
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanhai.field.traceability.capture.services.leaving import end_party
from shanhai.field.traceability.chains.services.correcting import correct_record, withdraw_record
from shanhai.field.traceability.chains.services.holding import hold, release
from shanhai.field.traceability.chains.services.registering import close_zone, load_product, register_permit
from shanhai.field.traceability.chains.tests.builders import MAY, TAG, Chain, a_permit, collected, lots_of
from shanhai.field.traceability.chains.values import Made
from shanhai.field.traceability.models import EarTag, Event, Finding, Lot, Party, ProductClass, Record
from shanhai.field.traceability.states import EventState
from shanhai.field.traceability.store.services.recording import declare_wrong
from shanhai.kernel import ids
from shanhai.kernel.errors import BadInput, Conflict, DomainError, NotAllowed, NotVisible, Refused
from shanhai.registers.codes.models.batches import acted_for
from tests.cast import ADMIN, OFFICE, actor

pytestmark = pytest.mark.django_db
INSPECTOR = actor("trace_inspector")
REPORT = {"number": "R-1", "issuer": "演示检测", "issued_on": "2026-05-19", "arsenic": "4.4", "verdict": "pass"}


@pytest.fixture
def fungus():
    return Chain("caterpillar-fungus")


@pytest.fixture
def yak():
    return Chain("yak-beef")


def an_animal(chain, tag=TAG):
    (animal,) = lots_of(chain.step("cooperative", "raise", fields={"tag": tag}))
    fields = {"number": "Q-1", "issuer": "演示检疫", "issued_on": "2026-05-20", "tag": tag}
    chain.step("cooperative", "quarantine", [animal], fields=fields)
    chain.step("cooperative", "hand_over", [animal], to=chain.party("slaughterhouse"))
    chain.step("slaughterhouse", "buy", [animal])
    return animal


def test_a_form_that_comes_again_is_answered_as_at_first(fungus):
    permit, form = a_permit(fungus), ids.new_id()
    first = collected(fungus, permit, 300, form_id=form)
    again = collected(fungus, permit, 999, form_id=form)

    assert again == first
    assert Record.objects.count() == Event.objects.count() == 1
    with pytest.raises(Conflict, match="另一步"):
        fungus.step("cooperative", "hand_over", [first], to=fungus.party("processor"), form_id=form)


def test_more_is_not_collected_than_permitted_and_nothing_is_kept(fungus):
    permit = a_permit(fungus, grams=1000)
    collected(fungus, permit, 600)
    with pytest.raises(Refused, match="还剩 400 克"):
        collected(fungus, permit, 401)
    with pytest.raises(Refused, match="还剩 400 克"):
        collected(fungus, permit, 161, condition="dry")
    collected(fungus, permit, 160, condition="dry")

    assert Lot.objects.count() == 2


def test_nobody_collects_in_a_closed_zone_or_out_of_season(fungus):
    permit = a_permit(fungus)
    close_zone(zone=permit.zone.uuid, starts_on=MAY.date(), ends_on=MAY.date(), because="轮采", by=OFFICE, at=MAY)
    with pytest.raises(Refused, match="轮采"):
        collected(fungus, permit, 10)
    collected(fungus, permit, 10, happened_at=MAY - timedelta(days=1))
    with pytest.raises(Refused, match="不在采集季"):
        collected(fungus, permit, 10, happened_at=MAY - timedelta(days=40))


def test_a_holder_has_one_permit_a_season_and_a_number_is_used_once(fungus):
    a_permit(fungus)
    with pytest.raises(Conflict, match="一人一证"):
        a_permit(fungus, number="CJ-2")
    with pytest.raises(DomainError, match="已经"):
        a_permit(fungus, holder="H-02")


def test_a_lot_is_not_split_into_more_than_its_weight(fungus):
    dry = collected(fungus, a_permit(fungus), 100, condition="dry")
    graded = lots_of(fungus.step("cooperative", "grade", [dry], [Made(99, facts={"grade": "g2000"})]))
    with pytest.raises(Refused, match="最多产出 99 克"):
        fungus.step("cooperative", "split", graded, [Made(50), Made(50)])
    with pytest.raises(Refused, match="已经用完"):
        fungus.step("cooperative", "grade", [dry], [Made(1, facts={"grade": "g2000"})])


def test_nothing_is_packed_without_a_passed_report_on_arsenic(fungus):
    dry = collected(fungus, a_permit(fungus), 100, condition="dry")
    (graded,) = lots_of(fungus.step("cooperative", "grade", [dry], [Made(99, facts={"grade": "g2000"})]))
    fungus.step("cooperative", "test", [graded], fields={**REPORT, "verdict": "fail"})
    with pytest.raises(Refused, match="砷"):
        fungus.step("cooperative", "pack", [graded], [Made(10)])
    fungus.step("cooperative", "test", [graded], fields=REPORT)
    fungus.step("cooperative", "test", [graded], fields={**REPORT, "number": "R-2", "verdict": "fail"})
    with pytest.raises(Refused, match="砷"):
        fungus.step("cooperative", "pack", [graded], [Made(10)])
    fungus.step("cooperative", "test", [graded], fields={**REPORT, "number": "R-3"})
    (part, _rest) = lots_of(fungus.step("cooperative", "split", [graded], [Made(40), Made(59)]))
    with pytest.raises(Refused, match="保健"):
        fungus.step("cooperative", "pack", [part], [Made(10)], fields={"label": "抗癌"})
    assert len(lots_of(fungus.step("cooperative", "pack", [part], [Made(10, 0, 4)]))) == 4


def test_an_animal_is_slaughtered_once(yak):
    animal = an_animal(yak)
    yak.step("slaughterhouse", "slaughter", [animal], [Made(100_000)], fields={"mark": "M"})
    with pytest.raises(Refused, match="只能屠宰一次"):
        yak.step("slaughterhouse", "slaughter", [animal], [Made(100_000)], fields={"mark": "M"})


def test_cuts_weigh_no_more_than_the_carcass(yak):
    (carcass,) = lots_of(
        yak.step("slaughterhouse", "slaughter", [an_animal(yak)], [Made(100_000)], fields={"mark": "M"})
    )
    cuts = [Made(60_000, facts={"cut": "round"}), Made(40_001, facts={"cut": "chuck"})]
    with pytest.raises(Refused, match="最多产出 100000 克"):
        yak.step("slaughterhouse", "cut", [carcass], cuts, fields={"storage": "chilled"})


def test_a_tag_is_never_given_again_and_a_certificate_quotes_the_one_that_is_worn(yak):
    (animal,) = lots_of(yak.step("cooperative", "raise", fields={"tag": TAG}))
    new = "254060200000025"
    yak.step("cooperative", "retag", [animal], fields={"tag": new, "because": "掉了"})
    for tag in (TAG, new):
        with pytest.raises(Conflict, match="已经用过"):
            yak.step("cooperative", "raise", fields={"tag": tag})
    paper = {"number": "Q-1", "issuer": "演示检疫", "issued_on": "2026-05-20"}
    with pytest.raises(Refused, match=new):
        yak.step("cooperative", "quarantine", [animal], fields={**paper, "tag": TAG})
    yak.step("cooperative", "quarantine", [animal], fields={**paper, "tag": new})

    assert list(EarTag.objects.values_list("number", "because")) == [(TAG, "掉了"), (new, "")]


def test_a_step_is_not_before_the_lot_was_handed_on(fungus):
    lot, later = collected(fungus, a_permit(fungus), 100), MAY + timedelta(days=5)
    fungus.step("cooperative", "hand_over", [lot], to=fungus.party("processor"), at=later)
    with pytest.raises(Refused, match="2026-05-25 还记过一步"):
        fungus.step("processor", "buy", [lot], fields={"licence": "S-1"}, at=later, happened_at=MAY)
    fungus.step("processor", "buy", [lot], fields={"licence": "S-1"}, at=later)
    with pytest.raises(Refused, match="2026-05-25 还记过一步"):
        fungus.step("processor", "dry", [lot], [Made(30)], at=later, happened_at=MAY)


def test_an_animal_is_not_tagged_anew_before_it_was_tagged(yak):
    later = MAY + timedelta(days=5)
    (animal,) = lots_of(yak.step("cooperative", "raise", fields={"tag": TAG}))
    yak.step("cooperative", "retag", [animal], fields={"tag": "254060200000025", "because": "掉了"}, at=later)
    again = {"tag": "254060200000033", "because": "掉了"}
    with pytest.raises(Refused, match="还记过一步"):
        yak.step("cooperative", "retag", [animal], fields=again, at=later, happened_at=MAY)


def test_nothing_begins_by_a_definition_that_another_has_followed(yak):
    (animal,) = lots_of(yak.step("cooperative", "raise", fields={"tag": TAG}))
    load_product(content=json.dumps({**yak.product.definition, "version": 2}).encode(), by=OFFICE, at=MAY)
    with pytest.raises(Refused, match="已经更新"):
        yak.step("cooperative", "raise", fields={"tag": "254060200000025"})
    yak.step("cooperative", "retag", [animal], fields={"tag": "254060200000025", "because": "掉了"})


def test_warm_meat_does_not_leave_and_what_arrived_warm_is_explained_first(yak):
    (carcass,) = lots_of(
        yak.step("slaughterhouse", "slaughter", [an_animal(yak)], [Made(100_000)], fields={"mark": "M"})
    )
    cut = lots_of(
        yak.step("slaughterhouse", "cut", [carcass], [Made(9000, facts={"cut": "rib"})], fields={"storage": "chilled"})
    )
    boxes = lots_of(yak.step("slaughterhouse", "pack", cut, [Made(3000, 0, 2)]))
    with pytest.raises(Refused, match="先降温"):
        yak.step("slaughterhouse", "ship", boxes, to=yak.party("shop"), fields={"celsius": "4.5"})
    yak.step("slaughterhouse", "store", boxes[:1], fields={"celsius": "6"})
    with pytest.raises(Refused, match="还没有说明"):
        yak.step("slaughterhouse", "ship", boxes, to=yak.party("shop"), fields={"celsius": "3"})
    yak.step("slaughterhouse", "ship", boxes[1:], to=yak.party("shop"), fields={"celsius": "3"})
    yak.step("shop", "receive", boxes[1:], fields={"celsius": "3"}, at=MAY + timedelta(days=2))
    with pytest.raises(Refused, match="保质期"):
        yak.step("shop", "sell", boxes[1:], at=MAY + timedelta(days=9))


def test_what_is_held_stays_where_it_is_until_it_is_released(fungus):
    lot = collected(fungus, a_permit(fungus), 100)
    assert hold(lots=[lot.uuid], because="抽检", by=INSPECTOR, at=MAY) == 1
    with pytest.raises(Refused, match="扣下"):
        fungus.step("cooperative", "hand_over", [lot], to=fungus.party("processor"))
    with pytest.raises(NotAllowed):
        release(lots=[lot.uuid], because="放行", by=fungus.by[fungus.party("cooperative").pk], at=MAY)
    assert release(lots=[lot.uuid], because="合格", by=INSPECTOR, at=MAY) == 1
    fungus.step("cooperative", "hand_over", [lot], to=fungus.party("processor"))
    hold(lots=[lot.uuid], recalled=True, because="召回", by=INSPECTOR, at=MAY)
    release(lots=[lot.uuid], because="误报", by=INSPECTOR, at=MAY)

    assert [move.new for move in lot.moves.order_by("pk")] == ["held", "here", "on_way", "recalled", "on_way"]


def test_only_the_recorders_of_a_party_record_for_it(fungus):
    permit = a_permit(fungus)
    fungus.by[fungus.party("cooperative").pk] = OFFICE
    with pytest.raises(NotAllowed):
        collected(fungus, permit, 10)
    fungus.party("shop")
    with pytest.raises(NotAllowed):
        fungus.step("shop", "collect", outputs=[Made(10)], fields={"condition": "fresh"}, permit=permit.uuid)


def test_who_records_for_a_party_that_ended_does_nothing_more_from_that_night_on(fungus):
    permit, coop = a_permit(fungus), fungus.party("cooperative")
    by, night = fungus.by[coop.pk], MAY.replace(hour=23)
    assert acted_for(by) == {coop.organisation_id}
    end_party(party=Party.objects.get(pk=coop.pk), by=OFFICE, at=night)

    with pytest.raises(NotAllowed, match="停用"):
        collected(fungus, permit, 10, at=night)
    assert acted_for(by) == set()
    with pytest.raises(BadInput, match="停用"):
        register_permit(
            party=Party.objects.get(pk=coop.pk), zone=permit.zone.uuid, number="CJ-2", holder="H-02", grams=5,
            starts_on=permit.starts_on, ends_on=permit.ends_on, issuer="x", by=OFFICE, at=night,
        )  # fmt: skip


def test_a_lot_of_others_is_not_taken(fungus):
    lot = collected(fungus, a_permit(fungus), 100)
    with pytest.raises(NotVisible):
        fungus.step("processor", "dry", [lot], [Made(30)])


def test_a_correction_of_what_was_used_is_a_finding_and_what_came_of_it_stays(fungus):
    permit = a_permit(fungus, grams=2000)
    lot = collected(fungus, permit, 500, condition="dry")
    record, coop = Record.objects.get(), fungus.party("cooperative")
    (graded,) = lots_of(fungus.step("cooperative", "grade", [lot], [Made(495, facts={"grade": "broken"})]))
    tested = fungus.step("cooperative", "test", [graded], fields=REPORT)
    boxes = lots_of(fungus.step("cooperative", "pack", [graded], [Made(100, 0, 2)]))
    fungus.step("cooperative", "ship", boxes[:1], to=fungus.party("shop"))
    fungus.step("shop", "receive", boxes[:1])
    new = correct_record(record=record.uuid, grams={lot.uuid: 450}, because="秤没归零", by=fungus.by[coop.pk], at=MAY)

    lot.refresh_from_db()
    assert (lot.grams, lot.left, lot.short) == (450, 0, 50)
    assert new.permit_grams == 1125
    assert {(one.party, one.kind) for one in Finding.objects.all()} == {
        (coop, "more_out"),
        (fungus.party("shop"), "corrected"),
    }
    wrong, declared = Event.objects.filter(event_id=record.events.get().event_id).order_by("pk")
    assert (wrong.state, declared.state) == (EventState.DECLARED, EventState.DECLARATION)
    assert new.events.get().state == EventState.IN_FORCE
    with pytest.raises(Conflict, match="更正"):
        correct_record(record=record.uuid, grams={lot.uuid: 440}, because="x", by=fungus.by[coop.pk], at=MAY)
    withdraw_record(record=tested.uuid, because="报告是别的批次的", by=fungus.by[coop.pk], at=MAY)
    assert Finding.objects.filter(party=fungus.party("shop"), record=tested, kind="corrected").count() == 1


def test_a_step_that_did_not_happen_is_undone_from_the_last_one(fungus):
    lot = collected(fungus, a_permit(fungus), 500)
    record, by = Record.objects.get(), fungus.by[fungus.party("cooperative").pk]
    dried = fungus.step("cooperative", "dry", [lot], [Made(150)])
    with pytest.raises(Refused, match="后来又记了"):
        withdraw_record(record=record.uuid, because="没有", by=by, at=MAY)
    # What was put right afterwards stands where the first of it stood: what came after it is still after it.
    record = correct_record(record=record.uuid, grams={lot.uuid: 510}, because="秤", by=by, at=MAY)
    with pytest.raises(Refused, match="后来又记了"):
        withdraw_record(record=record.uuid, because="没有", by=by, at=MAY)
    # A program of the party has said so already.
    declare_wrong(event=dried.events.get(), reason="did_not_occur", corrective=[], by=by, at=MAY)
    withdraw_record(record=dried.uuid, because="没有", by=by, at=MAY)
    lot.refresh_from_db()
    assert (lot.left, lot.state) == (510, "here")
    sent = fungus.step("cooperative", "hand_over", [lot], to=fungus.party("processor"))
    record = correct_record(record=record.uuid, grams={lot.uuid: 520}, because="秤", by=by, at=MAY)
    withdraw_record(record=sent.uuid, because="没有", by=by, at=MAY)
    withdraw_record(record=record.uuid, because="没有", by=by, at=MAY)

    assert [one.state for one in Lot.objects.order_by("pk")] == ["void", "void"]
    assert not Event.objects.in_force().exists()


def test_a_lot_that_did_not_come_or_leave_is_where_it_was(fungus):
    lot = collected(fungus, a_permit(fungus), 500)
    sent = fungus.step("cooperative", "hand_over", [lot], to=fungus.party("processor"))
    came = fungus.step("processor", "buy", [(lot, 480)], fields={"licence": "S-1"})
    for record, party in ((came, "processor"), (sent, "cooperative")):
        withdraw_record(record=record.uuid, because="没有", by=fungus.by[fungus.party(party).pk], at=MAY)
        lot.refresh_from_db()
        on_way = (500, "on_way", fungus.party("processor"), MAY)
        now = (lot.left, lot.state, lot.on_way_to, lot.shipped_at and MAY)
        assert now == (on_way if party == "processor" else (500, "here", None, None))


def test_versions_of_a_product_are_kept_and_faults_are_told_by_place(fungus):
    again = ProductClass.objects.get(key="yak-beef")
    raw = json.dumps(again.definition, ensure_ascii=False)
    assert load_product(content=raw.encode(), by=OFFICE, at=MAY) == again
    with pytest.raises(Conflict, match="version"):
        load_product(content=raw.replace("牦牛肉", "牦牛").encode(), by=OFFICE, at=MAY)
    new = load_product(content=raw.replace('"version": 1', '"version": 2').encode(), by=OFFICE, at=MAY)
    assert (new.version, ProductClass.objects.filter(key="yak-beef").count()) == (2, 2)
    with pytest.raises(BadInput) as told:
        load_product(
            content=raw.replace('"killing"', '"killed"').replace('"does": "pack"', '"does": "sack"').encode(),
            by=OFFICE,
            at=MAY,
        )
    assert {one.field for one in (told.value, *told.value.others)} >= {"steps/5/biz_step", "steps/8/does"}
    with pytest.raises(NotAllowed):
        load_product(content=raw.encode(), by=ADMIN, at=MAY)


@given(st.lists(st.lists(st.integers(1, 400), min_size=1, max_size=4), min_size=1, max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_went_in_is_what_came_out_is_left_or_was_lost(fungus, splits):
    """Whatever is refused in between, no gram appears and none vanishes unsaid."""
    number = Lot.objects.count()
    permit = a_permit(fungus, grams=10_000, number=f"P-{number}", holder=f"H-{number}")
    dry = collected(fungus, permit, 1000, condition="dry")
    (start,) = lots_of(fungus.step("cooperative", "grade", [dry], [Made(1000, facts={"grade": "broken"})]))
    waiting, lost = [start], 0
    for weights in splits:
        try:
            record = fungus.step("cooperative", "split", waiting[:1], [Made(one) for one in weights])
        except Refused:
            continue
        lost += record.lost
        waiting = [*waiting[1:], *lots_of(record)]
    left = sum(Lot.objects.filter(pk__in=[lot.pk for lot in waiting]).values_list("left", flat=True))
    assert left + lost == 1000
