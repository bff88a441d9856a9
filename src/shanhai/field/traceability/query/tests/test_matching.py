# SPDX-License-Identifier: Apache-2.0
"""Which events answer which parameters, by hand: what the standard says of each."""

import json
from decimal import Decimal

import pytest

from shanhai.field.traceability.events.tests.builders import an_event, packed
from shanhai.field.traceability.query.rules.matching import matches, values_of
from shanhai.field.traceability.query.rules.parameters import parse
from shanhai.field.traceability.query.values import Field, Place

EX = {"ex": "https://ns.example.org/"}
LINK = "https://id.gs1.org/01/10614141073464/21/2017"
NOON = "2026-11-23T02:00:00Z"
CLASS = "https://id.gs1.org/01/10614141073464"


def sensed(*reports, **metadata):
    element = {"sensorReport": list(reports)} | ({"sensorMetadata": metadata} if metadata else {})
    return an_event(sensorElementList=[element])


COLD = sensed({"type": "Temperature", "value": 8, "uom": "CEL", "component": "x"}, deviceID="urn:epc:id:giai:4000001.1")
OTHER = {"http://else.example/lot": "A"}
SPECIAL = an_event(
    **{"@context": [{"ex": "https://ns.example.org/"}]},
    ilmd={"ex:lot": "A1", "ex:box": {"ex:inside": 7, "ex:more": [{"ex:deep": "2026-05-01T08:00:00+08:00"}]}},
    **{"ex:grade": Decimal("4.50"), "ex:ok": True, "ex:part": {"#text": "P", "ex:name": "in"}, "ex:none": None},
)
GRAMS = packed(childQuantityList=[{"epcClass": "urn:epc:class:lgtin:0614141.107346.L1", "quantity": 500, "uom": "GRM"}])
MADE = an_event(
    type="TransformationEvent",
    action=None,
    epcList=None,
    inputEPCList=["urn:epc:id:sgtin:0614141.107346.1"],
    outputQuantityList=[{"epcClass": "urn:epc:class:lgtin:0614141.107346.L1", "quantity": 2.5, "uom": "KGM"}],
    transformationID="urn:uuid:11111111-1111-4111-8111-111111111111",
)
BOUND = an_event(
    bizTransactionList=[{"type": "po", "bizTransaction": "http://acme.example/po/1"}, {"bizTransaction": "urn:x:2"}],
    sourceList=[{"type": "owning_party", "source": "urn:epc:id:pgln:0614141.00001"}],
)
WRONG = an_event(
    errorDeclaration={
        "declarationTime": "2026-11-23T10:00:00+08:00",
        "reason": "incorrect_data",
        "correctiveEventIDs": ["urn:uuid:2"],
    }
)
PLACED = an_event(
    **{"@context": {"ex": "https://ns.example.org/"}},
    readPoint={"id": "urn:epc:id:sgln:0614141.07346.1234", "ex:door": "3"},
    persistentDisposition={"set": ["completeness_inferred"], "unset": ["damaged"]},
    disposition="in_transit",
)


@pytest.mark.parametrize(
    ("event", "yes", "no"),
    [
        (an_event(), {"eventType": "AggregationEvent|ObjectEvent"}, {"eventType": "AggregationEvent"}),
        (an_event(), {"EQ_action": "OBSERVE"}, {"EQ_action": "ADD|DELETE"}),
        (an_event(), {"EQ_bizStep": "https://ref.gs1.org/cbv/BizStep-receiving"}, {"EQ_bizStep": "shipping"}),
        (an_event(), {"EQ_bizStep": "urn:epcglobal:cbv:bizstep:receiving|shipping"}, {"EQ_disposition": "active"}),
        (an_event(), {"GE_eventTime": "2026-11-22T02:00:00Z"}, {"LT_eventTime": "2026-11-22T02:00:00Z"}),
        (an_event(), {"MATCH_epc": LINK}, {"MATCH_parentID": LINK}),
        (an_event(), {"MATCH_anyEPC": "urn:epc:id:sgtin:0614141.107346.2017"}, {"MATCH_epc": LINK + "8"}),
        (an_event(), {"MATCH_epc": "urn:epc:idpat:sgtin:0614141.107346.*"}, {"MATCH_epcClass": CLASS}),
        (packed(), {"MATCH_parentID": "urn:epc:id:sscc:0614141.1234567890"}, {"MATCH_inputEPC": LINK}),
        (packed(), {"MATCH_epc": LINK}, {"MATCH_epc": "urn:epc:id:sscc:0614141.1234567890"}),
        (GRAMS, {"MATCH_epcClass": CLASS}, {"MATCH_outputEPCClass": CLASS}),
        (GRAMS, {"MATCH_anyEPCClass": CLASS + "/10/L1"}, {"MATCH_anyEPCClass": CLASS + "/10/L2"}),
        (GRAMS, {"GE_quantity_KGM": "0.5", "EQ_quantity": "500"}, {"GT_quantity_KGM": "0.5"}),
        (GRAMS, {"LT_quantity_LBR": "1.2"}, {"EQ_quantity_MTR": "500"}),
        (MADE, {"MATCH_outputEPCClass": CLASS, "MATCH_inputEPC": CLASS + "/21/1"}, {"MATCH_epc": CLASS + "/21/1"}),
        (MADE, {"EQ_transformationID": MADE["transformationID"]}, {"EQ_action": "ADD|OBSERVE|DELETE"}),
        (BOUND, {"EQ_bizTransaction_po": "http://acme.example/po/1"}, {"EQ_bizTransaction_inv": "urn:x:2"}),
        (
            BOUND,
            {"EQ_source_owning_party": "https://id.gs1.org/417/0614141000012"},
            {"EQ_source_possessing_party": "https://id.gs1.org/417/0614141000012"},
        ),
        (COLD, {"GE_value_KEL": "281.15", "LE_value_FAH": "46.4"}, {"GT_value_KEL": "281.15"}),
        (COLD, {"EQ_value_CEL": "7|8"}, {"EQ_value_MTR": "8"}),
        (COLD, {"EQ_type": "Temperature", "EQ_component": "x"}, {"EQ_type": "Speed"}),
        (COLD, {"EQ_deviceID": "https://id.gs1.org/8004/40000011"}, {"EQ_deviceID": "urn:epc:id:giai:4000001.2"}),
        (COLD, {"EXISTS_sensorElementList": "true"}, {"EXISTS_errorDeclaration": "1"}),
        (sensed({"type": "Temperature", "sDev": 2, "uom": "CEL"}), {"EQ_type": "Temperature"}, {"GE_sDev_KEL": "3"}),
        (sensed({"type": "Temperature", "sDev": 2, "uom": "CEL"}), {"GE_sDev_KEL": "2"}, {"LT_sDev_KEL": "2"}),
        (sensed({"type": "Temperature", "percRank": 90}), {"GE_percRank": "90"}, {"LT_percRank": "90"}),
        (sensed({"type": "Speed", "booleanValue": True}), {"EQ_booleanValue": "true"}, {"EQ_booleanValue": "false"}),
        (
            sensed({"type": "Speed"}, startTime="2026-11-22T08:00:00+08:00", time="2026-11-22T08:00:00+08:00"),
            {"GE_startTime": "2026-11-22T00:00:00Z", "LT_time": "2026-11-22T00:00:00.001Z"},
            {"GE_endTime": "2000-01-01T00:00:00Z"},
        ),
        (SPECIAL, {"EQ_ILMD_ex:lot": "B|A1"}, {"EQ_ex:lot": "A1"}),
        (SPECIAL, {"EXISTS_ILMD_ex:box": ""}, {"EXISTS_INNER_ILMD_ex:lot": ""}),
        (SPECIAL, {"GE_INNER_ILMD_ex:inside": "7"}, {"GE_ILMD_ex:inside": "7"}),
        (SPECIAL, {"EQ_INNER_ILMD_ex:deep": "2026-05-01T00:00:00Z"}, {"GT_INNER_ILMD_ex:deep": "2026-05-01T00:00:00Z"}),
        (SPECIAL, {"EQ_ex:grade": "4.5"}, {"EQ_ex:grade": "4.51"}),
        (SPECIAL, {"GT_ex:grade": "4", "EQ_ex:ok": "true"}, {"LT_ex:grade": "4.5"}),
        (SPECIAL, {"EQ_ex:part": "P", "EQ_INNER_ex:name": "in"}, {"EXISTS_ex:none": ""}),
        (SPECIAL, {"EXISTS_{https://ns.example.org/}grade": ""}, {"EXISTS_{https://else.example/}grade": ""}),
        (WRONG, {"EQ_errorReason": "incorrect_data"}, {"EQ_errorReason": "did_not_occur"}),
        (WRONG, {"EQ_correctiveEventID": "urn:uuid:2"}, {"EQ_correctiveEventID": "urn:uuid:3"}),
        (WRONG, {"GE_errorDeclarationTime": NOON}, {"LT_errorDeclaration_Time": NOON}),
        (PLACED, {"EQ_readPoint": "https://id.gs1.org/414/0614141073467/254/1234"}, {"EQ_bizLocation": "urn:x:1"}),
        (PLACED, {"EQ_readPoint_ex:door": "3"}, {"EQ_bizLocation_ex:door": "3"}),
        (PLACED, {"EQ_persistentDisposition_unset": "damaged"}, {"EQ_persistentDisposition_set": "damaged"}),
        (PLACED, {"EQ_disposition": "in_transit"}, {"EQ_persistentDisposition_unset": "in_transit"}),
    ],
)  # fmt: skip
def test_an_event_answers_one_query_and_not_the_other(event, yes, no):
    content = json.loads(json.dumps(event, default=float), parse_float=Decimal)

    assert matches(parse(yes.items(), EX, plain=True).conditions, content)
    assert not matches(parse(no.items(), EX, plain=True).conditions, content)


def test_all_parameters_have_to_hold():
    both = parse([("EQ_bizStep", "receiving"), ("EQ_action", "ADD")], {}, plain=True)

    assert not matches(both.conditions, an_event())


def test_a_number_that_no_float_holds_is_told_by_its_text():
    content = {"@context": {"ex": "https://ex.example/"}, "ex:herd": 10**400}
    (found,) = values_of(Field(Place.FIELD, "{https://ex.example/}herd", ("",)), content, content["@context"])

    assert (found.text, found.number) == (str(10**400), None)
