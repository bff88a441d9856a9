# SPDX-License-Identifier: Apache-2.0
import pytest


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """Editions of one test are none of another's."""
    settings.DATA_DIR = tmp_path
