# SPDX-License-Identifier: Apache-2.0
"""Made-up events of boxes that are shipped, as documents of EPCIS."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

# The first of the events; they follow each other as at a gate.
_BEGIN, _APART = datetime(2026, 9, 1, tzinfo=timezone(timedelta(hours=8))), timedelta(milliseconds=100)


def a_document(count: int, first: int = 0) -> bytes:
    """Boxes that are shipped, each with three things, a lot by weight, an order and a field of its own."""
    events = [
        {
            "type": "ObjectEvent",
            "eventTime": _moment(at),
            "eventTimeZoneOffset": "+08:00",
            "epcList": [f"urn:epc:id:sgtin:0614141.107346.{at}{one}" for one in range(3)],
            "quantityList": [{"epcClass": f"urn:epc:class:lgtin:4012345.012345.L{at}", "quantity": 2.5, "uom": "KGM"}],
            "action": "OBSERVE",
            "bizStep": "shipping",
            "disposition": "in_transit",
            "readPoint": {"id": "urn:epc:id:sgln:0614141.07346.1234"},
            "bizLocation": {"id": "urn:epc:id:sgln:0614141.00888.0"},
            "bizTransactionList": [{"type": "po", "bizTransaction": f"https://example.org/po/{at}"}],
            "example:grade": f"A{at % 7}",
        }
        for at in range(first, first + count)
    ]
    context = [
        "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld",
        {"example": "https://ns.example.org/epcis/"},
    ]
    head = {"type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2026-11-30T00:00:00Z"}
    return json.dumps({"@context": context, **head, "epcisBody": {"eventList": events}}).encode()


def _moment(at: int) -> str:
    return (_BEGIN + at * _APART).isoformat(timespec="milliseconds")


def as_xml(count: int) -> str:
    """The same events in the XML of EPCIS 1.2, without the field of their own."""

    def told(at: int) -> str:
        epcs = "".join(f"<epc>urn:epc:id:sgtin:0614141.107346.{at}{one}</epc>" for one in range(3))
        return f"""<ObjectEvent>
<eventTime>{_moment(at)}</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList>{epcs}</epcList><action>OBSERVE</action>
<bizStep>urn:epcglobal:cbv:bizstep:shipping</bizStep><disposition>urn:epcglobal:cbv:disp:in_transit</disposition>
<readPoint><id>urn:epc:id:sgln:0614141.07346.1234</id></readPoint>
<bizLocation><id>urn:epc:id:sgln:0614141.00888.0</id></bizLocation>
<bizTransactionList>
<bizTransaction type="urn:epcglobal:cbv:btt:po">https://example.org/po/{at}</bizTransaction></bizTransactionList>
<extension><quantityList><quantityElement><epcClass>urn:epc:class:lgtin:4012345.012345.L{at}</epcClass>
<quantity>2.5</quantity><uom>KGM</uom></quantityElement></quantityList></extension></ObjectEvent>"""

    events = "".join(map(told, range(count)))
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-11-30T00:00:00Z">
<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>"""
