# SPDX-License-Identifier: Apache-2.0
from django.apps import apps


def test_the_app_is_installed():
    assert apps.get_app_config("rounds").name == "shanhai.planning.rounds"
