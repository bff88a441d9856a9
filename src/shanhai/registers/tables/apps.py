# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class TablesConfig(AppConfig):
    name = "shanhai.registers.tables"
    label = "tables"
