# SPDX-License-Identifier: Apache-2.0
"""The code lists are the official ones, each at its place; a code of one's own vocabulary is not asked."""

import json

import pytest

from shanhai.insight.iati.rules.codes import LISTS, check_codes
from shanhai.insight.iati.tests.vectors import FOLDER, SMALL, changed, needs_vectors, tree


@needs_vectors
def test_the_lists_are_the_official_ones():
    official: dict[str, set[str]] = {}
    for places in json.loads((FOLDER / "codelist_rules.json").read_bytes()).values():
        for rule in places.values():
            for one in rule["conditions"]["mapping"].values() if "conditions" in rule else [rule]:
                official[one["codelist"]] = set(one["allowedCodes"])

    assert official == LISTS


@needs_vectors
def test_every_official_place_is_asked():
    for path, attributes in json.loads((FOLDER / "codelist_rules.json").read_bytes()).items():
        steps = path.strip("/").replace("organisations/", "organisations/").split("/")
        for attribute, rule in attributes.items():
            if steps[0] not in {"iati-activities", "iati-organisations"}:
                continue
            linked = ""
            if "conditions" in rule:
                vocabulary, rule = next(iter(rule["conditions"]["mapping"].items()))
                linked = f'vocabulary="{vocabulary}"'
            said = linked if attribute == "text()" else f'{linked} {attribute}="no-such-code"'
            inside = "no-such-code" if attribute == "text()" else ""
            text = "".join(f"<{step}>" for step in steps[:-1])
            text += f"<{steps[-1]} {said}>{inside}</{steps[-1]}>" + "".join(
                f"</{step}>" for step in reversed(steps[:-1])
            )

            assert [fault.code for fault in check_codes(tree(text))] == [rule["id"]], (path, attribute)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('<transaction-type code="1"/>', '<transaction-type code="77"/>', "“77”不在代码表 TransactionType"),
        ('<sector code="12230"', '<sector code="99999"', "“99999”不在代码表 Sector"),
        ('<sector code="12230"', '<sector vocabulary="2" code="12230"', "“12230”不在代码表 SectorCategory"),
        ('xml:lang="zh"', 'xml:lang="chinese"', "“chinese”不在代码表 Language"),
    ],
)
def test_a_code_of_no_list_is_found(old, new, said):
    (fault,) = check_codes(tree(changed(old, new)))

    assert said in str(fault.message)


def test_right_codes_and_codes_of_ones_own_vocabulary_are_not_faults():
    assert list(check_codes(tree(SMALL))) == []
    assert list(check_codes(tree(changed('<sector code="12230"', '<sector vocabulary="99" code="民生"')))) == []
