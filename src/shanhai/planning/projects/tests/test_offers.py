# SPDX-License-Identifier: Apache-2.0
"""What projects offer the registries."""

from shanhai.kernel.registry import registries
from shanhai.planning.projects.shares.providers import LABELS


def test_projects_answer_for_their_figures_and_stand_in_the_menu():
    family = registries.figures.get("projects")

    assert family.keys == tuple(LABELS)
    assert {"start_rate", "livelihood_share"} <= set(family.keys)
    assert registries.menu.get("projects").order == 30
    assert registries.search.get("projects")
