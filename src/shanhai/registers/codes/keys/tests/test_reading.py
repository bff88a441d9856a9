# SPDX-License-Identifier: Apache-2.0
"""Codes in every spelling, worked by hand."""

import pytest

from shanhai.kernel.errors import BadInput
from shanhai.registers.codes.keys.rules.checks import check_character, check_digit, check_pair
from shanhai.registers.codes.keys.rules.own import make_own
from shanhai.registers.codes.keys.rules.reading import MOST, parse, spellings

GTIN = "09506000134352"
CANONICAL = f"https://id.gs1.org/01/{GTIN}/10/A%2F1/21/00123?17=261231"


@pytest.mark.parametrize(
    "text",
    [
        CANONICAL,
        f"https://example.org/01/{GTIN}/10/A%2F1/21/00123?17=261231",
        f"HTTP://EXAMPLE.ORG:8080/some/where/01/{GTIN}/10/A%2f1/21/00123/?17=261231#part",
        f"/01/{GTIN}/10/A%2F1/21/00123?17=261231",
        "https://example.org/01/9506000134352/10/A%2F1/21/00123?17=261231",
        f"https://example.org/01/{GTIN}/10/A%2F1/21/%30%30123?x=1&17=261231&17=261231",
        f"https://example.org/x/01/other/01/{GTIN}/10/A%2F1/21/00123?x=1;17=261231",
        f"(01){GTIN}(10)A/1(21)00123(17)261231",
        "(17)261231(21)00123(01)9506000134352(10)A/1",
        f"01{GTIN}1726123110A/1\x1d2100123",
        f"]C101{GTIN}10A/1\x1d2100123\x1d17261231\r\n",
        f"\x1d2100123\x1d10A/1\x1d01{GTIN}17261231",
    ],
)
def test_every_spelling_says_the_same(text):
    found = parse(text)

    assert found.canonical == CANONICAL
    assert found.thing == CANONICAL.partition("?")[0]
    assert found == parse(CANONICAL)


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("https://id.gs1.org/01/09506000134353", "codes.check_digit", "01"),
        ("https://id.gs1.org/01/0950600013435", "codes.check_digit", "01"),
        ("https://id.gs1.org/01/95060001343", "codes.form", "01"),
        ("https://id.gs1.org/gtin/09506000134352", "codes.letters", "gtin"),
        (f"https://id.gs1.org/01/{GTIN}/lot/A", "codes.letters", "lot"),
        (f"https://id.gs1.org/01/{GTIN}/21/1/10/A", "codes.order", "21"),
        (f"https://id.gs1.org/01/{GTIN}/10/A/10/A", "codes.order", "10"),
        (f"https://id.gs1.org/01/{GTIN}/10", "codes.path", "path"),
        (f"https://id.gs1.org/01/{GTIN}/10/A/11", "codes.path", "path"),
        (f"https://id.gs1.org/01/{GTIN}/10//21/1", "codes.empty", "10"),
        (f"https://id.gs1.org/01/{GTIN}?10=A", "codes.belongs_in_path", "10"),
        (f"https://id.gs1.org/01/{GTIN}?8200=A", "codes.no_attribute", "8200"),
        (f"https://id.gs1.org/01/{GTIN}?17=261231&17=261230", "codes.repeated", "17"),
        (f"https://id.gs1.org/01/{GTIN}?17=", "codes.empty", "17"),
        (f"https://id.gs1.org/01/{GTIN}?17=261301", "codes.date0", "17"),
        (f"https://id.gs1.org/01/{GTIN}?310=1", "codes.ai_unknown", "310"),
        (f"https://id.gs1.org/01/{GTIN}?3103=000195&3102=001950", "codes.excluded", "3103"),
        (f"https://id.gs1.org/01/{GTIN}?37=1", "codes.excluded", "01"),
        (f"https://id.gs1.org/01/{GTIN}/10/a%zz", "codes.percent_sign", "10"),
        (f"https://id.gs1.org/01/{GTIN}/10/%E5%B1%B1", "codes.form", "10"),
        (f"https://id.gs1.org/01/{GTIN}/10/a%00", "codes.form", "10"),
        (f"https://id.gs1.org/01/{GTIN}/10/山", "codes.form", "10"),
        (f"https://id.gs1.org/01/{GTIN}/10/" + "A" * 21, "codes.form", "10"),
        (f"https://id.gs1.org/01/{GTIN[:13]}２", "codes.form", "01"),
        (f"Https://id.gs1.org/01/{GTIN}", "codes.scheme", "scheme"),
        (f"ftp://id.gs1.org/01/{GTIN}", "codes.scheme", "scheme"),
        (f"https://me@id.gs1.org/01/{GTIN}", "codes.host", "host"),
        (f"https://山海.cn/01/{GTIN}", "codes.host", "host"),
        (f"https:///01/{GTIN}/10/A b", "codes.form", "10"),
        ("https://id.gs1.org", "codes.no_key_in_path", "path"),
        ("https://id.gs1.org/about/us", "codes.no_key_in_path", "path"),
        (f"(01){GTIN}(10)A<GS>2100123", "codes.separator_as_text", "text"),
        ("(10)A", "codes.needs", "10"),
        ("(400)A", "codes.no_key", "400"),
        (f"(01){GTIN}(10)A(235)B", "codes.order", "10"),
        (f"(01){GTIN}(3100)000001(3105)000001", "codes.excluded", "3100"),
        ("(253)9506000134352(8030)abcd", "codes.signed_class", "8030"),
        ("(1)A", "codes.brackets", "text"),
        ("019506000134352", "codes.form", "01"),
        (f"01{GTIN}XYZ", "codes.no_identifier", "text"),
        ("\x1d", "codes.no_identifier", "text"),
        ("]C1", "codes.no_identifier", "text"),
        ("6901234567892", "codes.no_identifier", "text"),
        ("", "codes.unknown", "text"),
        ("山海", "codes.unknown", "text"),
        ("1" * (MOST + 1), "codes.long", "text"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(text, code, at):
    with pytest.raises(BadInput) as caught:
        parse(text)

    assert (caught.value.code, caught.value.field) == (code, at)
    assert "请" in str(caught.value) or "应" in str(caught.value) or "只能" in str(caught.value)


def test_a_host_of_nothing_is_the_fault_of_the_host():
    with pytest.raises(BadInput) as caught:
        parse("https://?01=1")
    assert caught.value.field == "host"


def test_parameters_that_are_none_of_gs1_are_kept_apart():
    found = parse(f"https://example.org/01/{GTIN}?linkType=gs1:pip&lang=%E4%B8%AD&17=261231&bare")

    assert found.other == (("linkType", "gs1:pip"), ("lang", "中"), ("bare", ""))
    assert found == parse(f"/01/{GTIN}?17=261231")


def test_a_plus_sign_of_a_query_stays_one():
    found = parse("https://example.org/00/095060001343521113?4300=Shan+Hai%2526Co&400=A;B")

    assert dict(found.attributes) == {"4300": "Shan+Hai%26Co", "400": "A;B"}


def test_what_no_link_can_say_stays_with_the_element_string():
    found = parse("(00)095060001343521113(7041)BGE(400)PO1")

    assert found.beyond == (("7041", "BGE"),)
    assert found.canonical == "https://id.gs1.org/00/095060001343521113?400=PO1"
    assert {parse(one) for one in spellings(found).values()} == {found}


def test_the_first_key_of_an_element_string_is_its_key():
    assert parse(f"(00)095060001343521113(02){GTIN}(37)24(10)A").thing == "https://id.gs1.org/00/095060001343521113"
    assert parse(f"(414)9506000134352(01){GTIN}").key.ai == "414"
    assert parse(f"(01){GTIN}(414)9506000134352").key.ai == "01"


def test_brackets_within_a_value_are_told_from_identifiers():
    found = parse(f"(01){GTIN}(10)A(B)(21)x\\(10)y")

    assert [one.value for one in found.qualifiers] == ["A(B)", "x(10)y"]
    assert parse(spellings(found)["element_string"]) == found


@pytest.mark.parametrize(
    ("text", "digit"),
    [("0950600013435", "2"), ("690123456789", "2"), ("7351353", "7"), ("10614141234567890", "8"), ("0" * 17, "0")],
)
def test_check_digits(text, digit):
    assert check_digit(text) == digit


def test_check_pairs():
    # "ab" is worth 56 · 3 + 57 · 2 … from the right by primes: b 57 · 2 + a 56 · 3 = 282 = 8 · 32 + 26.
    assert check_pair("ab") == "AU"
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"


def test_check_characters_of_iso_7064():
    # "1": (36 + 1) → 1 · 2 = 2, 37 - 2 = 35 is Z. "07": 36 → 72 mod 37 = 35; 42 mod 36 = 6 → 12; 37 - 12 = 25 is P.
    assert check_character("1") == "Z"
    assert check_character("07") == "P"
    # The example of the Global Release Identifier, whose last sign is of this system.
    assert check_character("A12425GABC1234002") == "M"


def test_an_own_code_has_its_domain_and_its_check_character():
    found = make_own("lot", "2026NQ0007", "https://codes.example.org/p")

    assert found.canonical == "https://codes.example.org/p/x/lot/2026NQ0007N"
    assert (found.kind, found.key.value) == ("lot", "2026NQ0007N")
    assert spellings(found) == {}
    for text in ("https://CODES.example.org/p/x/lot/2026NQ0007N?a=1", "HTTP://CODES.EXAMPLE.ORG/p/X/LOT/2026NQ0007n/"):
        assert parse(text) == found
    assert parse("https://other.example.org/x/lot/2026NQ0007N") != found
    assert parse("/x/lot/2026NQ0007N").canonical == "/x/lot/2026NQ0007N"


def test_every_single_slip_and_most_swaps_of_an_own_code_are_found():
    signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    right = make_own("lot", "2026NQ0O").key.value
    wrong = {right[:n] + one + right[n + 1 :] for n in range(len(right)) for one in signs} - {right}
    swaps = {right[:n] + right[n + 1] + right[n] + right[n + 2 :] for n in range(len(right) - 1)} - {right}

    assert len(wrong) == len(right) * 35
    for text in wrong | swaps:
        with pytest.raises(BadInput) as caught:
            parse(f"/x/lot/{text}")
        assert (caught.value.code, caught.value.field) == ("codes.check_character", "id")


@pytest.mark.parametrize(
    ("kind", "signs", "code"), [("Lot", "A1", "codes.kind"), ("l/t", "A1", "codes.kind"), ("lot", "a b", "codes.signs")]
)
def test_own_codes_are_made_of_plain_signs(kind, signs, code):
    with pytest.raises(BadInput) as caught:
        make_own(kind, signs)
    assert caught.value.code == code
