# SPDX-License-Identifier: Apache-2.0
"""The product's settings with Django's admin beside, whose list of projects is measured against ours."""

from shanhai.config.settings import *  # noqa: F403

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]  # noqa: F405
