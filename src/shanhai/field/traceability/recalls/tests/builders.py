# SPDX-License-Identifier: Apache-2.0
"""Events of chains, put into the store as our own pages and others put them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from shanhai.base.accounts.models import User
from shanhai.field.traceability.chains.services import shipped
from shanhai.field.traceability.models import Event, Lot, Party, ProductClass, Recorder
from shanhai.field.traceability.recalls.selectors.things import find_thing
from shanhai.field.traceability.recalls.services.problems import report_problem
from shanhai.field.traceability.recalls.services.recalling import start_recall
from shanhai.field.traceability.store.rules.keys import key_of
from shanhai.field.traceability.store.services.recording import record
from shanhai.field.traceability.tests.builders import STEM, a_party, a_recorder
from shanhai.kernel import ids
from shanhai.kernel.actors import NOBODY, Actor
from shanhai.planning.programmes.models import Programme
from shanhai.planning.programmes.tests.builders import a_programme
from tests.cast import AT, a_user, actor_of

START = datetime(2026, 11, 1, tzinfo=UTC)


def lot(signs: str) -> str:
    """The address of a lot."""
    return f"{STEM}/x/lot/{signs}"


def box(signs: str) -> str:
    """The address of a box."""
    return f"{STEM}/x/box/{signs}"


def _event(kind: str, hour: float, step: str, **more: Any) -> dict[str, Any]:
    at = START + timedelta(hours=hour)
    base = {"type": kind, "eventTime": at.isoformat(timespec="milliseconds"), "eventTimeZoneOffset": "+08:00"}
    return {**base, **({"bizStep": step} if step else {}), **more}


def _lines(kilograms: Mapping[str, float]) -> list[dict[str, Any]]:
    return [{"epcClass": thing, "quantity": number, "uom": "KGM"} for thing, number in kilograms.items()]


def collected(hour: float, **kilograms: float) -> dict[str, Any]:
    """Lots that began, by their signs."""
    lines = _lines({lot(signs): number for signs, number in kilograms.items()})
    return _event("ObjectEvent", hour, "commissioning", action="ADD", quantityList=lines)


def transformed(hour: float, used: Mapping[str, float], made: Mapping[str, float], **more: Any) -> dict[str, Any]:
    """A transformation of lots (addresses) in kilograms."""
    lines = {"inputQuantityList": _lines(used), "outputQuantityList": _lines(made)}
    return _event("TransformationEvent", hour, "creating_class_instance", **lines, **more)


def packing(
    hour: float, action: str, parent: str, *children: str, kilograms: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """An aggregation of boxes, or of portions of lots."""
    more: dict[str, Any] = {"childEPCs": [*children]} if children else {}
    more |= {"childQuantityList": _lines(kilograms)} if kilograms else {}
    step = "unpacking" if action == "DELETE" else "packing"
    return _event("AggregationEvent", hour, step, action=action, parentID=parent, **more)


def sent(hour: float, to: Party, *things: str) -> dict[str, Any]:
    """Boxes that went to a party."""
    destinations = [{"type": "possessing_party", "destination": to.identifier}]
    return _event("ObjectEvent", hour, "shipping", action="OBSERVE", epcList=[*things], destinationList=destinations)


def put(party: Party, by: Actor, *contents: dict[str, Any]) -> list[Event]:
    """Store events of a party."""
    return record(party=party, contents=contents, by=by, at=AT)


_DEFINITION = json.loads((shipped.PRODUCTS / "caterpillar-fungus.json").read_text("utf-8"))


def a_lot(party: Party, signs: str, *, kind: str = "lot", grams: int = 1000, **more: Any) -> Lot:
    """A lot of ours with a code of its own."""
    known = {"definition": _DEFINITION, "loaded_at": AT, "loaded_by": "system:tests"}
    product, _ = ProductClass.objects.get_or_create(programme=None, key="cordyceps", version=1, defaults=known)
    identifier = f"{STEM}/x/{kind}/{signs}"
    facts = {"step": "dry", "made_at": AT, "held_by": party, "left": grams, **more}
    return Lot.objects.create(
        kind=kind, code=signs, identifier=identifier, key=key_of(identifier), product_class=product, made_by=party,
        grams=grams, **facts,
    )  # fmt: skip


def a_chain() -> tuple[Party, Party, Actor, Actor]:
    """A co-operative whose lot RAW became DRY, packed into boxes B1 and B2, of which B1 went to a shop; who records."""
    coop = a_party(a_programme(), "COOP")
    shop = a_party(coop.programme, "SHOP", kind="shop")
    by, seller = a_recorder(coop, "coop"), a_recorder(shop, "seller")
    for signs, kind, grams in (("RAW", "lot", 10_000), ("DRY", "lot", 3000), ("B1", "box", 500), ("B2", "box", 500)):
        a_lot(coop, signs, kind=kind, grams=grams)
    put(
        coop, by, collected(1, RAW=10), transformed(2, {lot("RAW"): 10}, {lot("DRY"): 3}),
        packing(3, "ADD", box("B1"), kilograms={lot("DRY"): 0.5}),
        packing(3, "ADD", box("B2"), kilograms={lot("DRY"): 0.5}),
        sent(4, shop, box("B1")),
    )  # fmt: skip
    return coop, shop, by, seller


def an_inspector(party: Party, username: str = "inspector") -> Actor:
    """Who inspects the programme of a party."""
    return actor_of(a_user("trace_inspector", username=username, programme=party.programme.code))


def pages_with_forms(user: User) -> list[str]:
    """The pages of a lot, of a recall that reached the party of ``user``, and of a problem, with their forms."""
    party = a_party(Programme.objects.get(code="zj-ganzi"), "TRACED")
    Recorder.objects.create(party=party, user=user)
    by, code = actor_of(user), a_lot(party, "TRACED").code
    put(party, by, collected(1, TRACED=1))
    recall = start_recall(thing=code, level=2, drill=True, because="演练", by=by, at=AT)
    thing = find_thing(viewer=None, text=code)
    problem = report_problem(
        thing=thing, kind="spoilt", words="有霉味", form_id=ids.new_id(), address="", by=NOBODY, at=AT
    )
    return [
        f"/trace/lots/{code}/", f"/trace/recalls/{recall.uuid}/", f"/trace/problems/{problem.uuid}/",
        f"/trace/problem/{code}/",
    ]  # fmt: skip
