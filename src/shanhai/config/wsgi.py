# SPDX-License-Identifier: Apache-2.0
"""Pages and APIs, served by granian."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")

application = get_wsgi_application()

# What is there now stays: looking it over again and again cost half of a request that brings many rows.
gc.collect()
gc.freeze()
