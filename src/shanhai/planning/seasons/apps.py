# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class SeasonsConfig(AppConfig):
    name = "shanhai.planning.seasons"
    label = "seasons"
