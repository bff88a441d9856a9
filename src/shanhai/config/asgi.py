# SPDX-License-Identifier: Apache-2.0
"""News to open pages, served by granian in a process of its own."""

import os

import django
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")
django.setup()

application = import_string("shanhai.field.sensors.store.views.live.Live")()
