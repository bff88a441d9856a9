# SPDX-License-Identifier: Apache-2.0
"""Two projects between which money moves: a school in Kangding, and a park in Luding that is nobody's livelihood."""

import pytest

from shanhai.planning.projects.states import Level
from shanhai.planning.projects.tests.builders import a_line, a_programme, a_project


@pytest.fixture
def school():
    a_programme()
    return a_line(project=a_project(stage="under_way"), yuan=6000)


@pytest.fixture
def park(school):
    project = a_project(code="GZ-2", name="泸定县产业园", place="513322", capital=False)
    return a_line(project=project, yuan=1500, livelihood_percent=0, beneficiary_level=Level.PREFECTURE)
