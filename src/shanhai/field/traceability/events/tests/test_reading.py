# SPDX-License-Identifier: Apache-2.0
"""XML of both versions and JSON are read into one form: the same event, the same id, the same findings."""

import json
from decimal import Decimal

from shanhai.field.traceability.events.rules.checking import check
from shanhai.field.traceability.events.rules.hashing import hash_id
from shanhai.field.traceability.events.rules.reading import read
from shanhai.field.traceability.events.tests.builders import CONTEXT, a_document, an_event, packed, the_event

HEAD = (
    '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:{0}" xmlns:own="https://ns.example.org/"'
    ' schemaVersion="{0}.0" creationDate="2026-11-22T10:00:00Z"><EPCISBody><EventList>{1}</EventList></EPCISBody>'
    "</epcis:EPCISDocument>"
)
TIMES = "<eventTime>2026-11-22T10:00:00.000+08:00</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset>"
SENSED = f"""<ObjectEvent>{TIMES}
<epcList><epc> urn:epc:id:sgtin:0614141.107346.2017 </epc></epcList><action>ADD</action>
<bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep><disposition>https://ref.gs1.org/cbv/Disp-in_transit</disposition>
<persistentDisposition><set>urn:epcglobal:cbv:disp:recalled</set></persistentDisposition>
<readPoint><id>urn:epc:id:sgln:0614141.07346.1234</id><own:gate>3</own:gate></readPoint>
<bizTransactionList><bizTransaction type="urn:epcglobal:cbv:btt:po">urn:x:1</bizTransaction></bizTransactionList>
<quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.012345.00123</epcClass>
<quantity>200.50</quantity><uom>KGM</uom></quantityElement></quantityList>
<sourceList><source type="urn:epcglobal:cbv:sdt:location">urn:x:2</source></sourceList>
<sensorElementList><sensorElement><sensorMetadata time="2026-11-22T01:00:00Z" own:by="x"/>
<sensorReport type="gs1:Temperature" value="26.0" uom="CEL" component="own:top" booleanValue="true"/>
</sensorElement></sensorElementList>
<ilmd><own:grade>A</own:grade><own:lot>00123</own:lot></ilmd>
<own:herd kind="yak"><own:tag>1</own:tag><own:tag>2</own:tag></own:herd></ObjectEvent>"""
LIKE_SENSED = an_event(
    action="ADD",
    disposition="in_transit",
    persistentDisposition={"set": ["recalled"]},
    readPoint={"id": "urn:epc:id:sgln:0614141.07346.1234", "ex:gate": "3"},
    bizTransactionList=[{"type": "po", "bizTransaction": "urn:x:1"}],
    quantityList=[{"epcClass": "urn:epc:class:lgtin:4012345.012345.00123", "quantity": 200.5, "uom": "KGM"}],
    sourceList=[{"type": "location", "source": "urn:x:2"}],
    sensorElementList=[
        {
            "sensorMetadata": {"time": "2026-11-22T01:00:00Z", "ex:by": "x"},
            "sensorReport": [
                {"type": "Temperature", "value": 26, "uom": "CEL", "component": "ex:top", "booleanValue": True}
            ],
        }
    ],
    ilmd={"ex:grade": "A", "ex:lot": "00123"},
    **{"ex:herd": {"kind": "yak", "ex:tag": ["1", "2"]}},
)
# In 1.2 what a later version added stands in rooms of its own.
PACKED = f"""<AggregationEvent>{TIMES}
<baseExtension><eventID>urn:x:9</eventID><errorDeclaration><declarationTime>2026-11-23T00:00:00Z</declarationTime>
<reason>urn:epcglobal:cbv:er:incorrect_data</reason><correctiveEventIDs><correctiveEventID>urn:x:8</correctiveEventID>
</correctiveEventIDs></errorDeclaration></baseExtension>
<parentID>urn:epc:id:sscc:0614141.1234567890</parentID><childEPCs/><action>ADD</action>
<bizStep>urn:epcglobal:cbv:bizstep:receiving</bizStep>
<extension><childQuantityList><quantityElement><epcClass>urn:x:7</epcClass><quantity>12345678901234567890.5</quantity>
</quantityElement></childQuantityList></extension></AggregationEvent>"""


def test_an_event_of_xml_is_the_event_of_json():
    content = HEAD.format(2, SENSED).encode()
    event = the_event(content)

    assert hash_id(event) == hash_id(the_event(a_document(LIKE_SENSED)))
    assert event.content["sensorElementList"][0]["sensorReport"][0]["type"] == "Temperature"
    assert event.line == 1
    (finding,) = check(content).findings  # As in JSON: the attribute has no namespace.
    assert (finding.severity, finding.path) == ("warning", "/epcisBody/eventList/0/own:herd/kind")


def test_what_stands_in_the_rooms_of_xml_1_2_is_found():
    transformed = f"<extension><TransformationEvent>{TIMES}<transformationID>urn:x:1</transformationID>"
    transformed += "<inputEPCList><epc>urn:x:2</epc></inputEPCList></TransformationEvent></extension>"
    first, second = read(HEAD.format(1, PACKED + transformed).encode()).events

    assert first.content["eventID"] == "urn:x:9"
    assert first.content["errorDeclaration"]["reason"] == "incorrect_data"
    assert first.content["errorDeclaration"]["correctiveEventIDs"] == ["urn:x:8"]
    like = packed(childEPCs=None, childQuantityList=[{"epcClass": "urn:x:7", "quantity": 1}])
    like = the_event(a_document(like).replace(b'"quantity": 1', b'"quantity": 12345678901234567890.5'))
    assert like.content["childQuantityList"][0]["quantity"] == Decimal("12345678901234567890.5")
    assert hash_id(first) == hash_id(like)
    assert second.content["type"] == "TransformationEvent"
    assert check(HEAD.format(1, PACKED + transformed).encode()).valid


def test_a_fault_in_xml_has_the_line_of_its_event_and_the_place_in_the_form_of_json():
    content = HEAD.format(2, "\n\n" + SENSED.replace("200.50", "two hundred")).encode()
    first = next(one for one in check(content).findings if one.severity == "error")

    assert (first.line, first.path) == (3, "/epcisBody/eventList/0/quantityList/0/quantity")


def test_an_answer_to_a_query_in_xml_is_read():
    body = "<EPCISBody><query:QueryResults><queryName>q</queryName><resultsBody><EventList>{}</EventList></resultsBody>"
    content = '<query:EPCISQueryDocument xmlns:query="urn:epcglobal:epcis-query:xsd:2" xmlns:own="https://n.example/">'
    content += body.format(SENSED) + "</query:QueryResults></EPCISBody></query:EPCISQueryDocument>"

    assert check(content.encode()).events == 1
    assert check(content.encode()).valid


def test_an_action_that_stands_twice_in_xml_is_refused():
    content = HEAD.format(2, SENSED.replace("<action>", "<action>OBSERVE</action><action>")).encode()

    assert "/epcisBody/eventList/0/action" in [one.path for one in check(content).findings]


def test_two_namespaces_with_one_prefix_stay_apart():
    inner = '<x xmlns:own="https://other.example.org/"><own:a>1</own:a></x>'.replace("<x ", "<own:x ", 1)
    inner = inner.replace("</x>", "</own:x>")
    event = the_event(HEAD.format(2, SENSED.replace("</ilmd>", f"</ilmd>{inner}")).encode())

    assert {"https://ns.example.org/", "https://other.example.org/"} <= set(event.names.values())
    assert check(HEAD.format(2, SENSED.replace("</ilmd>", f"</ilmd>{inner}")).encode()).valid


def test_numbers_of_json_keep_their_digits():
    content = a_document(an_event(**{"ex:a": 0})).replace(b'"ex:a": 0', b'"ex:a": 12345678901234567890.10')

    assert the_event(content).content["ex:a"] == Decimal("12345678901234567890.10")


def test_contexts_at_different_levels_count_where_they_stand():
    first = an_event(**{"@context": [{"b": "https://b.example/"}], "b:x": "1"})
    second = an_event(**{"b:x": "1"})
    verdict = check(a_document(first, second))

    assert [(one.rule, one.path) for one in verdict.findings] == [("namespace", "/epcisBody/eventList/1/b:x")]
    assert (
        read(json.dumps({**first, "@context": [*CONTEXT, {"b": "https://b.example/"}]}).encode()).events[0].names["b"]
    )
