# SPDX-License-Identifier: Apache-2.0
"""Both chains from the pasture to the shop, and what they leave behind."""

import pytest

from shanhai.field.traceability.chains.selectors.products import definition_of, facts_of
from shanhai.field.traceability.chains.tests.builders import MAY, TAG, Chain, a_permit, collected, lots_of
from shanhai.field.traceability.chains.values import Made
from shanhai.field.traceability.models import Event, EventThing, Lot
from shanhai.field.traceability.states import EventType, LotState, Role

pytestmark = pytest.mark.django_db
REPORT = {"number": "R-1", "issuer": "演示检测", "issued_on": "2026-05-19", "arsenic": "4.4", "verdict": "pass"}


def test_caterpillar_fungus_goes_from_the_permit_to_the_shop():
    chain = Chain("caterpillar-fungus")
    lot = collected(chain, a_permit(chain))
    chain.step("cooperative", "hand_over", [lot], to=chain.party("processor"))
    chain.step("processor", "buy", [(lot, 1000)], fields={"licence": "S-1"})
    (dry,) = lots_of(chain.step("processor", "dry", [lot], [Made(350)]))
    graded = chain.step(
        "processor", "grade", [dry], [Made(200, 360, 1, {"grade": "g2000"}), Made(148, 0, 1, {"grade": "broken"})]
    )
    good, _broken = lots_of(graded)
    chain.step("processor", "test", [good], fields=REPORT)
    boxes = lots_of(chain.step("processor", "pack", [good], [Made(50, 90, 4)]))
    chain.step("processor", "ship", boxes, to=chain.party("shop"))
    chain.step("shop", "receive", boxes)
    sold = chain.step("shop", "sell", boxes[:1])

    states = [one.state for one in Lot.objects.order_by("pk")]
    assert states == ["used", "used", "used", "here", "sold", "here", "here", "here"]
    assert graded.lost == 2
    assert boxes[0].facts == {"condition": "dry", "grade": "g2000"}
    assert {one.held_by for one in Lot.objects.filter(pk__in=[box.pk for box in boxes])} == {chain.party("shop")}
    made_of = EventThing.objects.filter(event__type=EventType.TRANSFORMATION, key=dry.key)
    assert set(made_of.values_list("role", flat=True)) == {Role.INPUT_QUANTITY, Role.OUTPUT_QUANTITY}
    inside = EventThing.objects.filter(event__type=EventType.AGGREGATION, role=Role.PARENT)
    assert set(inside.values_list("key", flat=True)) == {box.key for box in boxes}
    assert sold.events.count() == 1
    assert Event.objects.count() == 14


def test_a_yak_goes_from_its_ear_tag_to_the_shop():
    chain = Chain("yak-beef")
    (yak,) = lots_of(chain.step("cooperative", "raise", fields={"tag": TAG, "sex": "male"}))
    paper = {"number": "Q-1", "issuer": "演示检疫", "issued_on": "2026-05-20", "tag": TAG}
    chain.step("cooperative", "quarantine", [yak], fields=paper)
    chain.step("cooperative", "hand_over", [yak], to=chain.party("slaughterhouse"))
    chain.step("slaughterhouse", "buy", [yak])
    (carcass,) = lots_of(chain.step("slaughterhouse", "slaughter", [yak], [Made(120_000)], fields={"mark": "M-1"}))
    cuts = [Made(4_000, facts={"cut": "tenderloin"}), Made(90_000, facts={"cut": "round"})]
    tender, other = lots_of(chain.step("slaughterhouse", "cut", [carcass], cuts, fields={"storage": "frozen"}))
    boxes = lots_of(chain.step("slaughterhouse", "pack", [tender], [Made(2_000, 0, 2)]))
    chain.step("slaughterhouse", "ship", boxes, to=chain.party("shop"), fields={"celsius": "-20"})
    chain.step("shop", "receive", boxes, fields={"celsius": "-18.5"})

    yak.refresh_from_db()
    assert yak.state == LotState.USED
    assert carcass.facts["tag"] == TAG
    assert boxes[0].facts["cut"] == "tenderloin"
    # The tag is called as where it began, not as the certificate calls the one that it quotes.
    assert facts_of(boxes[0], definition_of(chain.product))[:2] == [("耳标号", TAG), ("部位", "里脊")]
    assert boxes[0].expires_on.isoformat() == "2027-05-20"
    assert other.left == 90_000
    assert MAY.isoformat()[:10] == "2026-05-20"
