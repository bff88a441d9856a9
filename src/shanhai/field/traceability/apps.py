# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    name = "shanhai.field.traceability"
    label = "traceability"
