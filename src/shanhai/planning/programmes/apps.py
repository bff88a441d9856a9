# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ProgrammesConfig(AppConfig):
    name = "shanhai.planning.programmes"
    label = "programmes"
