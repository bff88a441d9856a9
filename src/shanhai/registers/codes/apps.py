# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class CodesConfig(AppConfig):
    name = "shanhai.registers.codes"
    label = "codes"
