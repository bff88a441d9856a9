# SPDX-License-Identifier: Apache-2.0
"""EPC URNs, after the tables of the EPC Tag Data Standard."""

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.registers.codes.keys.rules.reading import parse, spellings

PAIRS = {
    "urn:epc:id:sgtin:0614141.812345.6789": "/01/80614141123458/21/6789",
    "urn:epc:id:sgtin:0614141.112345.32a%2Fb": "/01/10614141123459/21/32a%2Fb",
    "urn:epc:id:sgtin:012345678901.0.a.b": "/01/00123456789012/21/a.b",
    "urn:epc:class:lgtin:4012345.012345.998877": "/01/04012345123456/10/998877",
    "urn:epc:idpat:sgtin:4012345.012345.*": "/01/04012345123456",
    "urn:epc:id:upui:1234567.089456.51qIgY)%3C%26Jp3*j7'SDB": "/01/01234567894560/235/51qIgY%29%3C%26Jp3%2Aj7%27SDB",
    "urn:epc:id:sscc:0614141.1234567890": "/00/106141412345678908",
    "urn:epc:id:sgln:0614141.12345.400": "/414/0614141123452/254/400",
    "urn:epc:id:sgln:0614141.12345.0": "/414/0614141123452",
    "urn:epc:id:sgln:061414112345..0": "/414/0614141123452",
    "urn:epc:id:pgln:0614141.12345": "/417/0614141123452",
    "urn:epc:id:grai:0614141.12345.400": "/8003/00614141123452400",
    "urn:epc:idpat:grai:0614141.12345.*": "/8003/00614141123452",
    "urn:epc:id:giai:0614141.12345400": "/8004/061414112345400",
    "urn:epc:id:gsrn:0614141.1234567890": "/8018/061414112345678902",
    "urn:epc:id:gsrnp:0614141.1234567890": "/8017/061414112345678902",
    "urn:epc:id:gdti:0614141.12345.400": "/253/0614141123452400",
    "urn:epc:id:cpi:0614141.5PQ7%2FZ43.12345": "/8010/06141415PQ7%2FZ43/8011/12345",
    "urn:epc:idpat:cpi:0614141.5PQ7%23Z43.*": "/8010/06141415PQ7%23Z43",
    "urn:epc:id:sgcn:4012345.67890.04711": "/255/401234567890104711",
    "urn:epc:id:ginc:0614141.xyz47%2F11": "/401/0614141xyz47%2F11",
    "urn:epc:id:gsin:0614141.123456789": "/402/06141411234567890",
    "urn:epc:id:itip:4012345.012345.01.02.987": "/8006/040123451234560102/21/987",
    "urn:epc:idpat:itip:4012345.012345.01.02.*": "/8006/040123451234560102",
}


@pytest.mark.parametrize("urn", PAIRS)
def test_an_urn_and_its_digital_link_are_one(urn):
    found = parse(urn)

    assert found.canonical == f"https://id.gs1.org{PAIRS[urn]}"
    assert found == parse(PAIRS[urn])
    # One whose prefix has all the digits has two spellings.
    assert spellings(found)["urn"] == urn
    assert spellings(parse(PAIRS[urn]), found.prefix_length)["urn"] == urn


@pytest.mark.parametrize(
    ("urn", "code", "at"),
    [
        ("urn:epc:id:sgtin:0614141.12345.1", "codes.urn_reference", "reference"),
        ("urn:epc:id:sgtin:06141.81234512.1", "codes.urn_prefix", "prefix"),
        ("urn:epc:id:sgtin:0614141.812345", "codes.urn_fields", "text"),
        ("urn:epc:id:sgtin:0614141.812345.", "codes.urn_signs", "serial"),
        ("urn:epc:id:sgtin:0614141.812345.a/b", "codes.urn_signs", "serial"),
        ("urn:epc:id:sgtin:0614141.812345.*", "", ""),
        ("urn:epc:id:sgtin:0614141.812345." + "1" * 21, "codes.form", "21"),
        ("urn:epc:id:sscc:0614141.123456789", "codes.urn_reference", "reference"),
        ("urn:epc:id:cpi:0614141.5PQ7.0123", "codes.natural", "8011"),
        ("urn:epc:id:itip:4012345.012345.03.02.987", "codes.piece", "8006"),
        ("urn:epc:idpat:sgtin:0614141.812345.1", "codes.urn_pattern", "serial"),
        ("urn:epc:idpat:sscc:0614141.*", "codes.urn_scheme", "scheme"),
        ("urn:epc:id:gid:95100000.12345.400", "codes.urn_scheme", "scheme"),
        ("urn:epc:tag:sgtin-96:3.0614141.812345.6789", "codes.urn_scheme", "scheme"),
    ],
)
def test_a_wrong_urn_is_refused_with_its_place(urn, code, at):
    if not code:  # A star is a sign like others in the serial of a single thing.
        assert parse(urn).qualifiers == (("21", "*"),)
        return
    with pytest.raises(BadInput) as caught:
        parse(urn)
    assert (caught.value.code, caught.value.field) == (code, at)


def test_what_no_urn_can_say_has_none():
    assert "urn" not in spellings(parse("/01/80614141123458/10/A/21/1"), 7)
    assert "urn" not in spellings(parse("/01/80614141123458/21/1"), 5)
    assert "urn" not in spellings(parse("/01/80614141123458/21/1"))
    assert "urn" not in spellings(parse("/8004/0614abc"), 7)
    assert "urn" not in spellings(parse("/8004/061414"), 6)
    assert "urn" not in spellings(parse("/414/0614141123452/254/0"), 7)
