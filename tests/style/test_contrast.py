# SPDX-License-Identifier: Apache-2.0
"""Everything that is drawn can be read: every pair of colours in use, measured from the style sheet itself."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.style import contrast

CSS = (Path(settings.SHARE_DIR) / "static" / "shanhai" / "tokens.css").read_text("utf-8")


@pytest.mark.parametrize(
    "pair",
    [*contrast.pairs(CSS), *contrast.pairs(CSS, dark=True)],
    ids=lambda pair: f"{pair.text} on {pair.ground} {pair.ground_colour}",
)
def test_every_pair_in_use_stands_far_enough_apart(pair):
    assert pair.enough, f"{pair.ratio:.2f} is less than {pair.needed}"


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#767676", "#ffffff", 4.54),
        ("#777777", "#ffffff", 4.48),
    ],
)
def test_the_ratio_is_the_one_of_the_guideline(one, other, expected):
    assert contrast.ratio(one, other) == pytest.approx(expected, abs=0.005)


def test_a_pale_token_would_be_found():
    pale = CSS.replace("--stone: #54636a;", "--stone: #9aa5a9;")

    assert next(pair.text for pair in contrast.pairs(pale) if not pair.enough) == "stone"


def test_the_dark_scheme_changes_every_colour_that_is_measured():
    light, dark = contrast.colours(CSS), contrast.colours(CSS, dark=True)

    assert {name for name in light if light[name] == dark[name]} == {"on-lake"}


def test_what_print_changes_is_not_taken_for_the_screen():
    css = ":root { --snow: #f4f6f5; } @media print { :root { --snow: #ffffff; } }"

    assert contrast.colours(css) == {"snow": "#f4f6f5"}


def test_every_colour_of_text_and_state_is_measured():
    named = {name for pair in contrast.PAIRS for name in pair[:2]}
    never_text = {"line", "map-0"}

    assert set(contrast.colours(CSS)) - named == never_text
