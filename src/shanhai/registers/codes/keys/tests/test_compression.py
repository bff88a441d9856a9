# SPDX-License-Identifier: Apache-2.0
"""Compressed Digital Links: those of GS1's own toolkit, read; ours, read back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanhai.kernel.errors import BadInput
from shanhai.registers.codes.keys.rules.checks import check_digit
from shanhai.registers.codes.keys.rules.compression import _BASE64, compress
from shanhai.registers.codes.keys.rules.reading import parse, spellings

SIGNS = st.sampled_from("!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
# A separator that has become text is refused, and Hypothesis knows of it.
VALUES = (
    st.text(SIGNS, min_size=1, max_size=20) | st.from_regex("[0-9]{1,20}|[0-9a-f]{1,20}|[0-9A-F]{1,20}", fullmatch=True)
).filter(lambda one: "<GS>" not in one)
GTINS = st.from_regex("[0-9]{5}[0-9]{8}", fullmatch=True).map(lambda one: one + check_digit(one))


def numbers(least, most):
    return st.from_regex(f"[0-9]{{{least},{most}}}", fullmatch=True)


ATTRIBUTES = {
    "11": st.sampled_from(["260200", "000101"]),
    "3103": numbers(6, 6),
    "422": st.just("156"),
    "423": st.sampled_from(["156", "156004", "156156156156156"]),
    "7003": st.just("2612312359"),
    "7007": st.sampled_from(["261231", "261231270101"]),
    "7030": VALUES.map(lambda one: f"156{one}"),
    "7230": VALUES.map(lambda one: f"EM{one}"),
    "7011": st.sampled_from(["261231", "2612310000"]),
    "8008": st.sampled_from(["26123100", "2612310000", "261231000000"]),
    "3922": numbers(1, 15),
    "30": numbers(1, 8),
    "99": VALUES,
}


@settings(deadline=None)
@given(GTINS, st.dictionaries(st.sampled_from(["22", "10", "21"]), VALUES), st.data())
def test_every_code_is_read_back_from_every_spelling(gtin, qualifiers, data):
    names = data.draw(st.sets(st.sampled_from(sorted(ATTRIBUTES)), max_size=4))
    values = {"01": gtin, **qualifiers, **{one: data.draw(ATTRIBUTES[one]) for one in sorted(names)}}
    if "3922" in values:
        values["30"] = "00000012"
    found = parse("\x1d" + "".join(f"{ai}{value}\x1d" for ai, value in values.items()))

    assert {one.ai: one.value for one in found} == values
    assert parse(found.canonical) == found
    for name, text in spellings(found, 7).items():
        assert name == "urn" or parse(text) == found


@pytest.fixture(autouse=True)
def no_machine_word_in_a_refusal():
    """A refusal says again what it was given, which here may be anything."""


# Made by GS1DigitalLinkToolkit of GS1 (2025-10), optimised.
OFFICIAL = {
    "ARFKk4XBoA": "/01/09506000134352",
    "CxFKk4XBoQeFfi": "/01/09506000134352/10/a%2Fb",
    "GhFKk4XBoQeFXiBQA9n-N4": "/01/09506000134352/10/a%2Bb/21/00123?17=261231",
    "QUilScLg0A": "/414/9506000134352",
    "moly1YNmDCCvYkM": "/8010/950600A%2F1/8011/12",
}


@pytest.mark.parametrize("segment", OFFICIAL)
def test_what_gs1_makes_is_what_we_make(segment):
    found = parse(OFFICIAL[segment])

    assert compress(found) == f"/{segment}"
    assert parse(f"https://example.org/some/where/{segment}/?x=1") == found


@pytest.mark.parametrize("value", ["00123", "0", "000", "12", "0012", "00ab", "0A"])
def test_leading_zeros_of_lots_and_counts_survive(value):
    for text in (f"/01/09506000134352/10/{value}", f"/01/09506000134352?30={value if value.isdecimal() else '012'}"):
        assert parse(f"https://example.org{compress(parse(text))}") == parse(text)


def test_the_first_of_several_keys_stays_the_key_in_every_spelling():
    found = parse("(401)950600A(01)09506000134352")

    assert {parse(one) for one in spellings(found).values()} == {found}


def test_a_key_beside_other_keys_stays_uncompressed():
    found = parse("(8017)488141799381191019(414)9506000134352")

    assert compress(found).startswith("/8017/488141799381191019/")
    assert parse(f"https://example.org{compress(found)}") == found


def test_a_parameter_within_the_compressed_bits_is_kept_apart():
    # Flag F, length of the name (7 bits), "ab" (6 bits each), encoding 0 (3 bits), length 3 (7 bits), 123 (10 bits).
    bits = "1111" + "0000010" + "011010" + "011011" + "000" + "0000011" + "0001111011"
    whole = "".join(f"{_BASE64.index(one):06b}" for one in "ARFKk4XBoA")[:55] + bits
    segment = "".join(_BASE64[int(whole[at : at + 6].ljust(6, "0"), 2)] for at in range(0, len(whole), 6))
    found = parse(f"https://example.org/{segment}?c=d")

    assert found.canonical == "https://id.gs1.org/01/09506000134352"
    assert found.other == (("ab", "123"), ("c", "d"))


def test_a_query_beside_a_compressed_code_counts():
    assert parse("https://example.org/ARFKk4XBoA?17=261231").canonical.endswith("/01/09506000134352?17=261231")
    with pytest.raises(BadInput):
        parse("https://example.org/ARFKk4XBoA?17=269931")


def packed(*bits: str) -> str:
    whole = "".join(bits)
    return "".join(_BASE64[int(whole[at : at + 6].ljust(6, "0"), 2)] for at in range(0, len(whole), 6))


PRODUCT = f"{0x01:08b}{9506000134352:047b}"


@pytest.mark.parametrize("lot", ["A" * length for length in range(1, 7)])
def test_a_sign_too_many_is_refused_wherever_the_last_bit_lies(lot):
    segment = compress(parse(f"/01/09506000134352/10/{lot}"))

    with pytest.raises(BadInput):
        parse(f"https://example.org{segment}A")


def test_what_is_wrong_within_is_said_and_not_that_it_cannot_be_read():
    with pytest.raises(BadInput) as refused:
        parse(f"https://example.org/{packed(f'{0x01:08b}{9506000134353:047b}')}")

    assert (refused.value.code, refused.value.field) == ("codes.check_digit", "01")


def test_a_number_of_more_digits_than_it_says_is_refused():
    # A count (30) of one digit: 9 is one, 15 fits its four bits.
    assert parse(f"https://example.org/{packed(PRODUCT, f'{0x30:08b}', '0001', '1001')}").attributes[0].value == "9"
    with pytest.raises(BadInput):
        parse(f"https://example.org/{packed(PRODUCT, f'{0x30:08b}', '0001', '1111')}")


@pytest.mark.parametrize(
    "segment", ["ARFKk4XBo", "ARFKk4XBoB", "ARFKk4XBoAA", "ARFKk4XBoAAA", "A", "about", "_", "3" * 200]
)
def test_what_is_no_compressed_code_is_refused(segment):
    with pytest.raises(BadInput):
        parse(f"https://example.org/{segment}")


@settings(deadline=None)
@given(st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", min_size=1, max_size=60))
def test_no_segment_breaks_the_reader(segment):
    try:
        found = parse(f"https://example.org/{segment}")
    except BadInput:
        return
    assert parse(found.canonical) == found


@settings(deadline=None)
@given(st.text(max_size=80) | st.text("/0123456789()?=&%\x1d]Cx.:urnepcid", max_size=60))
def test_no_text_breaks_the_reader(text):
    for one in (text, f"https://example.org/{text}", f"/01/09506000134352/{text}", f"urn:epc:{text}", f"({text}"):
        try:
            found = parse(one)
        except BadInput as error:
            str(error)
        else:
            assert parse(found.canonical).thing == found.thing
