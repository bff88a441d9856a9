# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class HandoversConfig(AppConfig):
    name = "shanhai.planning.handovers"
    label = "handovers"
