# SPDX-License-Identifier: Apache-2.0
"""The identifiers of an event in the format that who reads wants (GS1-EPC-Format)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from shanhai.field.traceability.events.rules.identifiers import canonical


class EpcFormat(StrEnum):
    """How identifiers are written.

    A URN needs the length of the company prefix, which a Digital Link does not say: with EPC_URN a link stays one.
    """

    ANY = "No_Preference"
    LINK = "Always_GS1_Digital_Link"
    URN = "Always_EPC_URN"
    NEVER = "Never_Translates"


_LISTS = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_OF_PARTS = {
    "quantityList": "epcClass",
    "childQuantityList": "epcClass",
    "inputQuantityList": "epcClass",
    "outputQuantityList": "epcClass",
    "bizTransactionList": "bizTransaction",
    "sourceList": "source",
    "destinationList": "destination",
}


def in_format(content: Mapping[str, Any], wanted: EpcFormat) -> Mapping[str, Any]:
    """The content with its identifiers in that format; nothing else of it changes."""
    return _each(content, _link) if wanted == EpcFormat.LINK else content


def _link(text: str) -> str:
    return canonical(text) if text.startswith("urn:epc:") else text


def _each(content: Mapping[str, Any], write: Callable[[str], str]) -> dict[str, Any]:
    made = dict(content)
    for key in _LISTS:
        if key in made:
            # Two spellings of one thing become one.
            made[key] = list(dict.fromkeys(write(one) for one in made[key]))
    for key, name in _OF_PARTS.items():
        if key in made:
            made[key] = [{**one, name: write(one[name])} for one in made[key]]
    for key in ("parentID", "transformationID"):
        if key in made:
            made[key] = write(made[key])
    for key in ("readPoint", "bizLocation"):
        if key in made:
            made[key] = {**made[key], "id": write(made[key]["id"])}
    if "sensorElementList" in made:
        made["sensorElementList"] = [_sensed(one, write) for one in made["sensorElementList"]]
    return made


def _sensed(element: Mapping[str, Any], write: Callable[[str], str]) -> dict[str, Any]:
    def device(part: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**part, "deviceID": write(part["deviceID"])} if "deviceID" in part else part

    made = {**element, "sensorReport": [device(one) for one in element["sensorReport"]]}
    return {**made, "sensorMetadata": device(made["sensorMetadata"])} if "sensorMetadata" in made else made
