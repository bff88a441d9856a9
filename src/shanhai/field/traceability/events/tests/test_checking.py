# SPDX-License-Identifier: Apache-2.0
"""What no schema catches is found, with its place and words; what cannot be read is one finding."""

import time

import pytest

from shanhai.field.traceability.events.rules.checking import check
from shanhai.field.traceability.events.rules.reading import MOST_BYTES
from shanhai.field.traceability.events.tests.builders import (
    DOCUMENTS,
    EXAMPLES,
    TAG,
    a_document,
    an_event,
    needs_vectors,
    packed,
)

BOX = "urn:epc:id:sscc:0614141.1234567890"


def found(*events, **kw) -> list[tuple[str, str, str, str]]:
    """Severity, rule, place within the first event, words."""
    return [
        (one.severity, one.rule, one.path.removeprefix("/epcisBody/eventList/0"), f"{one.message}{one.remedy}")
        for one in check(a_document(*events, **kw)).findings
    ]


def sensed(report=None, metadata=None, **kw):
    element = {"sensorReport": [{"type": "Temperature", "value": 4, "uom": "CEL", **(report or {})}]}
    return an_event(sensorElementList=[element | ({"sensorMetadata": metadata} if metadata else {})], **kw)


def test_what_is_right_has_no_finding():
    assert found(an_event(**{"ex:herd": {"ex:name": "乃东"}}), packed(), sensed()) == []


@needs_vectors
def test_all_official_documents_are_valid_but_the_one_that_lacks_a_type():
    verdicts = {path.name: check(path.read_bytes()) for path in [*EXAMPLES, *DOCUMENTS]}
    (wrong,) = [name for name, one in verdicts.items() if not one.valid]

    assert wrong == "SensorData_with_combined_events.json"
    first = next(one for one in verdicts[wrong].findings if one.severity == "error")
    assert first.path == "/epcisBody/eventList/8/sensorElementList/0/sensorReport/0"


@pytest.mark.parametrize(
    ("event", "rule", "place", "words"),
    [
        (an_event(bizStep="recieving"), "vocabulary", "/bizStep", "receiving"),
        (an_event(bizStep="urn:epcglobal:cbv:bizstep:shipping"), "vocabulary", "/bizStep", "“shipping”"),
        (an_event(disposition="fresh"), "vocabulary", "/disposition", "标准里的词"),
        (sensed({"type": "Temprature"}), "vocabulary", "/sensorElementList/0/sensorReport/0/type", "Temperature"),
        (sensed({"component": "w"}), "vocabulary", "/sensorElementList/0/sensorReport/0/component", "标准里的词"),
        (an_event(errorDeclaration={"declarationTime": "2026-11-23T00:00:00Z", "reason": "typo"}),
         "vocabulary", "/errorDeclaration/reason", "did_not_occur"),
        (an_event(herd="乃东"), "namespace", "/herd", "前缀"),
        (an_event(**{"ex:herd": [{"#text": {}}]}), "schema", "/ex:herd", "#text"),
        (an_event(epcList=["https://example.com/" + "a" * 490]), "identifier", "/epcList/0", "500"),
        (an_event(epcList=["urn:epc:id:sgtin:4012345.012345." + "!" * 170]), "identifier", "/epcList/0", "500"),
        (an_event(quantityList=[{"epcClass": "urn:x:1", "quantity": 10**60}]),
         "schema", "/quantityList/0/quantity", "60"),
        (an_event(type="urn:x:own", sensorElementList=[[]]), "schema", "/sensorElementList/0", "对象"),
        (an_event(**{"other:herd": "乃东"}), "namespace", "/other:herd", "没有声明"),
        (an_event(action="ADD", ilmd={"lot": "7"}), "namespace", "/ilmd/lot", "命名空间"),
        (an_event(action="ADD", ilmd={"other:lot": "7"}), "namespace", "/ilmd/other:lot", "没有声明"),
        (an_event(eventTime="2026-11-22T10:00:00"), "schema", "/eventTime", "时区"),
        (an_event(eventTime="2026-02-29T10:00:00Z"), "schema", "/eventTime", "日期"),
        (an_event(epcList=["(01)09506000134352(21)7"]), "schema", "/epcList/0", "括号"),
        (an_event(epcList=["urn:epc:id:sgtin:0614141.10734.2017"]), "identifier", "/epcList/0", "位数"),
        (an_event(epcList=["https://id.gs1.org/01/09506000134353/21/7"]), "identifier", "/epcList/0", "校验位应是 2"),
        (an_event(epcList=["gtin:09506000134353/21/7"]), "identifier", "/epcList/0", "校验位应是 2"),
        (an_event(epcList=None), "schema", "", "epcList、quantityList"),
        (an_event(epcLists=[]), "schema", "/epcLists", "epcList"),
        (packed(parentID=None), "containment", "", "parentID"),
        (packed(parentID=None, action="DELETE"), "containment", "", "parentID"),
        (packed(childEPCs=None), "schema", "", "childEPCs"),
        (packed(childEPCs=[], action="OBSERVE"), "schema", "", "childEPCs"),
        (packed(type="AssociationEvent", parentID=None, action="DELETE"), "schema", "", "parentID"),
        (packed(type="AssociationEvent", childEPCs=None, action="OBSERVE"), "schema", "", "childEPCs"),
        (packed(parentID=BOX, childEPCs=["https://id.gs1.org/00/106141412345678908"]),
         "containment", "/childEPCs/0", "自己"),
        (sensed({"uom": "KGM"}), "unit", "/sensorElementList/0/sensorReport/0/uom", "KEL"),
        (an_event(sensorElementList=[{"sensorReport": []}]), "schema", "/sensorElementList/0/sensorReport", "空的"),
        (sensed(metadata={"startTime": "2026-11-22T01:00:00Z", "endTime": "2026-11-22T00:00:00Z"}),
         "sensor", "/sensorElementList/0/sensorMetadata/startTime", "晚于"),
        (an_event(eventID="urn:x:1", errorDeclaration={"declarationTime": "2026-11-23T00:00:00Z",
                                                      "correctiveEventIDs": ["urn:x:1"]}),
         "declaration", "/errorDeclaration/correctiveEventIDs/0", "自己"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_an_error_at_its_place(event, rule, place, words):
    context = ["https://example.org/c", {"ex": "https://ns.example.org/", "gtin": "https://id.gs1.org/01/"}]
    said = found(event, **{"@context": context})

    assert [one for one in said if one[:3] == ("error", rule, place) and words in one[3]], said
    assert not check(a_document(event, **{"@context": context})).valid


LATER = "2026-11-22T10:00:01+08:00"


@pytest.mark.parametrize(
    ("event", "rule", "place"),
    [
        (an_event(eventTimeZoneOffset="+07:00"), "time", "/eventTimeZoneOffset"),
        (an_event(eventID="urn:x:1", errorDeclaration={"declarationTime": "2026-11-21T00:00:00Z"}),
         "time", "/errorDeclaration/declarationTime"),
        (an_event(errorDeclaration={"declarationTime": "2026-11-23T00:00:00Z"}), "declaration", ""),
        (an_event(eventID="ni:///sha-256;00?ver=CBV2.0"), "hash", "/eventID"),
        (an_event(bizStep="cbv:BizStep-x"), "vocabulary", "/bizStep"),
        (sensed({"type": "EffectiveDoseRate", "uom": "P71"}), "vocabulary", "/sensorElementList/0/sensorReport/0/type"),
        (an_event(bizStep="other:x"), "namespace", "/bizStep"),
        (an_event(**{"ex:herd": {"name": "乃东"}}), "namespace", "/ex:herd/name"),
        (an_event(epcList=[TAG, "https://id.gs1.org/01/10614141073464/21/2017"]), "identifier", "/epcList/1"),
        (an_event(quantityList=[{"epcClass": "urn:x:1", "quantity": -1}]), "quantity", "/quantityList/0/quantity"),
        (an_event(quantityList=[{"epcClass": "urn:x:1", "quantity": 1, "uom": "ZZZ"}]), "unit", "/quantityList/0/uom"),
        (sensed({"time": LATER}), "sensor", "/sensorElementList/0/sensorReport/0/time"),
        (sensed(metadata={"time": LATER}), "sensor", "/sensorElementList/0/sensorMetadata/time"),
        (sensed({"deviceID": "urn:x:1"}, {"deviceID": "urn:x:1"}), "sensor",
         "/sensorElementList/0/sensorReport/0/deviceID"),
        (sensed({"uom": "ZZZ"}), "unit", "/sensorElementList/0/sensorReport/0/uom"),
    ],
)  # fmt: skip
def test_what_may_be_meant_is_a_warning(event, rule, place):
    assert [one[:3] for one in found(event)] == [("warning", rule, place)]


def test_another_offset_than_utc_only_is_told_where_the_time_has_one():
    assert found(an_event(eventTime="2026-11-22T02:00:00Z")) == []


HOSTILE = {
    "empty": b" \n",
    "no object": b"[]",
    "cut off": a_document()[:100],
    "another encoding": '{"type": "事"}'.encode("gb18030"),
    "not a number": b'{"type": NaN}',
    "thousands of digits": b'{"type": ' + b"9" * 5000 + b"}",
    "too deep": b'{"a":' * 200_000,
    "half a character": b'{"type": "\\ud800"}',
    "nul": b'{"type": "\\u0000"}',
    "too large": a_document() + b" " * MOST_BYTES,
    "entities": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    "another thing": b"<rss/>",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_what_cannot_be_read_is_one_finding_with_words(content):
    (one,) = check(content).findings

    assert (one.rule, one.severity) == ("file", "error")
    assert str(one.message).endswith("。")


def test_a_number_of_a_trillion_digits_is_not_written_out():
    content = a_document(an_event(eventID="ni:///sha-256;00?ver=CBV2.0", **{"ex:a": 0})).replace(
        b'"ex:a": 0', b'"ex:a": 1e999999999'
    )

    assert check(content).valid


def test_what_is_nested_too_deeply_is_told_and_what_is_nested_in_reason_is_hashed():
    for levels, wanted in ((40, []), (300, ["/epcisBody/eventList/0/ex:a"])):
        deep = b'"ex:a": ' + b'{"ex:b": ' * levels + b"1" + b"}" * levels
        content = a_document(an_event(eventID="ni:///sha-256;00", **{"ex:a": 0})).replace(b'"ex:a": 0', deep)

        assert [one.path for one in check(content).findings if one.severity == "error"] == wanted


def test_a_hundred_thousand_faults_are_counted_in_seconds():
    began = time.process_time()
    verdict = check(a_document(an_event(epcList=[f"no uri {at}" for at in range(100_000)], bizStep="recieving")))
    many = check(a_document(*[an_event(bizStep="recieving", action="add")] * 5_000))

    assert (verdict.errors, many.errors) == (100_001, 10_000)
    assert time.process_time() - began < 20


def test_a_field_written_twice_is_told():
    content = a_document().replace(b'"action": "OBSERVE"', b'"action": "ADD", "action": "OBSERVE"')

    assert [(one.rule, one.severity) for one in check(content).findings] == [("twice", "warning")]
    assert "action" in str(check(content).findings[0].message)


def test_thousands_of_faults_are_cut_short_errors_first():
    verdict = check(a_document(*[an_event(eventTimeZoneOffset="+07:00")] * 300, an_event(bizStep="x")))

    assert (len(verdict.findings), verdict.more, verdict.errors, verdict.events) == (200, 101, 1, 301)
    assert verdict.findings[-1].path == "/epcisBody/eventList/300/bizStep"
