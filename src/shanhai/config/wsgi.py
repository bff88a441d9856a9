# SPDX-License-Identifier: Apache-2.0
"""Pages and APIs, served by granian."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shanhai.config.settings")

application = get_wsgi_application()
