# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "shanhai.base.outbox"
    label = "outbox"
