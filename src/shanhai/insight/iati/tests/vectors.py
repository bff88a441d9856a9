# SPDX-License-Identifier: Apache-2.0
"""The official material, which is no part of the project, and a small file of our own."""

from datetime import UTC, datetime

import pytest
from lxml import etree

from tests.architecture.tree import ROOT

AT = datetime(2026, 11, 1, tzinfo=UTC)
FOLDER = next((p / "shared/vectors/iati" for p in ROOT.parents if (p / "shared/vectors/iati").is_dir()), None)
needs_vectors = pytest.mark.skipif(FOLDER is None, reason="../shared/vectors is not there: the official IATI files")

SMALL = """<?xml version="1.0" encoding="UTF-8"?>
<iati-activities version="2.03" xmlns:s="https://example.org/s">
  <iati-activity xml:lang="zh" default-currency="CNY" last-updated-datetime="2026-03-01T00:00:00Z">
    <iati-identifier>CN-USCI-91330000X-P1</iati-identifier>
    <reporting-org ref="CN-USCI-91330000X" type="10"><narrative>前方指挥部</narrative></reporting-org>
    <title><narrative>乡镇卫生院</narrative></title>
    <description><narrative>新建一所卫生院</narrative></description>
    <participating-org ref="CN-USCI-91330000X" role="1"/>
    <activity-status code="2"/>
    <activity-date type="1" iso-date="2025-04-01"/>
    <activity-date type="3" iso-date="2026-10-01"/>
    <recipient-country code="CN"/>
    <sector code="12230" percentage="60.5"/>
    <sector code="12220" percentage="39.5"/>
    <budget type="1">
      <period-start iso-date="2025-01-01"/>
      <period-end iso-date="2025-12-31"/>
      <value value-date="2025-01-01">1000000.50</value>
    </budget>
    <transaction>
      <transaction-type code="1"/>
      <transaction-date iso-date="2025-05-01"/>
      <value value-date="2025-05-01">600000</value>
    </transaction>
  </iati-activity>
</iati-activities>
"""


def tree(text: str | bytes):
    """The root of a file."""
    return etree.fromstring(text.encode() if isinstance(text, str) else text)


def changed(old: str, new: str) -> str:
    """The small file with one thing changed."""
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)


def line_of(text: str, words: str) -> int:
    """The number of the line in which words first stand."""
    return text[: text.index(words)].count("\n") + 1
