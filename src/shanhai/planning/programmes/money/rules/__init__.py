# SPDX-License-Identifier: Apache-2.0
"""Rates and stations as plain Python."""
