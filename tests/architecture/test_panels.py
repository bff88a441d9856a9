# SPDX-License-Identifier: Apache-2.0
"""The portal lays out what apps register (ADR 19): it names no figure, and asks planning only for the programme."""

import ast
import re

import pytest
from django.template.loader import get_template

from shanhai.kernel.registry import registries
from tests.architecture.test_shape import imported_modules
from tests.architecture.tree import ROOT, SRC, parsed, shown, sources

PORTAL = SRC / "portal"
# Which programme a page is about is a question of every page.
CHOICE = "shanhai.planning.programmes.core.selectors"
# What programs ask for is a page of its own, of projects and of programmes.
API = PORTAL / "api.py"


def portal() -> list:
    return [path for path in sources() if PORTAL in path.parents]


def figure_keys() -> set[str]:
    """What figures are called; a family of many has one beginning for all ("statement:")."""
    return {key for family in registries.figures for key in family.keys}


def named_figures(tree: ast.AST) -> set[str]:
    """The figures that a module names."""
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return {key for key in figure_keys() if key in texts or (key[-1:] == ":" and any(t.startswith(key) for t in texts))}


def beyond_the_choice(modules: list[str]) -> list[str]:
    """What of planning is imported that is not the choice of a programme."""
    return [one for one in modules if one.startswith("shanhai.planning.") and not one.startswith(f"{CHOICE}.")]


def test_no_module_of_the_portal_names_a_figure():
    assert len(figure_keys()) > 15
    assert {shown(path): found for path in portal() if (found := named_figures(parsed(path)))} == {}


def test_no_template_of_the_portal_names_a_figure():
    keys = {key for key in figure_keys() if "_" in key or key[-1:] == ":"}
    pages = [*(ROOT / "templates" / "portal").rglob("*.html")]

    assert pages
    assert [(page.name, key) for page in pages for key in keys if re.search(rf"\b{key}", page.read_text("utf-8"))] == []


def test_a_named_figure_would_be_found():
    text = "CHAIN = ('plan_issued', 'elsewhere')\nkey = 'returned:project_count'\n"

    assert named_figures(ast.parse(text)) == {"plan_issued", "returned:"}


def test_the_pages_of_the_portal_ask_planning_only_for_the_programme():
    asked = {path: imported_modules(path) for path in portal() if path != API}

    assert sum(one.startswith(f"{CHOICE}.") for modules in asked.values() for one in modules) > 3
    assert {shown(path): found for path, modules in asked.items() if (found := beyond_the_choice(modules))} == {}


def test_any_other_question_would_be_found():
    wanted = "shanhai.planning.projects.shares.selectors.portfolio.county_table"

    assert beyond_the_choice([f"{CHOICE}.programmes.get_programme", wanted, "shanhai.kernel.money.Money"]) == [wanted]


@pytest.mark.parametrize("page", ["today", "funds"])
def test_each_shared_page_has_panels_of_several_apps_at_places_of_their_own(page):
    panels = [one for one in registries.panels if one.page == page]

    assert len({one.key.partition(".")[0] for one in panels}) > 2
    assert len({one.order for one in panels}) == len(panels)
    assert {type(get_template(f"portal/{page}.html")).__name__} == {"Template"}


def test_each_headline_is_a_figure_of_its_family():
    strange = [
        headline.key
        for family in registries.figures
        for headline in family.headlines
        if not any(headline.key == key or (key[-1:] == ":" and headline.key.startswith(key)) for key in family.keys)
    ]

    assert strange == []
