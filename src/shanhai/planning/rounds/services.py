# SPDX-License-Identifier: Apache-2.0
"""Writes: keyword-only, with ``by`` and ``at``."""
