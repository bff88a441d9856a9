# SPDX-License-Identifier: Apache-2.0
"""Settings, one file per concern. Product code reads ``django.conf.settings`` only."""

from .background import *
from .base import *
from .database import *
from .files import *
from .languages import *
from .limits import *
from .logging import *
from .mail import *
from .security import *
from .signin import *
