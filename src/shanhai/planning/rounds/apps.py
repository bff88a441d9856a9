# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class RoundsConfig(AppConfig):
    name = "shanhai.planning.rounds"
    label = "rounds"
