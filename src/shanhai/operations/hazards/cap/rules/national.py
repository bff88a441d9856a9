# SPDX-License-Identifier: Apache-2.0
"""Messages after GB/T 35965.1-2018 (应急信息交互协议 第1部分：预警信息), as far as it is known to us.

Known, and kept to: the identifier of 31 characters, ZZZZZZDDDUUUXX_YYYYMMDDhhmmss_N (division after GB/T 2260,
organisation after GB/T 4657, unit, extension, instant of Beijing, serial number 0 to 9), and instants with a space
and the distance from UTC. Not known: its schema. The names and the order of elements are those of CAP 1.2, without its
namespace; before a platform is fed with this, hold it beside the text of the standard.
"""

from __future__ import annotations

from datetime import datetime

from lxml import etree

from shanhai.kernel.clock import local
from shanhai.kernel.xml import Element
from shanhai.operations.hazards.cap.rules.structure import CAP, text_of
from shanhai.operations.hazards.cap.rules.writing import write
from shanhai.operations.hazards.cap.values import CapMessage

# Under this name a message of CAP carries its identifier of GB, so that it is frozen with it.
PARAMETER = "GB/T 35965.1-2018:identifier"
_INSTANTS = ("sent", "effective", "onset", "expires")


def national_identifier(division: str, unit: str, sent: datetime, serial: int) -> str:
    """The identifier of 31 characters; "" where there are ten others of that second."""
    return f"{division}{unit}_{local(sent):%Y%m%d%H%M%S}_{serial}" if serial < 10 else ""


def write_national(said: CapMessage) -> Element:
    """The root of a message after GB; what it carries as its identifier there stands in place of that of CAP."""
    root = etree.fromstring(etree.tostring(write(said)))
    for element in root.iter(f"{CAP}*"):
        element.tag = element.tag.removeprefix(CAP)
        if element.tag in _INSTANTS:
            element.text = text_of(element).replace("T", " ")
    etree.cleanup_namespaces(root)
    root.find("identifier").text = said.infos[0].parameter(PARAMETER)
    return root
