# SPDX-License-Identifier: Apache-2.0
"""The limits of chains as rules over values: each at its edge and one beyond it."""

from datetime import date
from decimal import Decimal

import pytest

from shanhai.field.traceability.chains.rules.limits import (
    checked_holder,
    checked_tag,
    fresh_grams,
    most_out,
    out_of_bounds,
    require_grade,
    require_in_season,
    require_plain_words,
    require_within_permit,
    require_yield,
)
from shanhai.field.traceability.chains.values import Choice, Temperature
from shanhai.kernel.errors import DomainError

FACTOR = Decimal("0.40")
VALID = (date(2026, 5, 1), date(2026, 6, 30))
SEASON = ("04-20", "07-31")


def code_of(act) -> str:
    """The code of the refusal, "" where it passes."""
    try:
        act()
    except DomainError as error:
        return error.code
    return ""


@pytest.mark.parametrize(("grams", "dry", "counts"), [(400, False, 400), (400, True, 1000), (1, True, 3)])
def test_what_is_dry_counts_as_what_it_was_when_fresh(grams, dry, counts):
    assert fresh_grams(grams, dry=dry, factor=FACTOR) == counts


@pytest.mark.parametrize(
    ("used", "now", "code"), [(0, 1000, ""), (600, 400, ""), (600, 401, "traceability.permit_exceeded")]
)
def test_no_more_than_permitted(used, now, code):
    assert code_of(lambda: require_within_permit(permitted=1000, used=used, now=now)) == code


@pytest.mark.parametrize(
    ("on", "code"),
    [
        (date(2026, 5, 1), ""),
        (date(2026, 6, 30), ""),
        (date(2026, 4, 30), "traceability.permit_not_valid"),
        (date(2026, 7, 1), "traceability.permit_not_valid"),
        (date(2026, 4, 19), "traceability.out_of_season"),
        (date(2026, 8, 1), "traceability.out_of_season"),
        (date(2026, 5, 9), ""),
        (date(2026, 5, 10), "traceability.zone_closed"),
        (date(2026, 5, 12), "traceability.zone_closed"),
        (date(2026, 5, 13), ""),
    ],
)
def test_the_edges_of_season_permit_and_closure(on, code):
    closed = [(date(2026, 5, 10), date(2026, 5, 12), "轮采")]
    assert code_of(lambda: require_in_season(on, season=SEASON, valid=VALID, closed=closed)) == code


@pytest.mark.parametrize(
    ("on", "inside"), [(date(2026, 11, 1), True), (date(2027, 2, 28), True), (date(2026, 10, 31), False)]
)
def test_a_season_may_go_on_into_the_next_year(on, inside):
    said = code_of(lambda: require_in_season(on, season=("11-01", "02-28"), valid=(on, on), closed=()))
    assert (said == "") == inside


@pytest.mark.parametrize(("out", "code"), [(400, ""), (401, "traceability.more_out_than_in")])
def test_no_more_comes_out_than_may(out, code):
    assert most_out(1001, FACTOR) == 400
    assert code_of(lambda: require_yield(into=1001, out=out, at_most=FACTOR)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("254060200000017", ""),
        ("2 540602 00000017", ""),
        ("25406020000001", "traceability.tag_unreadable"),
        ("2540602000000170", "traceability.tag_unreadable"),
        ("２５４０６０２００００００１７", ""),
        ("154060200000017", "traceability.tag_of_another_species"),
        ("299060200000017", "traceability.tag_impossible"),
        ("254000000000017", "traceability.tag_impossible"),
        ("254060200000000", "traceability.tag_impossible"),
    ],
)
def test_what_of_an_ear_tag_can_be_checked(text, code):
    assert code_of(lambda: checked_tag(text, species="2")) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("h-01", ""),
        ("扎西", "traceability.holder_not_a_sign"),
        ("13800138000", "traceability.holder_is_personal"),
        ("54242119900101001X", "traceability.holder_is_personal"),
    ],
)
def test_a_holder_is_a_sign_and_no_person(text, code):
    assert code_of(lambda: checked_holder(text)) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("那曲产，2026 年采", ""),
        ("抗 癌", "traceability.health_claim"),
        ("Natural CURE", "traceability.health_claim"),
        ("抗\u200b癌", "traceability.health_claim"),
        ("ＣＵＲＥ", "traceability.health_claim"),
    ],
)
def test_no_text_claims_an_effect_on_health(text, code):
    assert code_of(lambda: require_plain_words(text, ("抗癌", "cure"))) == code


@pytest.mark.parametrize(("pieces", "code"), [(180, ""), (200, ""), (149, "traceability.grade_differs"), (0, "")])
def test_a_grade_is_what_is_counted(pieces, code):
    grade = Choice("g2000", {}, (1501, 2000))
    assert code_of(lambda: require_grade(grade, grams=100, pieces=pieces)) == code


@pytest.mark.parametrize(("celsius", "outside"), [("4", False), ("4.1", True), ("-0.1", True), ("0", False)])
def test_a_temperature_is_held_against_the_bounds_of_its_storage(celsius, outside):
    limit = Temperature("celsius", "storage", {"chilled": (Decimal(0), Decimal(4))})
    assert (out_of_bounds(limit, {"celsius": celsius, "storage": "chilled"}) is not None) == outside
    assert out_of_bounds(limit, {"celsius": celsius}) is None
