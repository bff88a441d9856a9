# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class WarningsConfig(AppConfig):
    name = "shanhai.planning.warnings"
    label = "warnings"
