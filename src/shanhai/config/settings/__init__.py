# SPDX-License-Identifier: Apache-2.0
"""Settings by concern. Product code reads ``django.conf.settings`` only."""

from .alerts import *
from .base import *
from .codes import *
from .hazards import *
from .logging import *
from .map import *
from .mqtt import *
from .security import *
from .sensors import *
from .signin import *
from .storage import *
from .traceability import *
