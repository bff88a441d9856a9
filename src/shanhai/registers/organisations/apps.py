# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "shanhai.registers.organisations"
    label = "organisations"
