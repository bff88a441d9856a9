# SPDX-License-Identifier: Apache-2.0
"""Reads: delegations, agreements, meetings, calendars."""
