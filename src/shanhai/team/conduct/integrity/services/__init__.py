# SPDX-License-Identifier: Apache-2.0
"""Writes: letters and signatures, declarations, trips, cases."""
