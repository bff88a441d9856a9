# SPDX-License-Identifier: Apache-2.0
"""What happens to observations, told within this process after it is stored."""

from django.dispatch import Signal

# With ``readings`` (Readings), ``taken_in`` (TakenIn) and ``at``. Only who must know at once listens: it is asked on
# the way in of every batch.
stored = Signal()
