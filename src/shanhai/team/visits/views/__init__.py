# SPDX-License-Identifier: Apache-2.0
"""Pages: delegations, mechanisms, calendars."""
