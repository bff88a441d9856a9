# SPDX-License-Identifier: Apache-2.0
"""Asking for adjustments, deciding them, and carrying them out."""
