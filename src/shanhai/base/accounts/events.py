# SPDX-License-Identifier: Apache-2.0
"""The news that accounts publish through the outbox."""

# {"user": "user:<uuid>"}: repeated failures have locked this user's name out at the address they came from.
USER_LOCKED_OUT = "accounts.user.locked_out"
