# SPDX-License-Identifier: Apache-2.0
"""Sums of lines by county, share and step."""
