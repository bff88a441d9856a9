# SPDX-License-Identifier: Apache-2.0
"""The table of identifiers says what the official dictionary says, and codes are judged by it."""

from urllib.parse import quote

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.registers.codes.keys.rules.checks import CHECKS
from shanhai.registers.codes.keys.rules.elements import judge, judge_together
from shanhai.registers.codes.keys.rules.reading import parse
from shanhai.registers.codes.keys.rules.table import IDENTIFIERS, KEYS
from shanhai.registers.codes.keys.tests.dictionary import (
    LINTERS,
    UNJUDGED,
    companions,
    entries,
    expanded,
    needs_dictionary,
    sample,
)
from shanhai.registers.codes.keys.values import Element

pytestmark = needs_dictionary


def as_said(entry):
    """All that the dictionary says of an identifier, in the terms of the table."""
    return (
        entry.fixed,
        entry.attribute,
        [
            (sort, least, most, optional, tuple(LINTERS[one][0] for one in checks if one not in UNJUDGED))
            for sort, least, most, optional, checks in entry.components
        ],
        [[[expanded(one) for one in group] for group in demand] for demand in entry.needs],
        set().union(*map(expanded, entry.excludes)) - {entry.ai},
        set(entry.orders),
    )


def as_known(one):
    known = set(IDENTIFIERS)
    return (
        one.fixed,
        one.attribute,
        [(part.sort, part.least, part.most, part.optional, part.checks) for part in one.parts],
        [[[member & known for member in group] for group in demand] for demand in one.needs],
        one.excludes & known,
        set(one.orders),
    )


def test_every_identifier_is_known_as_the_dictionary_has_it():
    assert set(IDENTIFIERS) == set(entries())
    assert len(IDENTIFIERS) == 541
    pairs = {ai: (as_known(IDENTIFIERS[ai]), as_said(entry)) for ai, entry in entries().items()}
    assert {ai: (known, said) for ai, (known, said) in pairs.items() if known != said} == {}


def test_every_identifier_takes_a_value_that_holds_and_no_shorter_or_longer_one_nor_foreign_signs():
    for ai, entry in entries().items():
        value, most = sample(ai), sum(one[2] for one in entry.components)
        judge(ai, value)
        least = sum(one[1] for one in entry.components if not one[3])
        for bad in (value[: least - 1], value.ljust(most + 1, "1"), "^" + value[1:], value[:-1] + "一"):
            with pytest.raises(BadInput) as caught:
                judge(ai, bad)
            assert (caught.value.code, caught.value.field) == ("codes.form", ai), bad


def test_every_check_digit_is_checked():
    checked = 0
    for ai, entry in entries().items():
        at = -1
        for _, _, most, _, checks in entry.components:
            at += most
            if "csum" in checks:
                break
        else:
            continue
        value = sample(ai)
        for digit in set("0123456789") - {value[at]}:
            with pytest.raises(BadInput) as caught:
                judge(ai, value[:at] + digit + value[at + 1 :])
            assert caught.value.code == "codes.check_digit"
        checked += 1
    assert checked == 20


def test_every_order_of_qualifiers_holds_and_no_other():
    count, refused = 0, set()
    for key, order in [(key, order) for key, entry in entries().items() for order in entry.orders]:
        for mask in range(1 << len(order)):
            chosen = [ai for n, ai in enumerate(order) if mask >> n & 1]
            if companions(key, *chosen) != {key, *chosen}:
                refused.add((key, *chosen))
                continue
            found = parse(f"https://example.org{path_of(key, *chosen)}")
            assert [one.ai for one in (found.key, *found.qualifiers)] == [key, *chosen]
            count += 1
            if len(chosen) > 1:
                with pytest.raises(BadInput) as caught:
                    parse(path_of(key, *reversed(chosen)))
                assert caught.value.code == "codes.order"
    for key in KEYS:
        allowed = {one for order in entries()[key].orders for one in order}
        for ai in {"10", "21", "22", "235", "254", "7040", "8011", "8019", "8020"} - allowed:
            with pytest.raises(BadInput):
                parse(path_of(key, ai))
    assert {key for key, entry in entries().items() if entry.orders} == KEYS
    # By the demands of the dictionary itself: (415) needs (8020), (22) needs (01), which (8006) excludes.
    assert {one[0] for one in refused} == {"415", "8006"}
    assert count == 36


def path_of(*ais):
    return "".join(f"/{ai}/{quote(sample(ai), safe='')}" for ai in ais)


def test_alternative_orders_are_not_mixed():
    for qualifiers in (("22", "235"), ("10", "235"), ("235", "10")):
        with pytest.raises(BadInput) as caught:
            parse(path_of("01", *qualifiers))
        assert caught.value.code == "codes.order"


def test_every_demand_is_made():
    made = 0
    for ai, entry in entries().items():
        whole = companions(ai)
        assert whole, ai
        elements = [Element(one, sample(one)) for one in sorted(whole)]
        judge_together(elements)
        for demand in entry.needs:
            met = {one for group in demand for member in group for one in expanded(member)} - {ai}
            with pytest.raises(BadInput) as caught:
                judge_together([one for one in elements if one.ai not in met])
            # Or another of them misses it first.
            assert caught.value.code == "codes.needs"
            made += 1
    assert made > 500


def test_every_exclusion_holds():
    for ai, entry in entries().items():
        for other in set().union(*map(expanded, entry.excludes)) - {ai}:
            with pytest.raises(BadInput) as caught:
                judge_together([Element(ai, sample(ai)), Element(other, sample(other))])
            assert caught.value.code in {"codes.excluded", "codes.needs"}
            assert other in IDENTIFIERS[ai].excludes


def test_only_attributes_stand_in_the_query():
    for ai, entry in entries().items():
        whole = companions(ai)
        if entry.attribute or not whole or entry.ai in KEYS:
            continue
        key = next((one for one in sorted(whole) if one in KEYS), None)
        if key is None or ai in {one for order in entries()[key].orders for one in order}:
            continue
        query = "&".join(f"{one}={sample(one)}" for one in sorted(whole - {key}))
        with pytest.raises(BadInput):
            parse(f"/{key}/{sample(key)}?{query}")


@pytest.mark.parametrize("linter", LINTERS)
def test_every_check_takes_and_refuses_what_it_should(linter):
    name, right, wrong = LINTERS[linter]

    assert [one for one in right if not CHECKS[name][0](one)] == []
    assert [one for one in wrong if CHECKS[name][0](one)] == []


def test_every_check_of_the_dictionary_is_made():
    said = {one for entry in entries().values() for part in entry.components for one in part[4]}

    assert said - UNJUDGED == set(LINTERS)
    assert {name for name, _, _ in LINTERS.values()} == set(CHECKS)
