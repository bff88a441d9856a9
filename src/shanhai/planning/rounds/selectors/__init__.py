# SPDX-License-Identifier: Apache-2.0
"""Reads: rounds, reports, and what waits for whom."""
