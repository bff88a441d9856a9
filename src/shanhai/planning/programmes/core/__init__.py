# SPDX-License-Identifier: Apache-2.0
"""Programmes: recorded, corrected, found, chosen."""
