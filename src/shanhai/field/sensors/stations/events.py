# SPDX-License-Identifier: Apache-2.0
"""What happens to devices and others must know."""

from django.dispatch import Signal

# With ``device`` and ``secret``, within the transaction that gives the credential: the only time that the secret is
# known. Who raises refuses it.
credential_given = Signal()

# Of the outbox, with the ``username``: told again until the broker has heard it.
CREDENTIAL_REVOKED = "sensors.credential.revoked"
