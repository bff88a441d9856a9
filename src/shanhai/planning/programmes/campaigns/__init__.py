# SPDX-License-Identifier: Apache-2.0
"""Campaigns of a year, their tasks, and the work groups that answer for them."""
