# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class OperateConfig(AppConfig):
    name = "shanhai.operate"
    label = "operate"
