# SPDX-License-Identifier: Apache-2.0
from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "shanhai.registers.documents"
    label = "documents"
