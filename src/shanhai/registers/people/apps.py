# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "shanhai.registers.people"
    label = "people"
