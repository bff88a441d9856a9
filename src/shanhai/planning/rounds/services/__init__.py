# SPDX-License-Identifier: Apache-2.0
"""Writes: a month's round, and the report of each group."""
