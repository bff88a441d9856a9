# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class ReturnsConfig(AppConfig):
    name = "shanhai.planning.returns"
    label = "returns"
