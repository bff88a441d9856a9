# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class AdjustmentsConfig(AppConfig):
    name = "shanhai.planning.adjustments"
    label = "adjustments"
